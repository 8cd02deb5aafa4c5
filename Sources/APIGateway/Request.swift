/// An HTTP request as one of AWS's gateways hands it to a function.
package struct Request: Sendable {
    /// Which gateway it came through, which is the one that the response goes back to.
    package let gateway: Gateway
    /// The method as sent, GET or POST for example.
    package let method: String
    /// The path without a stage or a custom domain's base path, percent-decoded once but for an encoded slash.
    package let path: String
    /// Each value of the Authorization header.
    package let authorization: [String]
    /// The first value of `X-Module-Instance-Id`, which names the module that the platform asks for.
    package let moduleInstanceID: String?
    /// The body; nil if there is none, or if it is not the base64 that the event says it is.
    package let body: [UInt8]?

    package init(
        gateway: Gateway,
        method: String,
        path: String,
        authorization: [String] = [],
        moduleInstanceID: String? = nil,
        body: [UInt8]? = nil
    ) {
        self.gateway = gateway
        self.method = method
        self.path = path
        self.authorization = authorization
        self.moduleInstanceID = moduleInstanceID
        self.body = body
    }
}

/// The gateways that a function can stand behind.
package enum Gateway: Sendable, Equatable {
    /// API Gateway's REST API, payload format 1.0.
    case rest
    /// API Gateway's HTTP API, payload format 2.0.
    case http
    /// A Lambda function URL: the HTTP API's format, with the path as it was sent.
    case functionURL
    /// An Application Load Balancer's target group, which takes headers in the form in which it gives them.
    case loadBalancer(multiValueHeaders: Bool)

    package var isLoadBalancer: Bool {
        if case .loadBalancer = self { true } else { false }
    }

    /// The most bytes of a response as it is posted: what Lambda takes, or a load balancer, behind which anything larger
    /// is a 502 (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html,
    /// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html).
    package var responseLimit: Int {
        isLoadBalancer ? 1_000_000 : 6 * 1024 * 1024
    }
}
