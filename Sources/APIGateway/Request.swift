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
    /// The header fields.
    public let headers: Headers
    /// The body; nil where there is none, or where it is not the base64 that the event says it is.
    public let body: Data?

    /// A request.
    public init(gateway: Gateway, method: String, path: String, headers: Headers = Headers(), body: Data? = nil) {
        self.gateway = gateway
        self.method = method
        self.path = path
        self.headers = headers
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

/// Header fields, found by name whatever its case.
public struct Headers: Sendable, Equatable {
    private let fields: [(name: String, values: [String])]

    /// Header fields, each with its values.
    public init(_ fields: [(name: String, values: [String])] = []) {
        self.fields = fields
    }

    /// Every value of the fields of that name, in order.
    public subscript(name: String) -> [String] {
        let name = name.lowercased()
        return fields.filter { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }.flatMap(\.values)
    }

    /// Whether the same fields have the same values, in the same order.
    public static func == (left: Headers, right: Headers) -> Bool {
        left.fields.elementsEqual(right.fields) { $0.name == $1.name && $0.values == $1.values }
    }
}
