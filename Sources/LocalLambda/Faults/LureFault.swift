import Foundation
import Loopback

/// An answer that is right, with header fields that would have a browser send later requests elsewhere, or something along
/// with them. The relay must take the answer, and nothing else.
struct LureFault: PlayedFault {
    /// What is sent, in a few words.
    let name: String
    /// ELSEWHERE stands for a port at which nobody may call.
    private let fields: [HTTPServer.Field]

    private init(_ name: String, _ fields: (String, String)...) {
        self.name = name
        self.fields = fields.map { HTTPServer.Field($0.0, $0.1) }
    }

    /// Plays it to the executable, which is asked twice. Returns what is not as it must be.
    func play(to relay: Fault.Relay) throws -> String? {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let elsewhere = try HTTPServer { _ in .drop }
        defer { elsewhere.stop() }
        let fields = fields.map { field in
            HTTPServer.Field(field.name, field.value.replacingOccurrences(of: "ELSEWHERE", with: "\(elsewhere.port)"))
        }
        let server = try ScriptedServer(
            [],
            afterwards: .json(200, ["pages": 1, "records": [["values": [["ip": "192.0.2.77"]]]]], fields),
            tls: certificates.identity(.good)
        )
        defer { server.stop() }
        var function = LambdaFunction()
        function.variables = [
            "SECRET_KEY": relay.secretKey, "CACHE_SECONDS": "0", "SSL_CERT_FILE": certificates.authority,
            "SECURITYTRAILS_API_URL": server.origin + "/v1/",
        ]
        let environment = ExecutionEnvironment(executable: relay.executable, function: function, output: nil)
        defer { environment.stop() }
        for number in 1...2 {
            let body = #"[{"type":"domain","value":"example\#(number).com"}]"#
            let report = environment.invoke(.request("/observe/observables", relay.authorization, body: body))
            relay.posted(report.outcome.bytes)
            let summary = ResponseSummary(report.outcome)
            guard summary.status == 200, summary.errors.isEmpty else { return summary.text }
        }
        guard elsewhere.connectionCount == 0 else { return "the lure was followed" }
        let sent = server.requests
        guard sent.count >= 4 else { return "\(sent.count) requests were made" }
        // What the requests before said must not be told apart from what the first one said.
        let names = Set(sent.map { $0.headers.map { $0.name.lowercased() }.sorted() })
        guard names.count == 1, Set(sent.map(\.method)) == ["GET"] else { return "the requests differ: \(names)" }
        return nil
    }
}

extension LureFault {
    /// All of them.
    static let all = [
        LureFault(
            "SecurityTrails sets cookies",
            ("Set-Cookie", "a=b"),
            ("Set-Cookie", "c=d; Path=/; Secure; HttpOnly")
        ),
        LureFault(
            "SecurityTrails names another server in Alt-Svc",
            ("Alt-Svc", #"h2="127.0.0.1:ELSEWHERE", http/1.1="127.0.0.1:ELSEWHERE"; ma=86400; persist=1"#)
        ),
        LureFault(
            "SecurityTrails wants to be asked over TLS only",
            ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload")
        ),
        LureFault("SecurityTrails sends a success with a Location", ("Location", "http://127.0.0.1:ELSEWHERE/")),
        LureFault(
            "SecurityTrails wants the page to be loaded again",
            ("Refresh", "0; url=http://127.0.0.1:ELSEWHERE/")
        ),
        LureFault(
            "SecurityTrails wants something loaded early",
            ("Link", "<http://127.0.0.1:ELSEWHERE/x>; rel=preload")
        ),
        LureFault(
            "SecurityTrails wants to know who asks",
            ("WWW-Authenticate", "Negotiate"),
            ("Proxy-Authenticate", "NTLM")
        ),
        LureFault("SecurityTrails wants another protocol", ("Upgrade", "h2c, websocket"), ("Connection", "Upgrade")),
        LureFault(
            "SecurityTrails tells the answer's age and validators",
            ("ETag", #""x""#),
            ("Last-Modified", "Sat, 01 Jan 2000 00:00:00 GMT"),
            ("Age", "9"),
            ("Cache-Control", "max-age=9")
        ),
    ]
}
