import Foundation
import Loopback

extension LocalGateway {
    /// The event that the gateway makes of a request; nil if it would answer itself, because the path is not in its
    /// stage.
    package func event(for request: HTTPServer.Request, id: String = UUID().uuidString.lowercased()) -> JSONValue? {
        guard let path = pathInStage(request.path) else { return nil }
        return event(Parts(request, path: path, gateway: self, id: id))
    }

    /// The event of a request that nobody sent; `path` is that in the stage.
    package func event(_ method: String, _ path: String, headers: [HTTPServer.Field], body: String) -> JSONValue {
        let request = HTTPServer.Request(
            method: method,
            target: prefix + path,
            headers: headers,
            body: Data(body.utf8)
        )
        return event(Parts(request, path: path, gateway: self, id: UUID().uuidString.lowercased()))
    }

    private func event(_ parts: Parts) -> JSONValue {
        switch kind {
        case .rest: restEvent(parts)
        case .http, .url: httpEvent(parts)
        case .alb: loadBalancerEvent(parts)
        }
    }

    /// The path without the stage; nil if it is not in it.
    private func pathInStage(_ path: String) -> String? {
        // A base URL that ends in a slash gives another one in front of the stage.
        let path = prefix.isEmpty ? path : "/" + path.drop { $0 == "/" }
        guard path.hasPrefix(prefix) else { return nil }
        let rest = path.dropFirst(prefix.count)
        if rest.isEmpty { return "/" }
        guard rest.hasPrefix("/") else { return nil }
        // A REST API finds the resource without regard to how many slashes begin the path, and hands on one.
        return kind == .rest ? "/" + rest.drop { $0 == "/" } : String(rest)
    }

    // MARK: - REST API
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html

    private func restEvent(_ parts: Parts) -> JSONValue {
        // `path` keeps a slash at the end; what the proxy caught does not.
        let caught = parts.path.dropFirst()
        let proxy = String(caught.hasSuffix("/") ? caught.dropLast() : caught)
        let resource: JSONValue = proxy.isEmpty ? "/" : "/{proxy+}"
        let query = parts.query(decoded: true)
        // An edge sends one body, however it came.
        let headers = parts.headers.filter { $0.name.lowercased() != "content-length" }
        return [
            "resource": resource,
            "path": .string(parts.path),
            "httpMethod": .string(parts.request.method),
            "headers": lastValues(headers),
            "multiValueHeaders": allValues(headers),
            "queryStringParameters": query.isEmpty ? nil : lastValues(query),
            "multiValueQueryStringParameters": query.isEmpty ? nil : allValues(query),
            "pathParameters": proxy.isEmpty ? nil : ["proxy": .string(proxy)],
            "stageVariables": nil,
            "requestContext": [
                "accountId": "123456789012",
                "apiId": .string(apiID),
                "deploymentId": "d3pl0y",
                "domainName": .string(domain),
                "domainPrefix": .string(apiID),
                "extendedRequestId": .string(String(parts.id.prefix(15)) + "="),
                "httpMethod": .string(parts.request.method),
                "identity": .object(restIdentity(parts)),
                "path": .string(parts.wholePath),
                "protocol": "HTTP/1.1",
                "requestId": .string(parts.id),
                "requestTime": .string(parts.time),
                "requestTimeEpoch": .integer(parts.epoch),
                "resourceId": "r3s0rc",
                "resourcePath": resource,
                "stage": .string(stage),
            ],
            "body": parts.body ?? .null,
            "isBase64Encoded": .bool(parts.isBase64),
        ]
    }

    private func restIdentity(_ parts: Parts) -> [String: JSONValue] {
        let absent = [
            "accessKey", "accountId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType",
            "cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user", "userArn",
        ]
        var identity = Dictionary(uniqueKeysWithValues: absent.map { ($0, JSONValue.null) })
        identity["sourceIp"] = "127.0.0.1"
        identity["userAgent"] = parts.request["User-Agent"].map(JSONValue.string) ?? .null
        return identity
    }

    // MARK: - HTTP API and function URL
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    // https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html

    private func httpEvent(_ parts: Parts) -> JSONValue {
        let isURL = kind == .url
        let routeKey: JSONValue = isURL ? "$default" : "ANY /{proxy+}"
        // An HTTP API decodes the path; a function URL hands it on as it was sent.
        let path = isURL ? parts.path : prefix + (parts.path.removingPercentEncoding ?? parts.path)
        let cookies = parts.headers.filter { $0.name.lowercased() == "cookie" }
            .flatMap { $0.value.components(separatedBy: "; ") }
        let query = parts.query(decoded: true)
        var event: [String: JSONValue] = [
            "version": "2.0",
            "routeKey": routeKey,
            "rawPath": .string(path),
            "rawQueryString": .string(parts.request.query),
            "headers": joinedValues(parts.headers.filter { $0.name.lowercased() != "cookie" }, lowercase: true),
            "requestContext": .object(httpContext(parts, routeKey: routeKey, path: path)),
            "isBase64Encoded": .bool(parts.isBase64),
        ]
        event["cookies"] = cookies.isEmpty ? nil : .array(cookies.map(JSONValue.string))
        event["queryStringParameters"] = query.isEmpty ? nil : joinedValues(query, lowercase: false)
        event["body"] = parts.body
        if !isURL, parts.path != "/" { event["pathParameters"] = ["proxy": .string(String(parts.path.dropFirst()))] }
        return .object(event)
    }

