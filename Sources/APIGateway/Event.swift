#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An event that a function behind a gateway gets. Decoding throws for one that is of no kind known here.
public enum Event: Decodable, Sendable {
    /// A request through a gateway.
    case request(Request)
    /// A scheduled event (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html), which
    /// only keeps the function warm.
    case scheduled

    /// Reads the event's bytes.
    public init(json: Data) throws {
        self = try JSONDecoder().decode(Event.self, from: json)
    }

    /// Tells the kinds apart by their keys. Every field may be null or absent, and no field of the context decides
    /// whether an event decodes.
    public init(from decoder: any Decoder) throws {
        let event = try decoder.container(keyedBy: Key.self)
        let context = try? event.nestedContainer(keyedBy: Key.self, forKey: .requestContext)
        if let method = try event.decodeIfPresent(String.self, forKey: .httpMethod) {
            if context?.contains(.elb) == true {
                self = .request(try Self.loadBalancerRequest(event, method))
            } else {
                self = .request(try Self.restRequest(event, method))
            }
        } else if try event.decodeIfPresent(String.self, forKey: .version) == "2.0", let context,
            let http = try? context.nestedContainer(keyedBy: Key.self, forKey: .http)
        {
            self = .request(try Self.httpRequest(event, context, http))
        } else if try event.decodeIfPresent(String.self, forKey: .source) == "aws.events" {
            self = .scheduled
        } else {
            let reason = "neither a request through a gateway nor a scheduled event"
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: reason))
        }
    }

    fileprivate typealias Fields = KeyedDecodingContainer<Key>

    /// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    private static func restRequest(_ event: Fields, _ method: String) throws -> Request {
        // A custom domain's base path stands in `path`, and not in what `{proxy+}` caught.
        var path = try event.decodeIfPresent(String.self, forKey: .path) ?? "/"
        if try event.decodeIfPresent(String.self, forKey: .resource) == "/{proxy+}",
            let parameters = try? event.nestedContainer(keyedBy: Key.self, forKey: .pathParameters),
            let proxy = try parameters.decodeIfPresent(String.self, forKey: .proxy)
        {
            path = "/" + proxy
        }
        return Request(
            gateway: .rest,
            method: method,
            path: percentDecoded(path),
            authorization: try Header(event, .multiValueHeaders)?.values ?? Header(event, .headers)?.values ?? [],
            body: try body(event)
        )
    }

    /// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
    private static func loadBalancerRequest(_ event: Fields, _ method: String) throws -> Request {
        let multiValue = try Header(event, .multiValueHeaders)
        return Request(
            gateway: .loadBalancer(multiValueHeaders: multiValue != nil),
            method: method,
            path: percentDecoded(try event.decodeIfPresent(String.self, forKey: .path) ?? "/"),
            authorization: try multiValue?.values ?? Header(event, .headers)?.values ?? [],
            body: try body(event)
        )
    }

    /// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html and, in the
    /// same format, https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
    private static func httpRequest(
        _ event: Fields,
        _ context: Fields,
        _ http: Fields
    ) throws -> Request {
        let isFunctionURL = (try? context.decode(String.self, forKey: .domainName))?.contains("lambda-url") ?? false
        let path = try event.decodeIfPresent(String.self, forKey: .rawPath) ?? "/"
        let stage = (try? context.decode(String.self, forKey: .stage)) ?? "$default"
        return Request(
            gateway: isFunctionURL ? .functionURL : .http,
            method: (try? http.decode(String.self, forKey: .method)) ?? "",
            path: isFunctionURL ? percentDecoded(path) : withoutStage(path, stage),
            authorization: try Header(event, .headers)?.values ?? [],
            body: try body(event)
        )
    }

    // MARK: - Fields

    /// An HTTP API's path arrives decoded, with the stage in front unless it is `$default`.
    private static func withoutStage(_ path: String, _ stage: String) -> String {
        let prefix = "/" + stage
        guard stage != "$default", path.hasPrefix(prefix) else { return path }
        let rest = path.dropFirst(prefix.count)
        return rest.isEmpty ? "/" : rest.hasPrefix("/") ? String(rest) : path
    }

    /// The path, decoded once, but for `%2F`: that slash is no separator. One that is not UTF-8 afterwards stays as it is.
    private static func percentDecoded(_ path: String) -> String {
        guard path.utf8.contains(UInt8(ascii: "%")) else { return path }
        let source = Array(path.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < source.count {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
                let high = hexadecimal(source[index + 1]), let low = hexadecimal(source[index + 2]),
                high << 4 | low != UInt8(ascii: "/")
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(source[index])
                index += 1
            }
        }
        return String(validating: decoded, as: UTF8.self) ?? path
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        Character(Unicode.Scalar(digit)).hexDigitValue.map(UInt8.init)
    }

    private static func body(_ event: Fields) throws -> Data? {
        guard let text = try event.decodeIfPresent(String.self, forKey: .body) else { return nil }
        let isBase64 = try event.decodeIfPresent(Bool.self, forKey: .isBase64Encoded) ?? false
        return isBase64 ? Data(base64Encoded: text) : Data(text.utf8)
    }

    /// The names of all members that are read, at whatever depth: each type of keys costs a cold start some time.
    fileprivate enum Key: CodingKey {
        case version, httpMethod, resource, path, pathParameters, rawPath, headers, multiValueHeaders, body
        case isBase64Encoded, requestContext, source
        // In the request context and in its `http`.
        case elb, http, stage, domainName, method
        // Among the path parameters.
        case proxy
    }
}

/// The values of the Authorization header, in an object of headers of either form. The other headers, most of an event,
/// are passed over.
private struct Header: Decodable {
    var values: [String] = []

    /// The header of an event's `headers` or `multiValueHeaders`; nil where there is no such object.
    init?(_ event: Event.Fields, _ key: Event.Key) throws {
        guard let header = try event.decodeIfPresent(Header.self, forKey: key) else { return nil }
        self = header
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Name.self)
        for name in fields.allKeys {
            if let value = try? fields.decode(String.self, forKey: name) {
                values.append(value)
            } else {
                values += (try? fields.decode([String].self, forKey: name)) ?? []
            }
        }
    }

    /// The header's name, in any case; no other is one.
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init?(stringValue: String) {
            guard stringValue.utf8.count == 13, stringValue.lowercased() == "authorization" else { return nil }
            self.stringValue = stringValue
        }

        init?(intValue: Int) {
            nil
        }
    }
}
