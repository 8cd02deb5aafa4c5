import Foundation
import Loopback

/// An upstream whose answer never ends, or unpacks without end: the relay must answer by its budget all the same.
struct EndlessFault: Sendable {
    private enum Place {
        case upstream
        case upstreamOverHTTP2
        case proxy
    }

    /// The password that the proxies are asked with.
    static let proxyPassword = "proxy-password-0123456789"

    /// What happens, in a few words.
    let name: String
    private let reply: HTTPServer.Reply
    private let place: Place

    private init(_ name: String, _ action: HTTPServer.Reply.Action, after delay: Double = 0, _ place: Place = .upstream)
    {
        self.name = name
        self.place = place
        reply = HTTPServer.Reply(action, after: delay)
    }

    /// Plays the fault to the executable, which is asked about a domain. Returns what is not as it must be.
    ///
    /// - Parameters:
    ///   - authorization: `Bearer` and a token of the secret key.
    ///   - posted: is told what the executable posted.
    func play(
        executable: String,
        secretKey: String,
        authorization: String,
        posted: Fault.Posted = { _ in }
    ) throws -> String? {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let server = try HTTPServer(
            tls: place == .upstreamOverHTTP2 ? certificates.identity(.good) : nil,
            http2: place == .upstreamOverHTTP2,
            hosts: ["127.0.0.1", "securitytrails.invalid"],
            handler: { [reply] _ in reply }
        )
        defer { server.stop() }
        var function = LambdaFunction()
        function.variables = [
            "SECRET_KEY": secretKey, "CACHE_SECONDS": "0", "SSL_CERT_FILE": certificates.authority,
            "SECURITYTRAILS_API_URL": place == .proxy ? "https://securitytrails.invalid/v1/" : server.origin + "/v1/",
        ]
        if place == .proxy {
            function.variables["HTTPS_PROXY"] = "http://user:\(Self.proxyPassword)@127.0.0.1:\(server.port)"
        }
        let environment = ExecutionEnvironment(executable: executable, function: function, output: nil)
        defer { environment.stop() }
        let body = #"[{"type":"domain","value":"example.com"}]"#
        let observe = environment.invoke(.request("/observe/observables", authorization, body: body))
        posted(observe.outcome.bytes)
        let summary = ResponseSummary(observe.outcome)
        guard summary.status == 200 else { return summary.text }
        guard observe.latency < UpstreamFault.bound else { return "took \(Int(observe.latency)) s" }
        // What is ended by the budget is told as not looked up.
        let codes = Set(summary.errors.map(\.code))
        guard !codes.isEmpty, codes.isSubset(of: ["unavailable", "unprocessed observables"]) else {
            return "the errors were \(codes.sorted())"
        }
        let version = ResponseSummary(environment.invoke(.request("/version", authorization, body: nil)).outcome)
        return version.status == 200 ? nil : "the next invocation: \(version.text)"
    }
}

extension EndlessFault {
    /// All of them.
    static let all = [
        EndlessFault("SecurityTrails' body is gzip in gzip in gzip", bomb("Content-Encoding")),
        EndlessFault("SecurityTrails' body is gzip in gzip in gzip, in transfer", bomb("Transfer-Encoding")),
        EndlessFault(
            "SecurityTrails' status line never ends",
            .flood(Array("HTTP/1.1 200 ".utf8), endlessly: Array(repeating: UInt8(ascii: "O"), count: 16_384))
        ),
        EndlessFault(
            "SecurityTrails' header never ends",
            .flood(Array("HTTP/1.1 200 OK\r\nX: ".utf8), endlessly: Array(repeating: UInt8(ascii: "x"), count: 16_384))
        ),
        EndlessFault(
            "SecurityTrails' interim responses never end",
            .flood([], endlessly: Array(String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: 500).utf8))
        ),
        // Settings; then, when the request is there, its status and data frames of no bytes (RFC 9113, section 4.1).
        EndlessFault(
            "SecurityTrails' body is empty HTTP/2 frames without end",
            .flood(
                [0, 0, 0, 4, 0, 0, 0, 0, 0] + [0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88],
                endlessly: Array(repeating: [0, 0, 0, 0, 0, 0, 0, 0, 1], count: 1_800).flatMap(\.self)
            ),
            after: 0.5,
            .upstreamOverHTTP2
        ),
        EndlessFault(
            "a proxy refuses with an answer that never ends",
            .flood(
                Array(
                    "HTTP/1.1 407 Proxy Authentication Required\r\nTransfer-Encoding: chunked\r\n\r\n".utf8
                ),
                endlessly: Array(String(repeating: "8\r\nxxxxxxxx\r\n", count: 20_000).utf8)
            ),
            .proxy
        ),
    ]

    private static func bomb(_ field: String) -> HTTPServer.Reply.Action {
        let codings = Array(repeating: "gzip", count: Bomb.layers).joined(separator: ", ")
        let headers = [HTTPServer.Field(field, codings)]
        return .respond(HTTPServer.Response(status: 200, headers: headers, body: Bomb.body))
    }
}

extension Data {
    /// The event of a POST through a REST API.
    static func request(_ path: String, _ authorization: String, body: String?) -> Data {
        let event: JSONValue = [
            "httpMethod": "POST", "resource": "/{proxy+}", "path": .string(path),
            "headers": ["Authorization": .string(authorization)],
            "body": body.map(JSONValue.string) ?? .null,
        ]
        return event.text()
    }
}
