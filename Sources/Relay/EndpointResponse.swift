import APIGateway
import JSON

/// What an endpoint answers, before it gets a gateway's form.
struct EndpointResponse {
    var status = 200
    var allow: String?
    let body: [UInt8]
    var errors: [RelayError] = []
    var upstreamRequests = 0
    var cacheHits = 0

    init(body: [UInt8], errors: [RelayError] = [], upstreamRequests: Int = 0, cacheHits: Int = 0) {
        self.body = body
        self.errors = errors
        self.upstreamRequests = upstreamRequests
        self.cacheHits = cacheHits
    }

    /// An answer that is always the same.
    init(json: String) {
        body = Array(json.utf8)
    }

    /// An answer of errors only.
    init(errors: [RelayError], upstreamRequests: Int = 0) {
        var body = ResponseBody(for: .rest)
        for error in errors { body.note(error) }
        self.init(
            body: body.bytes(isEmpty: true) { _, _ in true },
            errors: body.errors,
            upstreamRequests: upstreamRequests
        )
    }

    /// The answer to OPTIONS.
    static var options: EndpointResponse {
        var response = EndpointResponse(body: [])
        response.allow = Endpoint.allow
        return response
    }

    /// The answer if there is no endpoint.
    static var notFound: EndpointResponse {
        EndpointResponse(status: 404, reason: "Not Found", message: "There is nothing at this path.")
    }

    /// The answer to another method than the endpoint has.
    static var methodNotAllowed: EndpointResponse {
        var response = EndpointResponse(
            status: 405,
            reason: "Method Not Allowed",
            message: "Only POST is allowed here."
        )
        response.allow = Endpoint.allow
        return response
    }

    private init(status: Int, reason: String, message: String) {
        var writer = JSONWriter()
        writer.object {
            $0.member("code", status)
            $0.member("message", message)
            $0.member("reason", reason)
        }
        body = writer.bytes
        self.status = status
    }

    /// The HTTP response: HEAD gets no body.
    func http(to request: Request) -> Response {
        var headers: [(name: String, value: String)] = []
        if let allow { headers.append(("Allow", allow)) }
        let body = request.method == "HEAD" ? [] : body
        if !body.isEmpty { headers.append(("Content-Type", "application/json")) }
        return Response(status: status, headers: headers, body: body)
    }
}
