import Foundation
import HTTPClient
import LocalLambda
import Loopback
import SecurityTrails
import TestSupport
import Testing

@Suite("Parallel requests and their pace", .idles, .serialized)
struct PaceTests {
    private let domains = (0..<10).map { "d\($0).example" }

    /// Whether something holds in one of three attempts. On a busy machine requests arrive later than they were sent, and
    /// too close together.
    private func inOneOfThree(_ holds: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<3 where try holds() { return true }
        return false
    }

    @Test("Without a stated limit, ten domains take the time of four requests: 1, 3, 8 and 8 at once")
    func noLimit() throws {
        let soon = try inOneOfThree {
            let asked = try Asked(.domains(10, after: 0.05))
            let (answers, seconds) = asked.about(domains)
            #expect(
                answers.map { $0.map(\.values) }
                    == (0..<10).map { [["192.0.2.\($0)"], ["2001:db8::\($0 == 0 ? "" : String($0))"]] }
            )
            #expect(asked.standIn.connectionCount <= 8)
            let arrivals = asked.standIn.requests.map(\.arrival)
            #expect(arrivals[1] - arrivals[0] > .milliseconds(45), "the first goes alone")
            return seconds < 0.4
        }
        #expect(soon)
    }

    @Test("A stated limit is kept, without a single 429, and not wasted")
    func statedLimit() throws {
        let isKept = try inOneOfThree {
            let asked = try Asked(.domains(10), rateLimit: .init(perSecond: 10, isStated: true))
            let (answers, seconds) = asked.about(domains)
            #expect(answers.joined().allSatisfy { $0.values.count == 1 && $0.failures.isEmpty })
            return asked.standIn.requests.count { $0.isOverLimit } == 0 && seconds < 2.4
        }
        #expect(isKept, "20 requests at 10 a second")
    }

    @Test("The operator's rate goes before the stated one")
    func operatorsRate() throws {
        let asked = try Asked(.domains(2), requestsPerSecond: 2, rateLimit: .init(perSecond: 100, isStated: true))
        let seconds = asked.about(["d0.example", "d1.example"]).seconds
        #expect(seconds > 1.0)
    }

    @Test("A limit that nobody states is found out with few 429s, and everything is found")
    func unstatedLimit() throws {
        let isFoundOut = try inOneOfThree {
            let asked = try Asked(.domains(3), rateLimit: .init(perSecond: 2))
            let answers = asked.about(["d0.example", "d1.example", "d2.example"]).answers
            #expect(answers.joined().allSatisfy { $0.values.count == 1 && $0.failures.isEmpty })
            return asked.standIn.requests.count { $0.isOverLimit } <= 3
        }
        #expect(isFoundOut)
    }

    @Test("An unstated limit of 5 a second costs ten domains few seconds, and nothing is lost")
    func fiveASecond() throws {
        let soon = try inOneOfThree {
            let asked = try Asked(.domains(10, after: 0.05), rateLimit: .init(perSecond: 5))
            let (answers, seconds) = asked.about(domains)
            #expect(answers.joined().allSatisfy { $0.values.count == 1 && $0.failures.isEmpty })
            // 6 s on a machine that does nothing else; one request at a time took 17.
            return seconds <= 12
        }
        #expect(soon)
    }

    @Test("An unstated limit of 1 a second loses nothing")
    func oneASecond() throws {
        let asked = try Asked(.domains(2, after: 0.05), rateLimit: .init(perSecond: 1))
        let answers = asked.about(["d0.example", "d1.example"]).answers
        #expect(answers.joined().allSatisfy { $0.values.count == 1 })
    }

    @Test("After a 429 the next request waits as long as Retry-After says, in seconds or until a date")
    func retryAfter() throws {
        let busy = Scenario.Answer.json([:], status: 429, headers: ["Retry-After": "2"])
        let asked = try Asked(.address([[busy, .domains(["a.example"])]]))
        let (answers, seconds) = asked.about(["192.0.2.1"])
        #expect(answers[0][0].values == ["a.example"])
        #expect((2.0..<5).contains(seconds))

        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        // libcurl counts from the second that has begun, by a clock that may be some milliseconds late: up to 4 s.
        let date = format.string(from: Date(timeIntervalSinceNow: 3))
        let dated = Scenario.Answer.json([:], status: 429, headers: ["Retry-After": date])
        asked.standIn.load(.address([[dated, .domains(["a.example"])]]))
        #expect((1.5..<7).contains(asked.about(["192.0.2.1"]).seconds))
    }

    @Test("A second 429 for the same request ends the asking; what was found stays")
    func second429() throws {
        let busy = Scenario.Answer.json(["message": "slow down"], status: 429)
        let asked = try Asked(
            Scenario(observables: [
                "192.0.2.1": .init(list: [[.domains(["a.example"])]]), "192.0.2.2": .init(list: [[busy]]),
                "d0.example": .init(a: [[busy]], aaaa: [[busy]]),
            ])
        )
        let answers = asked.about(["192.0.2.1", "192.0.2.2", "d0.example"]).answers
        #expect(answers[0][0].values == ["a.example"])
        #expect(
            answers.flatMap { $0 }.flatMap(\.failures).contains(.unexpected(status: 429, #"{"message":"slow down"}"#))
        )
        #expect(asked.standIn.requests.count <= 5)
    }

    @Test("A Retry-After beyond the time there is is not waited for")
    func retryAfterTooLate() throws {
        let busy = Scenario.Answer.json([:], status: 429, headers: ["Retry-After": "60"])
        let asked = try Asked(.address([[busy]]))
        let (answers, seconds) = asked.about(["192.0.2.1"], seconds: 5)
        #expect(answers[0][0].failures == [.unexpected(status: 429, "{}")])
        #expect(seconds < 4)
    }

    @Test("Time is a budget: what was not asked when it ends is named, and what was found is there")
    func budget() throws {
        let asked = try Asked(.domains(10), requestsPerSecond: 2)
        let (answers, seconds) = asked.about(domains, seconds: 2)
        #expect((1.9..<4).contains(seconds))
        #expect(answers[0].allSatisfy { $0.values.count == 1 && !$0.isUnprocessed })
        #expect(answers[9].allSatisfy { $0.values.isEmpty && $0.isUnprocessed })
    }

    @Test("What is under way when time ends is dropped and named")
    func underWay() throws {
        let asked = try Asked(.domains(2, hanging: 1))
        let (answers, seconds) = asked.about(["d0.example", "d1.example"], seconds: 1.5)
        #expect((1.4..<4).contains(seconds))
        #expect(answers[0].allSatisfy { $0.values.count == 1 })
        #expect(answers[1].allSatisfy { $0.isUnprocessed })
    }

    @Test("A first request that hangs holds the others up for a second", arguments: [false, true])
    func firstHangs(overTLS: Bool) throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let asked = try Asked(
            .domains(10, hanging: 0),
            tls: overTLS ? certificates.identity(.good) : nil,
            authorities: .bundle(certificates.authority)
        )
        let answers = asked.about(domains, seconds: 2).answers
        #expect(answers.dropFirst().allSatisfy { $0.allSatisfy { $0.values.count == 1 } })
    }

    @Test("Connections are kept from call to call")
    func connections() throws {
        let asked = try Asked(.domains(1))
        for _ in 0..<5 { _ = asked.about(["d0.example"]) }
        #expect(asked.standIn.connectionCount <= 2)
        #expect(asked.standIn.requests.count == 10)
    }

    // MARK: - From one call to the next

    /// How many requests came in the first tenth of a second since the first of them.
    private func atOnce(_ asked: Asked) -> Int {
        let arrivals = asked.standIn.requests.map(\.arrival)
        return arrivals.count { $0 - arrivals[0] < .milliseconds(100) }
    }

    @Test("The first request of a later call does not go alone: three go at once")
    func laterCall() throws {
        let isSo = try inOneOfThree {
            let asked = try Asked(.domains(6, after: 0.2))
            _ = asked.about(["d0.example"])
            asked.standIn.load(.domains(6, after: 0.2))
            #expect(asked.about(["d1.example", "d2.example", "d3.example"]).answers.allSatisfy { $0.count == 2 })
            return atOnce(asked) == 3
        }
        #expect(isSo)
    }

    @Test("What was found out with one key says nothing about another's")
    func otherKey() throws {
        let asked = try Asked(.domains(6, after: 0.2))
        _ = asked.about(["d0.example"])
        asked.standIn.load(.domains(6, after: 0.2))
        _ = asked.about(["d1.example"], key: "another")
        #expect(atOnce(asked) == 1)
    }

    @Test("After a ping whose key is refused the next call begins with one request again")
    func refusedPing() throws {
        let asked = try Asked(.domains(6, after: 0.2))
        _ = asked.about(["d0.example"])
        var refusing = Scenario.domains(6, after: 0.2)
        refusing.ping = [.json(["message": "no"], status: 401)]
        asked.standIn.load(refusing)
        _ = asked.client.ping(key: "the-key", until: MonotonicTime.now + 5)
        asked.standIn.load(.domains(6, after: 0.2))
        _ = asked.about(["d1.example", "d2.example"])
        #expect(atOnce(asked) == 1)
    }

    @Test("A stated limit is kept over several calls, without a single 429")
    func statedLimitLater() throws {
        let isKept = try inOneOfThree {
            let asked = try Asked(.domains(10), rateLimit: .init(perSecond: 10, isStated: true))
            for domain in domains {
                #expect(asked.about([domain]).answers.joined().allSatisfy { $0.values.count == 1 })
            }
            return asked.standIn.requests.count { $0.isOverLimit } == 0
        }
        #expect(isKept, "20 requests at 10 a second")
    }

    @Test(
        "After a refused key, an unstated limit or no answer the next call begins with one request again",
        arguments: [401, 429, 0]
    )
    func forgotten(status: Int) throws {
        let failure = status == 0 ? Scenario.Answer.drop : .json(["message": "no"], status: status)
        let asked = try Asked(.domains(6, after: 0.2))
        _ = asked.about(["d0.example"])
        asked.standIn.load(
            Scenario(observables: ["d0.example": .init(a: [[failure]], aaaa: [[failure]])])
        )
        _ = asked.about(["d0.example"], seconds: 4)
        asked.standIn.load(.domains(6, after: 0.2))
        _ = asked.about(["d1.example", "d2.example"])
        #expect(atOnce(asked) == 1)
    }

    @Test("A Retry-After does not hold up the next call, which asks and is told again")
    func retryAfterLater() throws {
        var first = Scenario.Answer.history(["192.0.2.1"])
        first.headers = ["X-RateLimit-Limit-second": "100"]
        let busy = Scenario.Answer.json([:], status: 429, headers: ["Retry-After": "60"])
        let scenario = Scenario(observables: ["d0.example": .init(a: [[first]], aaaa: [[busy]])])
        let asked = try Asked(scenario)
        _ = asked.about(["d0.example"])
        let (answers, seconds) = asked.about(["d0.example"])
        #expect(answers[0][0].values == ["192.0.2.1"])
        #expect(seconds < 10)
    }

    @Test("A limit that is stated anew counts from then on")
    func statedAnew() throws {
        func answers(_ limit: String) -> Scenario {
            var scenario = Scenario.domains(4, after: 0)
            for (name, observable) in scenario.observables ?? [:] {
                var a = Scenario.Answer.history(["192.0.2.1"])
                a.headers = ["X-RateLimit-Limit-second": limit]
                scenario.observables?[name] = .init(a: [[a]], aaaa: observable.pages[.aaaa] ?? [])
            }
            return scenario
        }
        let asked = try Asked(answers("1000"))
        _ = asked.about(["d0.example"])
        asked.standIn.load(answers("2"))
        _ = asked.about(["d1.example"])
        let seconds = asked.about(["d2.example", "d3.example"]).seconds
        #expect(seconds > 1, "four requests at two a second")
    }
}
