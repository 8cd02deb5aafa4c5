import Foundation
import LocalLambda
import Loopback
import TestSupport
import Testing

/// What must hold whatever SecurityTrails sends, and however it sends it. The answers are generated from a seed, which a
/// failing test shows as its argument. PROPERTY_SEED repeats a run, PROPERTY_COUNT asks for more answers.
@Suite("Whatever SecurityTrails sends, and however it sends it", .waits)
struct GeneratedAnswersTests {
    static let seed =
        ProcessInfo.processInfo.environment["PROPERTY_SEED"].flatMap(UInt64.init) ?? .random(in: 0...999_999_999)
    private static let count = Thorough.count(sample: 100, all: 1_000)

    /// The observables of an invocation: those whose answers are odd, and two whose answers are as they should be.
    private struct Round {
        let scenario: Scenario
        let observables: [String]
        let answers: Int

        /// What the good ones must lead to, in the order of their sightings.
        static let found: [String: [[String]]] = [
            "good.example": [["192.0.2.200", "192.0.2.201"], ["2001:db8::200"]],
            "192.0.2.250": [["first.example", "second.example"]],
        ]

        init(_ odd: inout OddAnswers) {
            var observables: [String: Scenario.Observable] = [
                "good.example": .init(
                    a: [[.history(["192.0.2.200", "192.0.2.201"])]],
                    aaaa: [[.history(["2001:db8::200"], key: "ipv6")]]
                ),
                "192.0.2.250": .init(list: [[.domains(["first.example", "second.example"])]]),
            ]
            var asked = ["domain good.example", "ip 192.0.2.250"]
            let domainQuestions: [Scenario.Question] = [.a, .aaaa, .subdomains, .ns, .mx, .whois]
            for number in 1...3 {
                let pages = domainQuestions.map { ($0, odd.pages($0)) }
                observables["odd\(number).example"] = .init(Dictionary(uniqueKeysWithValues: pages))
                asked.append("domain odd\(number).example")
            }
            for (type, value) in [("ip", "192.0.2.1"), ("ipv6", "2001:db8::1"), ("email", "x@example.com")] {
                observables[value] = .init(list: odd.pages(.list))
                asked.append("\(type) \(value)")
            }
            scenario = Scenario(observables: observables, fallback: .json(["message": "Not found."], status: 404))
            self.observables = asked.shuffled(using: &odd.random)
            answers = observables.values.flatMap(\.pages.values).reduce(0) { $0 + $1.count }
        }
    }

    private static let settings: [[String: String]] = [
        [:], ["NUMBER_OF_PAGES": "0"], ["NUMBER_OF_PAGES": "2", "RELATIONS_LIMIT": "1"], ["SIGHTING_TABLE": "false"],
        ["OBSERVED_TIME": "now", "NUMBER_OF_PAGES": "0"], ["CACHE_SECONDS": "60", "RELATIONS_LIMIT": "0"],
    ]

    @Test("No answer ends in a 500, loses what another gave, or makes a sighting that is not valid", arguments: [seed])
    func properties(seed: UInt64) throws {
        var odd = OddAnswers(random: SplitMix(seed))
        let lookups = "ipv4,ipv6,domains,subdomains,ns,mx,whois,email"
        let relays = try Self.settings.map {
            try Served(Scenario(), $0.merging(["LOOKUPS": lookups, "REQUESTS_PER_SECOND": "1000"]) { $1 })
        }
        var answers = 0
        var round = 0
        while answers < Self.count {
            let made = Round(&odd)
            let served = relays[round % relays.count]
            served.standIn.load(made.scenario)
            // What is remembered is asked for again under another key only.
            let header = authorization(key: "key-\(round)")
            let begin = ContinuousClock.now
            let answer = try served.send(
                "POST",
                "/observe/observables",
                list(made.observables),
                authorization: header
            )
            let place: Comment = "seed \(seed), round \(round)"
            #expect(ContinuousClock.now - begin < .seconds(15), place)
            #expect(violations(of: answer) == [], place)
            let isLimited = Self.settings[round % relays.count]["RELATIONS_LIMIT"] == "1"
            for (value, related) in Round.found {
                let found = self.related(to: value, in: answer)
                #expect(found == (isLimited ? related.map { Array($0.prefix(1)) } : related), place)
            }
            if round.isMultiple(of: 4) {
                served.standIn.load(made.scenario)
                let again = try served.send(
                    "POST",
                    "/observe/observables",
                    list(made.observables),
                    authorization: authorization(key: "key-\(round)-again")
                )
                #expect(comparable(again).difference(to: comparable(answer)) == [], place)
            }
            answers += made.answers
            round += 1
        }
    }

    /// What is wrong with a response, whatever was asked.
    private func violations(of answer: Served.Answer) -> [String] {
        let conditions = ResponseConditions()
        let outcome = ExecutionEnvironment.Outcome.response(Data(answer.outcome.payload))
        let wrong = conditions.violations(by: outcome, began: .now) + SightingCheck.violations(by: outcome)
        // The 1,000 characters that a message may quote can be longer than a case allows once they are escaped.
        return wrong.filter { $0.prefixMatch(of: /a message of 1[01]\d\d characters/) == nil }
    }

    /// The answer without what differs each time.
    private func comparable(_ answer: Served.Answer) -> RecordedAnswer {
        RecordedAnswer(.response(Data(answer.outcome.payload)))
    }

    /// The related values of the sightings that good answers make, a list each.
    private func related(to value: String, in answer: Served.Answer) -> [[String]] {
        zip(answer.sightings, answer.related)
            .filter { $0.0["observables"]?.array?.first?["value"]?.string == value }
            .map(\.1)
    }
}
