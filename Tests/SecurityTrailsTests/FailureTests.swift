import Foundation
import HTTPClient
import LocalLambda
import Loopback
import TestSupport
import Testing

@testable import SecurityTrails

@Suite("What fails at SecurityTrails", .waits)
struct FailureTests {
    @Test("Nothing known is no failure", arguments: [400, 404, 406])
    func nothingKnown(status: Int) throws {
        let asked = try Asked(.address([[.json(["message": "no"], status: status)]]))
        let answer = asked.about(["192.0.2.1"]).answers[0][0]
        #expect(answer.values.isEmpty && answer.failures.isEmpty && !answer.isUnprocessed)
    }

    static let refusals: [(answer: Scenario.Answer, failure: Failure)] = [
        (
            .json(["message": "Invalid authentication credentials"], status: 403),
            .refused("Invalid authentication credentials")
        ),
        (.json(["message": "Invalid key"], status: 403), .refused("Invalid key")),
        (
            .text("Please check user credentials", status: 401),
            .unexpected(status: 401, "Please check user credentials")
        ),
        (.json(["message": "no"], status: 401), .unexpected(status: 401, #"{"message":"no"}"#)),
    ]

    @Test("After 401, or a 403 about the key, nothing more is asked with that key", arguments: refusals)
    func refused(answer: Scenario.Answer, failure: Failure) throws {
        let asked = try Asked(Scenario(fallback: answer))
        let answers = asked.about(["a.example", "192.0.2.1", "b.example"]).answers
        #expect(answers[0][0].failures == [failure])
        #expect(answers.joined().dropFirst().allSatisfy { $0.failures.isEmpty })
        #expect(answers.joined().dropFirst().allSatisfy { $0.isUnprocessed })
        #expect(asked.targets.count == 1)
    }

    static let plans: [(answer: Scenario.Answer, failure: Failure)] = [
        (
            .json(["message": "This feature is not available for your subscription package."], status: 403),
            .refused("This feature is not available for your subscription package.")
        ),
        (.json(["message": ""], status: 403), .refused(#"{"message":""}"#)),
        (.json(["message": 7], status: 403), .refused(#"{"message":7}"#)),
        (.text("no way", status: 403), .refused("no way")),
        (.text(" \n", status: 403), .refused("SecurityTrails refused the key (403)")),
        (.text("", status: 403), .refused("SecurityTrails refused the key (403)")),
    ]

    @Test("Any other 403 ends that kind of lookup, and the others go on", arguments: plans)
    func plan(answer: Scenario.Answer, failure: Failure) throws {
        let asked = try Asked(
            Scenario(observables: [
                "192.0.2.1": .init(list: [[answer]]), "192.0.2.2": .init(list: [[answer]]),
                "a.example": .init(a: [[.history(["192.0.2.9"])]], aaaa: [[.json([:])]]),
            ]),
            requestsPerSecond: 100
        )
        let answers = asked.about(["192.0.2.1", "a.example", "192.0.2.2"]).answers
        #expect(answers[0][0].failures == [failure])
        #expect(answers[1][0].values == ["192.0.2.9"])
        #expect(answers[1].allSatisfy { !$0.isUnprocessed })
        #expect(answers[2][0].isUnprocessed)
        #expect(answers[2][0].failures.isEmpty)
        #expect(asked.targets.filter { $0.contains("list") }.count == 1)
    }

    @Test("A 429 about the account's usage limit is not tried again, and ends the asking")
    func quota() throws {
        let exceeded = Scenario.Answer.json(
            ["message": "You've exceeded the usage limits for your account."],
            status: 429
        )
        let asked = try Asked(Scenario(fallback: exceeded))
        let answers = asked.about(["192.0.2.1", "192.0.2.2"]).answers
        #expect(answers[0][0].failures.count == 1)
        #expect(answers[1][0].isUnprocessed)
        #expect(asked.targets.count == 1)
    }

    @Test("A failure quotes what was sent, without the key, in 1,000 characters at most; or the status")
    func quotation() throws {
        let text = String(repeating: "x", count: 995) + "the-key" + String(repeating: "y", count: 500)
        let asked = try Asked(.address([[.text(text, status: 500)]]))
        let quoted = String(repeating: "x", count: 995) + "***yy"
        #expect(asked.about(["192.0.2.1"]).answers[0][0].failures == [.unexpected(status: 500, quoted)])
        asked.standIn.load(.address([[.text(" ", status: 500)]]))
        #expect(asked.about(["192.0.2.1"]).answers[0][0].failures == [.unexpected(status: 500, "500")])
    }

    @Test(
        "The key is taken out as it is, and however JSON may escape it",
        arguments: [
            ("the-key", "a the-key b", "a *** b"), ("the-key", "the-keythe-key", "******"),
            ("the-key", #"{"k":"\u0074he\u002dke\u0079"}"#, #"{"k":"***"}"#),
            ("the-key", #"\u0074HE-key"#, #"\u0074HE-key"#),
            ("the-key", #"\the-ke\y"#, "***"), ("a/b\"c\\d", #"x a\/b\"c\\d y"#, "x *** y"),
            ("a/b\"c\\d", #"x a\u002Fb\u0022c\u005cd y"#, "x *** y"), ("a/b\"c\\d", "x a/b\"c\\d y", "x *** y"),
            (#"\\k"#, #"\\k"#, "***"), (#"\\k"#, #"\\\\k"#, "***"), (#"\u0061"#, #"\u0061"#, "***"),
            ("aab", "aaab", "a***"), ("key", "the ke", "the ke"), ("key", #"\u006"#, #"\u006"#),
            ("key", #"ke\u00"#, #"ke\u00"#),
            ("key", "ke\\", "ke\\"), ("key", #"\u01006bey"#, #"\u01006bey"#),
        ]
    )
    func redaction(key: String, text: String, expected: String) {
        let response = APIResponse(status: 500, body: Array(text.utf8))
        #expect(Failure(response, key: key) == .unexpected(status: 500, expected))
    }

    @Test("A busy gateway and a dropped connection are tried once more", arguments: [502, 503, 504, nil])
    func retried(status: Int?) throws {
        let failure = status.map { Scenario.Answer.json([:], status: $0) } ?? .drop
        let asked = try Asked(.address([[failure, .domains(["a.example"])]]))
        let (answers, seconds) = asked.about(["192.0.2.1"])
        #expect(answers[0][0].values == ["a.example"])
        #expect(answers[0][0].failures.isEmpty)
        #expect(seconds >= 0.1)
        #expect(asked.targets.count == 2)
    }

    @Test("Once more and no more, and 500 not at all", arguments: [(503, 2), (500, 1), (418, 1), (302, 1)])
    func notRetried(status: Int, requests: Int) throws {
        let asked = try Asked(.address([[.json([:], status: status, headers: ["Location": "{base}/v1/ping"])]]))
        let answer = asked.about(["192.0.2.1"]).answers[0][0]
        #expect(answer.failures == [.unexpected(status: status, "{}")])
        #expect(asked.targets == Array(repeating: "/v1/domains/list?page=1", count: requests))
    }

    @Test("A truncated answer is unavailable, not unreadable")
    func truncated() throws {
        var cut = Scenario.Answer.domains(["a.example"])
        cut.contentLength = 100_000
        let asked = try Asked(.address([[cut]]))
        guard case .unavailable = asked.about(["192.0.2.1"]).answers[0][0].failures.first else {
            Issue.record("no failure")
            return
        }
    }

    @Test("Where nobody listens, it is said once, and soon")
    func refusedConnection() throws {
        let asked = try Asked(.domains(1))
        asked.standIn.stop()
        let (answers, seconds) = asked.about((0..<10).map { "d\($0).example" })
        let failures = answers.joined().flatMap(\.failures)
        #expect(Set(failures) == [.unavailable("SecurityTrails cannot be reached: no connection")])
        // On a busy machine the second attempts are all due before the first of them has failed.
        #expect(failures.count <= 8, "those that went out together, and no more")
        #expect(answers.joined().allSatisfy { $0.isUnprocessed == $0.failures.isEmpty }, "the others are named")
        #expect(seconds < 2)
    }

    @Test("A certificate that is not to be trusted is told of as that", arguments: Certificates.Kind.allCases)
    func certificate(kind: Certificates.Kind) throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let authority = HTTPOptions.Authorities.bundle(certificates.authority)
        let asked = try Asked(.demonstration, tls: certificates.identity(kind), authorities: authority)
        let failures = asked.about(["example.com", "192.0.2.10"]).answers.joined().flatMap(\.failures)
        if kind == .good {
            #expect(failures.isEmpty)
        } else {
            guard failures.count == 1, case .certificate(let reason) = failures[0] else {
                Issue.record("\(failures)")
                return
            }
            #expect(!reason.isEmpty)
            #expect(asked.targets.isEmpty)
        }
    }

    @Test("Without any authority no server is trusted")
    func noAuthorities() throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let asked = try Asked(.demonstration, tls: certificates.identity(.good))
        guard case .certificate = asked.about(["example.com"]).answers[0][0].failures.first else {
            Issue.record("trusted")
            return
        }
    }

    static let pings: [(answer: Scenario.Answer, failure: Failure?)] = [
        (.json(["success": true]), nil),
        (.json(["success": true], status: 201), nil),
        (.json(["success": false]), .unexpected(status: 200, #"{"success":false}"#)),
        (.json(["success": "true"]), .unexpected(status: 200, #"{"success":"true"}"#)),
        (.json([:]), .unexpected(status: 200, "{}")),
        (.text("pong"), .unreadable),
        (.json([true]), .unreadable),
        (.text("", status: 404), .unexpected(status: 404, "404")),
        (.json(["message": "Invalid key"], status: 403), .refused("Invalid key")),
    ]

    @Test("The key works if ping says so, and only then", arguments: pings)
    func ping(answer: Scenario.Answer, failure: Failure?) throws {
        let asked = try Asked(Scenario(ping: [answer]))
        let result = asked.client.ping(key: "the-key", until: .now + 5)
        #expect(result.failure == failure)
        #expect(result.requests == 1)
        #expect(asked.targets == ["/v1/ping"])
    }
}