    private func httpContext(_ parts: Parts, routeKey: JSONValue, path: String) -> [String: JSONValue] {
        var context: [String: JSONValue] = [
            "accountId": kind == .url ? "anonymous" : "123456789012",
            "apiId": .string(apiID),
            "domainName": .string(domain),
            "domainPrefix": .string(apiID),
            "http": [
                "method": .string(parts.request.method),
                "path": .string(path),
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": .string(parts.request["User-Agent"] ?? ""),
            ],
            "requestId": .string(parts.id),
            "routeKey": routeKey,
            "stage": .string(kind == .url ? "$default" : stage),
            "time": .string(parts.time),
            "timeEpoch": .integer(parts.epoch),
        ]
        if kind == .url { context["authentication"] = .null }
        return context
    }

    // MARK: - Application Load Balancer
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html

    private func loadBalancerEvent(_ parts: Parts) -> JSONValue {
        let group = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/relay/0123456789abcdef"
        let headers = parts.headers.map { HTTPServer.Field($0.name.lowercased(), $0.value) }
        let query = parts.query(decoded: false)
        var event: [String: JSONValue] = [
            "requestContext": ["elb": ["targetGroupArn": .string(group)]],
            "httpMethod": .string(parts.request.method),
            "path": .string(parts.path),
            "body": parts.body ?? "",
            "isBase64Encoded": .bool(parts.isBase64),
        ]
        if hasMultiValueHeaders {
            event["multiValueHeaders"] = allValues(headers)
            event["multiValueQueryStringParameters"] = allValues(query)
        } else {
            event["headers"] = lastValues(headers)
            event["queryStringParameters"] = lastValues(query)
        }
        return .object(event)
    }
}

/// A request, taken apart as every gateway needs it.
private struct Parts {
    let request: HTTPServer.Request
    /// That in the stage, and that with the stage, as it was sent but for slashes before the stage.
    let path: String
    let wholePath: String
    let id: String
    let headers: [HTTPServer.Field]
    let body: JSONValue?
    let isBase64: Bool
    let time: String
    let epoch: Int

    init(_ request: HTTPServer.Request, path: String, gateway: LocalGateway, id: String) {
        self.request = request
        self.path = Self.encoded(path)
        wholePath = Self.encoded("/" + request.path.drop { $0 == "/" })
        self.id = id
        headers = Self.forwarded(request, domain: gateway.domain)
        let text = Self.isText(request) ? String(validating: request.body, as: UTF8.self) : nil
        isBase64 = !request.body.isEmpty && text == nil
        body = request.body.isEmpty ? nil : .string(text ?? request.body.base64EncodedString())
        let now = Date()
        epoch = Int(now.timeIntervalSince1970 * 1000)
        time = UTC(now).commonLog
    }

    /// The pairs of the query in the order in which they were sent.
    func query(decoded: Bool) -> [HTTPServer.Field] {
        request.query.split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let value = halves.count > 1 ? halves[1] : ""
            guard decoded else { return HTTPServer.Field(halves[0], value) }
            func plain(_ text: String) -> String {
                text.replacingOccurrences(of: "+", with: " ").removingPercentEncoding ?? text
            }
            return HTTPServer.Field(plain(halves[0]), plain(value))
        }
    }

    /// Bytes beyond ASCII never reach a function as they are.
    private static func encoded(_ path: String) -> String {
        path.utf8.map { $0 < 0x80 ? String(Unicode.Scalar($0)) : String(format: "%%%02X", $0) }.joined()
    }

    /// What the gateway hands on: without what is between it and its client, with what it says of the client itself.
    private static func forwarded(_ request: HTTPServer.Request, domain: String) -> [HTTPServer.Field] {
        let own = ["connection", "transfer-encoding", "keep-alive", "te", "trailer", "upgrade", "expect", "host"]
        let kept = request.headers.filter { field in
            !own.contains(field.name.lowercased()) && !field.name.lowercased().hasPrefix("x-forwarded-")
        }
        return kept + [
            HTTPServer.Field("Host", domain),
            HTTPServer.Field("X-Amzn-Trace-Id", traceRoot()),
            HTTPServer.Field("X-Forwarded-For", "127.0.0.1"),
            HTTPServer.Field("X-Forwarded-Port", "443"),
            HTTPServer.Field("X-Forwarded-Proto", "https"),
        ]
    }

    /// The content types that the gateways hand on as text; all others come as base64.
    private static func isText(_ request: HTTPServer.Request) -> Bool {
        guard request["Content-Encoding"] == nil else { return false }
        guard
            let type = request["Content-Type"]?.prefix(while: { $0 != ";" }).trimmingCharacters(in: .whitespaces)
                .lowercased()
        else { return true }
        return type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml")
            || ["application/json", "application/javascript", "application/xml"].contains(type)
    }
}

private func lastValues(_ fields: [HTTPServer.Field]) -> JSONValue {
    .object(grouped(fields).mapValues { .string($0.last ?? "") })
}

private func allValues(_ fields: [HTTPServer.Field]) -> JSONValue {
    .object(grouped(fields).mapValues { .array($0.map(JSONValue.string)) })
}

private func joinedValues(_ fields: [HTTPServer.Field], lowercase: Bool) -> JSONValue {
    let fields = lowercase ? fields.map { HTTPServer.Field($0.name.lowercased(), $0.value) } : fields
    return .object(grouped(fields).mapValues { .string($0.joined(separator: ",")) })
}

/// The values by name, in order.
private func grouped(_ fields: [HTTPServer.Field]) -> [String: [String]] {
    Dictionary(fields.map { ($0.name, [$0.value]) }, uniquingKeysWith: +)
}
