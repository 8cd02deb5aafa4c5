#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An HTTP request as one of AWS's gateways hands it to a function.
public struct Request: Sendable {
    /// Which gateway it came through, which is the one that the response goes back to.
    public let gateway: Gateway
    /// The method as sent, GET or POST for example.
    public let method: String
    /// The path without a stage or a custom domain's base path, percent-decoded once but for an encoded slash.
    public let path: String
    /// Each value of the Authorization header, whatever its case: the one header that the relay reads.
    public let authorization: [String]
    /// The body; nil where there is none, or where it is not the base64 that the event says it is.
    public let body: Data?

    /// A request.
    public init(gateway: Gateway, method: String, path: String, authorization: [String] = [], body: Data? = nil) {
        self.gateway = gateway
        self.method = method
        self.path = path
        self.authorization = authorization
        self.body = body
    }
}

/// The gateways that a function can stand behind.
public enum Gateway: Sendable, Equatable {
    /// API Gateway's REST API, payload format 1.0.
    case rest
    /// API Gateway's HTTP API, payload format 2.0.
    case http
    /// A Lambda function URL: the HTTP API's format, with the path as it was sent.
    case functionURL
    /// An Application Load Balancer's target group, which takes headers in the form in which it gives them.
    case loadBalancer(multiValueHeaders: Bool)
}
