import Foundation
import Loopback

/// A fault of SecurityTrails, and the error code that the relay must answer with: never a fault of its own.
struct UpstreamFault: PlayedFault {
    /// What happens, in a few words.
    let name: String
    /// Which of the stand-ins is asked.
    let base: String
    let answer: Scenario.Answer
    /// The codes of the errors; several if more than one is right, and nil in it if no error is.
    let codes: [String?]
    /// Seconds that the function has.
    var timeout = 30.0

    private init(_ name: String, _ answer: Scenario.Answer = .text(""), base: String = "http", _ codes: String?...) {
        self.name = name
        self.base = base
        self.answer = answer
        self.codes = codes
    }

    /// Seconds that the relay has: API Gateway gives up after 29.
    static let bound = 27.0

    /// Plays the fault to the executable, which is asked about a domain. Returns what is not as it must be; nil if
    /// all is well.
    func play(to relay: Fault.Relay) throws -> String? {
        let standIns = StandIns()
        defer { standIns.stop() }
        var scenario = Scenario(fallback: answer)
        scenario.ping = [answer]
        try standIns.standIn(base)?.load(scenario)
        let surroundings = RecordedEvent.Surroundings(
            variables: ["SECRET_KEY": relay.secretKey, "SSL_CERT_FILE": "{certs}/ca.pem"],
            base: base
        )
        var function = LambdaFunction(timeout: timeout)
        function.variables = try standIns.variables(surroundings)
        let environment = ExecutionEnvironment(executable: relay.executable, function: function, output: nil)
        defer { environment.stop() }

        let body = #"[{"type":"domain","value":"example.com"}]"#
        let observe = environment.invoke(.request("/observe/observables", relay.authorization, body: body))
        relay.posted(observe.outcome.bytes)
        if let fault = violation(by: observe) { return fault }
        if try standIns.standIn(base)?.requests.contains(where: { $0.path == "/v1/elsewhere" }) == true {
            return "the redirect was followed"
        }
        // One fault must not outlast its invocation.
        let version = ResponseSummary(environment.invoke(.request("/version", relay.authorization, body: nil)).outcome)
        return version.status == 200 ? nil : "the next invocation: \(version.text)"
    }

    private func violation(by report: ExecutionEnvironment.Report) -> String? {
        let summary = ResponseSummary(report.outcome)
        guard summary.status == 200 else { return summary.text }
        guard report.latency < Self.bound else { return "took \(Int(report.latency)) s" }
        let expected = codes.map { $0.map { [$0] } ?? [] }
        // What ends the asking leaves something unasked, of which a warning tells beside the error.
        let all = Set(summary.errors.map(\.code))
        let got = (all.count > 1 ? all.subtracting(["unprocessed observables"]) : all).sorted()
        return expected.contains(got) ? nil : "the errors were \(got)"
    }
}

extension UpstreamFault {
    /// All of them.
    static let all = connectionFaults + timeouts + bodyFaults + statuses + redirects + certificates

    private static let connectionFaults = [
        UpstreamFault("SecurityTrails refuses connections", base: "refused", "unavailable"),
        UpstreamFault("SecurityTrails drops the connection", .drop, "unavailable"),
        UpstreamFault("SecurityTrails never answers", .hang, "unavailable"),
        UpstreamFault("SecurityTrails answers after 3 s", .history([]).after(3), nil),
        UpstreamFault(
            "SecurityTrails' body is cut short",
            changed(.history([])) { $0.contentLength = 9999 },
            "unavailable"
        ),
        UpstreamFault(
            "SecurityTrails' body drips",
            changed(.history((1...200).map { "192.0.2.\($0)" })) { $0.bytesPerSecond = 100 },
            "unavailable"
        ),
        UpstreamFault("SecurityTrails' body comes in chunks", changed(.history([])) { $0.chunked = 3 }, nil),
    ]

    /// The relay answers by itself, a second before Lambda would end it, whatever time the function has.
    private static let timeouts = [1.0, 3, 30].flatMap { seconds in
        [("never answers", Scenario.Answer.hang), ("answers a byte a second", aByteASecond)].map { name, answer in
            let end = seconds < 30 ? "unprocessed observables" : "unavailable"
            var fault = UpstreamFault("SecurityTrails \(name), and the function has \(Int(seconds)) s", answer, end)
            fault.timeout = seconds
            return fault
        }
    }

    private static let aByteASecond = changed(.history([])) { $0.bytesPerSecond = 1 }

    private static let bodyFaults =
        [
            ("is empty", ""), ("is no JSON", "<html>"), ("is JSON cut short", #"{"records":["#), ("is a list", "[]"),
            ("is null", "null"), ("has records of the wrong type", #"{"records":{"values":1}}"#),
            ("has a record of the wrong type", #"{"records":[7]}"#),
            ("is nested deeply", String(repeating: "[", count: 100_000)),
        ].map { name, body in
            UpstreamFault("SecurityTrails' body \(name)", .text(body), "key error")
        } + [
            UpstreamFault("SecurityTrails' body is not UTF-8", changed(.text("")) { $0.b64 = "e/8=" }, "key error"),
            UpstreamFault(
                "SecurityTrails' body is 3 MB",
                .text(#"{"records":[],"x":""# + String(repeating: "x", count: 3 << 20) + #""}"#),
                "unavailable",
                "key error",
                "unknown"
            ),
        ]

    private static let statuses: [UpstreamFault] = {
        let nothingKnown = [201, 202, 400, 404, 406]
        let known = [401: "unauthorized", 403: "authorization error", 429: "too many requests"]
        let others = [204, 304, 402, 405, 409, 410, 418, 422, 451, 499, 500, 501, 502, 503, 504, 520, 599]
        return nothingKnown.map { UpstreamFault("SecurityTrails answers \($0)", message($0), nil) }
            + known.sorted { $0.key < $1.key }.map {
                UpstreamFault("SecurityTrails answers \($0.key)", message($0.key), $0.value)
            }
            + others.map { UpstreamFault("SecurityTrails answers \($0)", message($0), "unknown", "key error") }
    }()

    private static let redirects = [301, 302, 303, 307, 308].map { status in
        UpstreamFault(
            "SecurityTrails redirects with \(status)",
            .text("", status: status, headers: ["Location": "{base-localhost}/v1/elsewhere"]),
            "unknown"
        )
    }

    private static let certificates = [
        UpstreamFault("SecurityTrails' certificate is good", .history([]), base: "https-good", nil),
        UpstreamFault("SecurityTrails' certificate has expired", .history([]), base: "https-expired", "unknown"),
        UpstreamFault("SecurityTrails' certificate is self-signed", .history([]), base: "https-selfsigned", "unknown"),
        UpstreamFault(
            "SecurityTrails' certificate is another host's",
            .history([]),
            base: "https-otherhost",
            "unknown"
        ),
    ]

    private static func message(_ status: Int) -> Scenario.Answer {
        .json(["message": "as the scenario has it"], status: status)
    }

    private static func changed(_ answer: Scenario.Answer, _ change: (inout Scenario.Answer) -> Void) -> Scenario.Answer
    {
        var answer = answer
        change(&answer)
        return answer
    }
}
