import JSON

/// An event that a function behind a gateway gets.
package enum Event: Sendable {
    /// A request through a gateway.
    case request(Request)
    /// A scheduled event, of EventBridge's rules
    /// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html) or of its Scheduler, which
    /// only keeps the function warm.
    case scheduled

    /// An event that is neither.
    package struct Unknown: Error {}

    /// Reads the event's bytes. Every member may be null, absent or of another type than AWS gives it; only those that
    /// tell the kinds apart decide whether an event can be read.
    package init(json: [UInt8]) throws {
        let event = try JSONReader.read(json) { reader throws(JSONError) in try EventMembers(&reader) }
        if let method = event.httpMethod {
            self = .request(
                event.context.isLoadBalancer ? event.loadBalancerRequest(method) : event.restRequest(method)
            )
        } else if event.version == "2.0", event.context.hasHTTP {
            self = .request(event.httpRequest())
        } else if event.source == "aws.events" || event.source == "aws.scheduler" {
            self = .scheduled
        } else {
            throw Unknown()
        }
    }
}

/// What is read of an event, whichever gateway made it.
struct EventMembers {
    private(set) var version: String?
    private(set) var source: String?
    private(set) var httpMethod: String?
    private(set) var context = Context()
    private var resource: String?
    private var path: String?
    private var rawPath: String?
    private var pathParameters: [(name: String, value: String)] = []
    private var headers: HeaderValues?
    private var multiValueHeaders: HeaderValues?
    private var body: [UInt8]?
    private var isBase64Encoded = false

    init(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.enterObject() else { return }
        while let name = try reader.nextMember() {
            switch name {
            case "version": version = try reader.string()
            case "source": source = try reader.string()
            case "httpMethod": httpMethod = try reader.string()
            case "requestContext": context = try Context(&reader)
            case "resource": resource = try reader.string()
            case "path": path = try reader.string()
            case "rawPath": rawPath = try reader.string()
            case "pathParameters": pathParameters = try Self.pathParameters(&reader)
            case "headers": headers = try HeaderValues(&reader)
            case "multiValueHeaders": multiValueHeaders = try HeaderValues(&reader)
            case "body": body = try reader.rawString()?.bytes
            case "isBase64Encoded": isBase64Encoded = try reader.bool() ?? false
            default: break
            }
        }
    }

    private static func pathParameters(
        _ reader: inout JSONReader
    ) throws(JSONError) -> [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = []
        guard try reader.enterObject() else { return [] }
        while let name = try reader.nextMember() {
            if let value = try reader.string() { parameters.append((name.text, value)) }
        }
        return parameters
    }

    // MARK: - Requests

    /// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html, and an HTTP
    /// API's payload format 1.0, which has a version.
    func restRequest(_ method: String) -> Request {
        let values = multiValueHeaders ?? headers
        return Request(
            gateway: .rest,
            method: method,
            path: percentDecoded(restPath),
            authorization: values?.authorization ?? [],
            moduleInstanceID: values?.moduleInstanceID,
            body: decodedBody
        )
    }

    /// The path under which the API has the function. A custom domain's base path stands in `path`, but not in what
    /// `{proxy+}` caught, nor in a resource of its own.
    private var restPath: String {
        let path = path ?? "/"
        guard let resource, resource.hasPrefix("/") else {
            return version == "1.0" ? withoutStage(path) : path
        }
        if resource.hasPrefix("/{"), resource.hasSuffix("+}") {
            let name = resource.dropFirst(2).dropLast(2)
            return pathParameters.last { $0.name == name }.map { "/" + $0.value } ?? path
        }
        return resource.utf8.contains(UInt8(ascii: "{")) || resource == "/" ? path : resource
    }

    /// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
    func loadBalancerRequest(_ method: String) -> Request {
        let values = multiValueHeaders ?? headers
        return Request(
            gateway: .loadBalancer(multiValueHeaders: multiValueHeaders != nil),
            method: method,
            path: withOneSlash(percentDecoded(path ?? "/")),
            authorization: values?.authorization ?? [],
            moduleInstanceID: values?.moduleInstanceID,
            body: decodedBody
        )
    }

    /// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html and, in the
    /// same format, https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
    func httpRequest() -> Request {
        let path = rawPath ?? "/"
        return Request(
            gateway: context.isFunctionURL ? .functionURL : .http,
            method: context.httpMethod ?? "",
            path: context.isFunctionURL ? withOneSlash(percentDecoded(path)) : withoutStage(path),
            authorization: headers?.authorization ?? [],
            moduleInstanceID: headers?.moduleInstanceID,
            body: decodedBody
        )
    }

    /// An HTTP API's path arrives decoded, with the stage in front unless it is `$default`.
    private func withoutStage(_ path: String) -> String {
        guard let stage = context.stage, stage != "$default", path.hasPrefix("/" + stage) else { return path }
        let rest = path.dropFirst(stage.count + 1)
        return rest.isEmpty ? "/" : rest.hasPrefix("/") ? String(rest) : path
    }

    private var decodedBody: [UInt8]? {
        isBase64Encoded ? body.flatMap(base64Decoded) : body
    }
}

/// What is read of an event's request context.
struct Context {
    private(set) var isLoadBalancer = false
    /// Whether the member `http` is an object.
    private(set) var hasHTTP = false
    private(set) var httpMethod: String?
    private(set) var stage: String?
    private var domainName: String?

    init() {}

    init(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.enterObject() else { return }
        while let name = try reader.nextMember() {
            switch name {
            case "elb": isLoadBalancer = true
            case "http": try readHTTP(&reader)
            case "stage": stage = try reader.string()
            case "domainName": domainName = try reader.string()
            default: break
            }
        }
    }

    var isFunctionURL: Bool {
        domainName?.split(separator: ".").dropFirst().first == "lambda-url"
    }

    private mutating func readHTTP(_ reader: inout JSONReader) throws(JSONError) {
        httpMethod = nil
        hasHTTP = try reader.enterObject()
        guard hasHTTP else { return }
        while let name = try reader.nextMember() {
            if name == "method" { httpMethod = try reader.string() }
        }
    }
}

/// The headers that the relay reads, of an object of headers of either form. The others, most of an event, are passed
/// over.
struct HeaderValues {
    private(set) var authorization: [String] = []
    private(set) var moduleInstanceID: String?

    /// nil if there is no such object.
    init?(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.enterObject() else { return nil }
        while let name = try reader.nextMember() {
            if name.isEqualIgnoringCase(to: "authorization") {
                authorization += try Self.values(&reader)
            } else if name.isEqualIgnoringCase(to: "x-module-instance-id") {
                moduleInstanceID = try Self.values(&reader).first
            }
        }
    }

    private static func values(_ reader: inout JSONReader) throws(JSONError) -> [String] {
        if let value = try reader.string() { return [value] }
        guard try reader.enterArray() else { return [] }
        var values: [String] = []
        while try reader.nextElement() {
            if let value = try reader.string() { values.append(value) }
        }
        return values
    }
}
