import Foundation
import Loopback

/// A server that does what no server should: its answer never ends, unpacks without end, or breaks HTTP. The relay must
/// answer by its budget all the same, and lose nothing else.
struct EndlessFault: PlayedFault {
    /// Who misbehaves, and how it is spoken to.
    enum Place {
        case upstream
        case upstreamOverTLS12
        case upstreamOverTLS13
        case upstreamOverHTTP2
        case proxy

        fileprivate var speaksTLS: Bool { self != .upstream && self != .proxy }
    }

    /// The password that the proxies are asked with.
    static let proxyPassword = "proxy-password-0123456789"

    /// What happens, in a few words.
    let name: String
    private let reply: HTTPServer.Reply
    private let place: Place
    /// Seconds that the function may run.
    private let time: Double

    init(
        _ name: String,
        _ action: HTTPServer.Reply.Action,
        after delay: Double = 0,
        _ place: Place = .upstream,
        time: Double = 8
    ) {
        self.name = name
        self.place = place
        self.time = time
        reply = HTTPServer.Reply(action, after: delay)
    }

    /// Plays the fault to the executable, which is asked about a domain. Returns what is not as it must be.
    func play(to relay: Fault.Relay) throws -> String? {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let server = try server(certificates)
        defer { server.stop() }
        var function = LambdaFunction(timeout: time)
        function.variables = [
            "SECRET_KEY": relay.secretKey, "CACHE_SECONDS": "0", "SSL_CERT_FILE": certificates.authority,
            "SECURITYTRAILS_API_URL": place == .proxy ? "https://securitytrails.invalid/v1/" : server.origin + "/v1/",
        ]
        if place == .proxy {
            function.variables["HTTPS_PROXY"] = "http://user:\(Self.proxyPassword)@127.0.0.1:\(server.port)"
        }
        let environment = ExecutionEnvironment(executable: relay.executable, function: function, output: nil)
        defer { environment.stop() }
        let body = #"[{"type":"domain","value":"example.com"}]"#
        let observe = environment.invoke(.request("/observe/observables", relay.authorization, body: body))
        relay.posted(observe.outcome.bytes)
        if let wrong = violation(by: observe) { return wrong }
        let version = ResponseSummary(environment.invoke(.request("/version", relay.authorization, body: nil)).outcome)
        return version.status == 200 ? nil : "the next invocation: \(version.text)"
    }

    private func server(_ certificates: Certificates) throws -> HTTPServer {
        try HTTPServer(
            tls: place.speaksTLS ? certificates.identity(.good) : nil,
            http2: place == .upstreamOverHTTP2,
            newestTLS: place == .upstreamOverTLS12 ? .tls12 : .tls13,
            hosts: ["127.0.0.1", "securitytrails.invalid"],
            handler: { [reply] request in
                request.path == Self.goodPath ? .json(200, Self.goodAnswer) : reply
            }
        )
    }

    /// One of the two questions is answered as it should be, unless no request can be told from another.
    private static let goodPath = "/v1/history/example.com/dns/a"
    private static let goodAnswer: JSONValue = [
        "pages": 1,
        "records": [["first_seen": "2020-01-01", "last_seen": "2021-01-01", "values": [["ip": "192.0.2.77"]]]],
    ]

    private func violation(by observe: ExecutionEnvironment.Report) -> String? {
        let summary = ResponseSummary(observe.outcome)
        guard summary.status == 200 else { return summary.text }
        guard observe.latency < min(time, UpstreamFault.bound) else { return "took \(Int(observe.latency)) s" }
        // What is ended by the budget is told as not looked up.
        let codes = Set(summary.errors.map(\.code))
        guard !codes.isEmpty, codes.isSubset(of: ["unavailable", "unprocessed observables"]) else {
            return "the errors were \(codes.sorted())"
        }
        let isAnswered = String(decoding: observe.outcome.bytes, as: UTF8.self).contains("192.0.2.77")
        return place != .upstreamOverHTTP2 && place != .proxy && !isAnswered ? "the other answer was lost" : nil
    }
}

extension EndlessFault {
    /// All of them.
    static let all = codings + http1 + http2 + tls + proxies
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
