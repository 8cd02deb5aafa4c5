import Foundation
import LocalLambda
import Loopback
import TestSupport
import Testing

@testable import Relay

/// What must hold whatever is asked, through whichever gateway, with whatever settings. The seed is shown as the argument
/// of a test that fails. PROPERTY_SEED repeats a run, PROPERTY_COUNT asks for more of it.
@Suite("Whatever is asked, through whichever gateway, with whatever settings", .waits)
struct GeneratedRequestsTests {
    private static let seed = GeneratedAnswersTests.seed
    private static let count = Thorough.count(sample: 100, all: 1_000)
    private static let lookups = "ipv4,ipv6,domains,subdomains,ns,mx,whois,email"

    @Test(
        "Every event is answered as its gateway takes it, in time, within its size, and never with a 500",
        arguments: [seed]
    )
    func events(seed: UInt64) throws {
        var odd = OddAnswers(random: SplitMix(seed))
        var served: Served?
        for round in 0..<Self.count {
            // A relay for some of the events, as a process has it.
            if round.isMultiple(of: 10) { served = try Served(Scenario(), odd.settings()) }
            let relay = try #require(served)
            let gateway = odd.gateway()
            var observables: [String: Scenario.Observable] = [:]
            for value in OddAnswers.names { observables[value] = odd.observable() }
            relay.standIn.load(Scenario(observables: observables, fallback: odd.failure()))
            let event = odd.event(gateway)
            let place: Comment = "seed \(seed), round \(round): \(String(decoding: event.prefix(2_000), as: UTF8.self))"
            let begin = ContinuousClock.now
            let answer = try relay.send(event: event, seconds: 8)
            #expect(ContinuousClock.now - begin < .seconds(15), place)
            let outcome = ExecutionEnvironment.Outcome.response(Data(answer.outcome.payload))
            #expect(gateway.verdict(on: outcome).complaints == [], place)
            #expect(SightingCheck.violations(by: outcome) == [], place)
            #expect(answer.outcome.payload.count <= (gateway.kind == .alb ? 1 << 20 : 6 << 20), place)
        }
    }

    @Test("Bytes that are changed in an event make another event or none, and never a 500", arguments: [seed])
    func brokenEvents(seed: UInt64) throws {
        var odd = OddAnswers(random: SplitMix(seed))
        let served = try Served()
        var answers = 0
        for round in 0..<Self.count {
            let gateway = odd.gateway()
            let event = odd.broken(odd.event(gateway))
            let place: Comment = "seed \(seed), round \(round): \(String(decoding: event.prefix(2_000), as: UTF8.self))"
            guard let answer = try? served.send(event: event, seconds: 8) else { continue }
            answers += 1
            #expect(answer.status == 0 || (200...499).contains(answer.status), place)
        }
        #expect(answers > Self.count / 10, "some of the events can still be read")
    }

    @Test("Observables that fail take no sighting away from the others", arguments: [seed])
    func failures(seed: UInt64) throws {
        var odd = OddAnswers(random: SplitMix(seed))
        let settings = ["LOOKUPS": Self.lookups, "REQUESTS_PER_SECOND": "1000", "CACHE_SECONDS": "0"]
        let served = try Served(Scenario(), settings)
        for round in 0..<Self.count / 10 {
            let place: Comment = "seed \(seed), round \(round)"
            let values = OddAnswers.names.shuffled(using: &odd.random)
            var observables: [String: Scenario.Observable] = [:]
            let good = Array(values.prefix(Int.random(in: 1...3, using: &odd.random)))
            for value in good { observables[value] = odd.goodObservable() }
            served.standIn.load(Scenario(observables: observables, fallback: .history([])))
            let alone = try served.send(good.map(OddAnswers.typed))

            let failing = Array(values.dropFirst(good.count).prefix(Int.random(in: 1...3, using: &odd.random)))
            for value in failing {
                let failure = odd.failure()
                observables[value] = .init(
                    Dictionary(uniqueKeysWithValues: Scenario.Question.allCases.map { ($0, [[failure]]) })
                )
            }
            served.standIn.load(Scenario(observables: observables, fallback: .history([])))
            let together = try served.send((good + failing).shuffled(using: &odd.random).map(OddAnswers.typed))
            for value in good {
                #expect(found(of: value, in: together) == found(of: value, in: alone), "\(place): \(value)")
            }
        }
    }

