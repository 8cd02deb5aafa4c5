/// The gateways that can stand before the function.
package enum GatewayKind: String, CaseIterable, Sendable {
    /// API Gateway's REST API (payload format 1.0).
    case rest
    /// API Gateway's HTTP API (payload format 2.0).
    case http
    /// A Lambda function URL.
    case url
    /// An Application Load Balancer.
    case alb

    /// Whether it is deployed to a stage, which a function URL and a load balancer have none of.
    package var hasStages: Bool {
        self == .rest || self == .http
    }

    /// The members that it takes of a response.
    var members: Set<String> {
        switch self {
        case .rest: ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"]
        case .http, .url: ["statusCode", "headers", "cookies", "body", "isBase64Encoded"]
        case .alb: ["statusCode", "statusDescription", "headers", "multiValueHeaders", "body", "isBase64Encoded"]
        }
    }

    /// Every member that any of them takes.
    static let everyMember = allCases.reduce(into: Set<String>()) { $0.formUnion($1.members) }
}

/// A gateway in front of the function, as it is set up.
package struct LocalGateway: Sendable {
    /// Which one it is.
    package let kind: GatewayKind
    /// The stage, which a REST or HTTP API's paths begin with; `$default` of an HTTP API stands in no path.
    package let stage: String
    /// Whether a load balancer's target group has multi-value headers enabled.
    package let hasMultiValueHeaders: Bool

    /// A gateway.
    package init(_ kind: GatewayKind, stage: String = "dev", hasMultiValueHeaders: Bool = false) {
        self.kind = kind
        self.stage = stage
        self.hasMultiValueHeaders = hasMultiValueHeaders
    }

    /// What the paths begin with: `/dev`, or nothing.
    package var prefix: String {
        switch kind {
        case .rest: "/" + stage
        case .http: stage == "$default" ? "" : "/" + stage
        case .url, .alb: ""
        }
    }

    /// The name that callers would use in AWS.
    var domain: String {
        switch kind {
        case .rest, .http: "\(apiID).execute-api.us-east-1.amazonaws.com"
        case .url: "\(apiID).lambda-url.us-east-1.on.aws"
        case .alb: "\(apiID).us-east-1.elb.amazonaws.com"
        }
    }

    var apiID: String {
        switch kind {
        case .rest, .http: "a1b2c3d4e5"
        case .url: "abcdefghijklmnopqrstuvwxyz012345"
        case .alb: "relay-1234567890"
        }
    }
}
