import Foundation
import LocalLambda
import Loopback
import TestSupport
import Testing

@testable import Relay

@Suite("What fails on /observe/observables", .waits)
struct ObserveFailureTests {
    private static let unexpected = "Unexpected response from SecurityTrails: "
    private static let broken = "The data structure of SecurityTrails has changed. The module is broken."

    private static func truncated() -> Scenario.Answer {
        var answer = Scenario.Answer.history(["192.0.2.1"])
        answer.contentLength = 100_000
        return answer
    }

    static let failures: [(answer: Scenario.Answer, code: String, message: String?)] = [
        (.text("why", status: 401), "unauthorized", unexpected + "why"),
        (.text(#"{"message":"why"}"#, status: 403), "authorization error", "Authorization failed: why"),
        (.text("", status: 403), "authorization error", "Authorization failed: SecurityTrails refused the key (403)"),
        (.text("why", status: 429, headers: ["Retry-After": "1"]), "too many requests", unexpected + "why"),
        (.text("", status: 500), "unknown", unexpected + "500"),
        (.text("why", status: 503), "unknown", unexpected + "why"),
        (.text("why", status: 402), "unknown", unexpected + "why"),
        (.text("", status: 302), "unknown", unexpected + "302"),
        (.drop, "unavailable", nil), (truncated(), "unavailable", nil),
        (.text(String(repeating: " ", count: 2_200_000)), "unknown", nil),
        (.text(""), "key error", broken), (.text("<html>"), "key error", broken), (.text("[]"), "key error", broken),
        (.text("null"), "key error", broken), (.text(#""x""#), "key error", broken),
        (.text(#"{"records":{}}"#), "key error", broken),
        (.text(#"{"records":5}"#), "key error", broken), (.text(#"{"records":[5]}"#), "key error", broken),
        (.text(#"{"records":[{}]}"#), "key error", broken),
        (.text(#"{"records":[{"values":null}]}"#), "key error", broken),
        (.text(#"{"records":[{"values":[{"ip":""}]}]}"#), "key error", broken),
    ]

    @Test("Each failure has its code, and what was found before stays", arguments: failures)
    func failure(answer: Scenario.Answer, code: String, message: String?) throws {
        let known = Scenario.Observable(a: [[.history(["192.0.2.1"])]], aaaa: [[answer]])
        let served = try Served(Scenario(observables: ["a.example": known]))
        let answer = try served.send(["domain a.example"])
        #expect(answer.codes == ["fatal \(code)"] && answer.related == [["192.0.2.1"]])
        #expect(answer.data?["sightings"]?["count"] == 1)
        if let message { #expect(answer.messages == [message]) } else { #expect(answer.messages[0].isEmpty == false) }
    }

    @Test("The same failure of many observables is told once", arguments: [500, 418])
    func once(status: Int) throws {
        let served = try Served(Scenario(fallback: .text("why", status: status)))
        let answer = try served.send((1...8).map { "ip 192.0.2.\($0)" })
        #expect(answer.codes == ["fatal unknown"] && answer.data == nil && served.asked.count == 8)
    }

    @Test("Different failures are all told, in the order of the observables, after the warnings about values")
    func several() throws {
        let served = try Served(
            Scenario(observables: [
                "192.0.2.1": .init(list: [[.text("one", status: 500)]]),
                "192.0.2.2": .init(list: [[.text("two", status: 500)]]),
                "192.0.2.3": .init(list: [[.text("[]")]]),
                "192.0.2.4": .init(list: [[.domains(["a.example"], totalPages: 3)]]),
            ])
        )
        let answer = try served.send(["ip bad", "ip 192.0.2.1", "ip 192.0.2.2", "ip 192.0.2.3", "ip 192.0.2.4"])
        #expect(
            answer.codes == [
                "warning invalid argument", "fatal unknown", "fatal unknown", "fatal key error",
                "warning unprocessed pages",
            ]
        )
        #expect(answer.messages[1].hasSuffix("one") && answer.messages[2].hasSuffix("two"))
        #expect(answer.related == [["a.example"]])
    }

    @Test("A record that cannot be read is left out, and told once")
    func damaged() throws {
        let page: JSONValue = [
            "records": [
                ["hostname": "a.example"], 5, ["hostname": nil], ["hostname": ""], ["host": "x"],
                ["hostname": "b.example"],
            ],
            "record_count": 6,
        ]
        let answer = try Served(Scenario(fallback: .json(page))).send(["ip 192.0.2.1", "ip 192.0.2.2"])
        #expect(answer.codes == ["fatal key error"] && answer.messages == [Self.broken])
        #expect(answer.related == [["a.example", "b.example"], ["a.example", "b.example"]])
        #expect(answer.sightings[0]["count"] == 6)
    }

    @Test("A page that fails keeps the others")
    func page() throws {
        let pages: [Scenario.Answers] = [
            [.history(["192.0.2.1"], pages: 3)], [.text("why", status: 500)], [.history(["192.0.2.3"], pages: 3)],
        ]
        let known = Scenario.Observable(a: pages, aaaa: [[.history([])]])
        let served = try Served(Scenario(observables: ["a.example": known]), ["NUMBER_OF_PAGES": "0"])
        let answer = try served.send(["domain a.example"])
        #expect(answer.codes == ["fatal unknown"] && answer.related == [["192.0.2.1", "192.0.2.3"]])
        #expect(served.asked.count == 4)
    }

    @Test("After 401 or 403 nothing more is asked", arguments: [401, 403])
    func refused(status: Int) throws {
        let served = try Served(Scenario(fallback: .text("no such key", status: status)))
        let answer = try served.send((1...50).map { "domain d\($0).example" })
        #expect(answer.errors.count == 2 && answer.data == nil && served.asked.count <= 4)
        #expect(answer.codes.last == "warning unprocessed observables")
        #expect(answer.messages.last?.hasSuffix("and 30 more") == true, "one of fifty domains was half asked")
    }

    @Test("Where time runs out, what was found is told, and what was not asked is named")
    func outOfTime() throws {
        let quick = Scenario.Observable(list: [[.domains(["a.example"])]])
        let slow = Scenario.Observable(list: [[.hang]])
        let served = try Served(Scenario(observables: ["192.0.2.1": quick, "192.0.2.2": slow]))
        let begin = ContinuousClock.now
        let answer = try served.send(["ip 192.0.2.1", "ip 192.0.2.2"], seconds: 1.2)
        #expect(ContinuousClock.now - begin < .seconds(3))
        #expect(answer.codes == ["warning unprocessed observables"] && answer.related == [["a.example"]])
        #expect(answer.messages[0].hasSuffix("192.0.2.2"))
        let none = try served.send((1...30).map { "domain d\($0).example" }, seconds: -5)
        #expect(
            none.codes == ["warning unprocessed observables"] && none.data == nil && none.outcome.upstreamRequests == 0
        )
        #expect(none.messages[0].contains("d20.example and 10 more"))
    }

    @Test(
        "A certificate that is not to be trusted is told as such",
        arguments: [Certificates.Kind.expired, .selfSigned, .otherHost]
    )
    func certificate(kind: Certificates.Kind) throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let variables = ["SSL_CERT_FILE": certificates.authority]
        let served = try Served(Scenario(), variables, tls: certificates.identity(kind))
        let health = try served.send("POST", "/health")
        let prefix = "Unable to verify SSL certificate: "
        #expect(
            health.codes == ["fatal unknown"] && health.messages[0].hasPrefix(prefix)
                && health.messages[0].count > prefix.count
        )
    }

    @Test("Where nobody listens, SecurityTrails is unavailable")
    func nobody() throws {
        let served = try Served(Scenario(), ["SECURITYTRAILS_API_URL": "http://127.0.0.1:1/v1/"])
        let answer = try served.send((1...5).map { "ip 192.0.2.\($0)" })
        #expect(answer.codes == ["fatal unavailable", "warning unprocessed observables"])
        #expect(answer.data == nil)
    }
}