    @Test("Equal input gives equal output, apart from ids and the time", arguments: [seed])
    func repetitions(seed: UInt64) throws {
        var odd = OddAnswers(random: SplitMix(seed))
        let served = try Served(
            Scenario(),
            ["LOOKUPS": Self.lookups, "REQUESTS_PER_SECOND": "1000", "CACHE_SECONDS": "0"]
        )
        for round in 0..<Self.count / 20 {
            let gateway = odd.gateway()
            var observables: [String: Scenario.Observable] = [:]
            for value in OddAnswers.names { observables[value] = odd.observable() }
            let event = odd.event(gateway)
            let answers = try (0..<2).map { _ in
                served.standIn.load(Scenario(observables: observables, fallback: .history([])))
                return try served.send(event: event, seconds: 8)
            }
            let recorded = answers.map { RecordedAnswer(.response(Data($0.outcome.payload))) }
            #expect(recorded[1].difference(to: recorded[0]) == [], "seed \(seed), round \(round)")
        }
    }

    @Test("SecurityTrails is asked as often as docs/reference.md says", arguments: [seed])
    func requests(seed: UInt64) throws {
        var odd = OddAnswers(random: SplitMix(seed))
        for round in 0..<Self.count / 20 {
            let words = Self.lookups.split(separator: ",").map(String.init).filter { _ in
                Bool.random(using: &odd.random)
            }
            let limit = Int.random(in: 0...4, using: &odd.random)
            let remembers = Bool.random(using: &odd.random)
            let served = try Served(
                Scenario(),
                [
                    "LOOKUPS": words.isEmpty ? "" : words.joined(separator: ","), "NUMBER_OF_PAGES": "\(limit)",
                    "CACHE_SECONDS": remembers ? "300" : "0", "REQUESTS_PER_SECOND": "1000",
                ]
            )
            let pages = Int.random(in: 1...4, using: &odd.random)
            let values = OddAnswers.names.filter { _ in Bool.random(using: &odd.random) }
            var observables: [String: Scenario.Observable] = [:]
            for value in values { observables[value] = odd.goodObservable(pages: pages) }
            served.standIn.load(Scenario(observables: observables))

            // What is asked twice, is private, or is of no type that is looked up costs nothing.
            let asked = values + values.prefix(2) + ["10.0.0.1", "printer.local", "localhost"]
            let read = limit == 0 ? pages : min(limit, pages)
            let expected = values.reduce(0) {
                $0 + cost(of: $1, words.isEmpty ? ["ipv4", "ipv6", "domains"] : words, read)
            }
            let place: Comment = "seed \(seed), round \(round): \(words), \(limit) of \(pages) pages, \(values)"
            let first = try served.send(asked.map(OddAnswers.typed))
            #expect(first.outcome.upstreamRequests == expected, place)
            #expect(served.standIn.requests.count == expected, place)
            let second = try served.send(asked.map(OddAnswers.typed))
            #expect(second.outcome.upstreamRequests == (remembers ? 0 : expected), place)
        }
    }

    /// The requests that an observable costs, as the table of lookups says.
    private func cost(of value: String, _ words: [String], _ pages: Int) -> Int {
        words.reduce(0) { sum, word in
            switch (OddAnswers.type(of: value), word) {
            case ("domain", "subdomains"), ("domain", "whois"): sum + 1
            case ("domain", "ipv4"), ("domain", "ipv6"), ("domain", "ns"), ("domain", "mx"): sum + pages
            case ("ip", "domains"), ("ipv6", "domains"), ("email", "email"): sum + pages
            default: sum
            }
        }
    }

    /// The descriptions and related values of the sightings of a value.
    private func found(of value: String, in answer: Served.Answer) -> [String] {
        zip(answer.sightings, answer.related)
            .filter { $0.0["observables"]?.array?.first?["value"]?.string == value }
            .map { "\($0.0["description"]?.string ?? ""): \($0.1)" }
    }
}
