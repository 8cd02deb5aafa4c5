/// The gateways that can stand before the function.
public enum GatewayKind: String, CaseIterable, Sendable {
    /// API Gateway's REST API (payload format 1.0).
    case rest
    /// API Gateway's HTTP API (payload format 2.0).
    case http
    /// A Lambda function URL.
    case url
    /// An Application Load Balancer.
    case alb

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
