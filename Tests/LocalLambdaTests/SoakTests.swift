import Foundation
import Loopback
import TestSupport
import Testing

@testable import LocalLambda

/// A soak is worth what it finds: here it is given what it must find.
@Suite struct SoakTests {
    private let tokens = SoakInvocation.Tokens(
        customers: ["one", "two", "three", "four"],
        expired: "expired",
        foreign: "foreign"
    )

    /// Numbers of invocations that ask about a domain and nothing else.
    private var plain: [SoakInvocation] {
        (0..<40).map { SoakInvocation($0, tokens: tokens) }.filter { invocation in
            guard case .sightings(let marks, _) = invocation.expectation else { return false }
            return invocation.isOrdinary && marks.count == 1 && !marks[0].isAddress
        }
    }

    /// A response with what belongs to the mark.
    private func response(to mark: SoakMark, customer: String) -> Data {
        let asked = mark.observable
        let relations = mark.related(to: customer).flatMap(\.self).map { value -> JSONValue in
            let related: JSONValue = ["type": value.contains(":") ? "ipv6" : "ip", "value": .string(value)]
            return ["origin": "here", "relation": "Resolved_To", "source": asked, "related": related]
        }
        let sighting: JSONValue = ["observables": [asked], "relations": .array(relations)]
        let body: JSONValue = ["data": ["sightings": ["count": 1, "docs": [sighting]]]]
        let response: JSONValue = [
            "statusCode": 200, "headers": ["Content-Type": "application/json"], "isBase64Encoded": false,
            "body": .string(String(decoding: body.text(), as: UTF8.self)),
        ]
        return response.text()
    }

    private typealias Report = ExecutionEnvironment.Report

    private func report(_ outcome: ExecutionEnvironment.Outcome, complaints: [String] = []) -> Report {
        Report(
            id: "id",
            outcome: outcome,
            latency: 0.001,
            duration: 0.001,
            initDuration: nil,
            peakMemory: 0,
            processorTime: 0,
            complaints: complaints
        )
    }

    /// What a soak says of the outcome, SecurityTrails having been asked as it must.
    private func violation(_ invocation: SoakInvocation, _ report: Report) throws -> String? {
        let upstream = try SoakUpstream(tls: nil)
        defer { upstream.stop() }
        guard case .sightings(let marks, let customer) = invocation.expectation else { return nil }
        for mark in marks { try ask(upstream, mark, customer) }
        return invocation.violation(by: report, upstream: upstream)
    }

    private func ask(_ upstream: SoakUpstream, _ mark: SoakMark, _ key: String) throws {
        for question in ["a", "aaaa"] {
            let url = try #require(URL(string: upstream.baseURL + "history/\(mark.value)/dns/\(question)"))
            let client = RawClient(port: url.port ?? 0)
            client.send("GET \(url.path) HTTP/1.1\r\nHost: 127.0.0.1\r\nAPIKEY: \(key)\r\nConnection: close\r\n\r\n")
            #expect(client.receive().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("A mark is read as it was written, and nothing else is one")
    func marks() {
        for number in [0, 1, 4_095, 4_096, 8_191, 24_575, 199_999, 9_999_999] {
            for behaviour in SoakMark.Behaviour.allCases {
                for isAddress in [true, false] {
                    let mark = SoakMark(number, part: 3, behaviour, isAddress: isAddress)
                    #expect(SoakMark(mark.value) == mark)
                }
            }
        }
        for text in ["", "example.com", "good-1.soak.example", "good-1-0.example", "odd-1-0.soak.example", "::1"] {
            #expect(SoakMark(text) == nil, "\(text)")
        }
    }

    @Test("Of a thousand invocations, many ask again about what is remembered, for the same customer and for another")
    func repetitions() {
        let invocations = (1_000..<2_000).map { SoakInvocation($0, tokens: tokens) }
        #expect(invocations.count { !$0.remembered.isEmpty } == 60)
        let others = invocations.count { invocation in
            guard case .sightings(let marks, let customer) = invocation.expectation else { return false }
            let earlier = SoakInvocation(marks[marks.count - 1].number, tokens: tokens)
            guard invocation.remembered.isEmpty, case .sightings(let old, let other) = earlier.expectation else {
                return false
            }
            return marks.count == 2 && old.contains(marks[1]) && customer != other
        }
        #expect(others == 20)
    }

    @Test("No two invocations or customers have an answer in common")
    func answersAreOnesOwn() {
        var seen: Set<[String]> = []
        for number in 0..<2_000 {
            for isAddress in [true, false] {
                for customer in SoakInvocation.Tokens.keys {
                    let related = SoakMark(number, isAddress: isAddress).related(to: customer)
                    #expect(seen.insert(related.flatMap(\.self)).inserted, "\(number), \(customer)")
                }
            }
        }
    }

    @Test("The answer that belongs to an invocation is as expected")
    func ownAnswer() throws {
        let invocation = try #require(plain.first)
        guard case .sightings(let marks, let customer) = invocation.expectation else { return }
        let outcome = ExecutionEnvironment.Outcome.response(response(to: marks[0], customer: customer))
        #expect(try violation(invocation, report(outcome)) == nil)
    }

    @Test("An answer of another invocation, or of another customer, is found")
    func crossedAnswers() throws {
        let invocation = try #require(plain.first)
        guard case .sightings(let marks, let customer) = invocation.expectation else { return }
        let other = SoakMark(marks[0].number + 1)
        let others = ExecutionEnvironment.Outcome.response(response(to: other, customer: customer))
        #expect(try violation(invocation, report(others))?.hasPrefix("an answer that is another's") == true)
        let strangers = ExecutionEnvironment.Outcome.response(response(to: marks[0], customer: "a stranger"))
        #expect(try violation(invocation, report(strangers))?.hasPrefix("an answer that is another's") == true)
    }

    @Test("An answer that is lost, in part or whole, is found")
    func lostAnswers() throws {
        let invocation = try #require(plain.first)
        let body = #"{"statusCode":200,"headers":{},"isBase64Encoded":false,"body":"{\"data\":{}}"}"#
        #expect(try violation(invocation, report(.response(Data(body.utf8))))?.hasPrefix("a lost answer") == true)
        #expect(try violation(invocation, report(.timedOut)) == "timed out")
        #expect(try violation(invocation, report(.ended("the process was ended"))) == "the process was ended")
        let complaint = "a response to the unknown or finished request id x"
        #expect(try violation(invocation, report(.timedOut, complaints: [complaint])) == complaint)
    }

    @Test("A request to SecurityTrails too many or too few is found")
    func requests() throws {
        let upstream = try SoakUpstream(tls: nil)
        defer { upstream.stop() }
        let invocation = try #require(plain.first)
        guard case .sightings(let marks, let customer) = invocation.expectation else { return }
        let answer = report(.response(response(to: marks[0], customer: customer)))
        #expect(invocation.violation(by: answer, upstream: upstream)?.hasPrefix("0 requests about") == true)
        for _ in 0..<2 { try ask(upstream, marks[0], customer) }
        #expect(invocation.violation(by: answer, upstream: upstream)?.hasPrefix("4 requests about") == true)
    }

    // MARK: - Conditions

    private func tenths(_ change: (Int, inout Soak.Tenth) -> Void) -> [Soak.Tenth] {
        (1...10).map { number in
            var tenth = Soak.Tenth(
                number: number,
                latencies: Array(repeating: 0.002, count: 500),
                holdings: ChildProcess.Holdings(memory: 20 << 20, descriptors: 12, threads: 2),
                violations: []
            )
            change(number, &tenth)
            return tenth
        }
    }

    private func broken(_ tenths: [Soak.Tenth], count: Int = 200_000) -> [String] {
        Soak.conditions(tenths, count: count, concurrency: 1).filter { !$0.holds }.map(\.name)
    }

    @Test("What stays as it was breaks no condition")
    func steady() {
        #expect(broken(tenths { _, _ in }) == [])
        #expect(Soak.conditions(tenths { _, _ in }, count: 200_000, concurrency: 1).count == 5)
    }

    @Test("More than 1 MB that stays breaks the condition of memory; the first tenth and a single one do not count")
    func growingMemory() {
        #expect(broken(tenths { $1.holdings.memory += $0 > 7 ? 1_048_577 : 0 }) == ["memory"])
        #expect(broken(tenths { $1.holdings.memory -= $0 == 1 ? 5 << 20 : 0 }) == [])
        #expect(broken(tenths { $1.holdings.memory += $0 == 10 ? 4 << 20 : 0 }) == [])
    }

    @Test("Descriptors and threads that grow break their conditions")
    func growingHoldings() {
        #expect(broken(tenths { $1.holdings.descriptors += $0 }) == ["descriptors"])
        #expect(broken(tenths { $1.holdings.threads += $0 / 10 }) == ["threads"])
    }

    @Test("Slower invocations break the condition of time, and a machine that is busy for a while does not")
    func slowerTimes() {
        #expect(broken(tenths { $1.latencies = $0 == 10 ? $1.latencies.map { $0 * 1.4 } : $1.latencies }) == ["p99"])
        func slower(_ factor: Double) -> [Soak.Tenth] {
            tenths { $1.latencies = $0 == 10 ? $1.latencies.map { $0 * factor } : $1.latencies }
        }
        #expect(broken(slower(2.9), count: 20_000) == [])
        #expect(broken(slower(3.1), count: 20_000) == ["p99"])
        let busy = tenths { number, tenth in
            if number == 10 { tenth.latencies.replaceSubrange(0..<300, with: Array(repeating: 0.05, count: 300)) }
        }
        #expect(broken(busy) == [])
    }

    @Test("One violation breaks the condition of answers")
    func violations() {
        #expect(broken(tenths { if $0 == 3 { $1.violations = ["invocation 7: a lost answer"] } }) == ["answers"])
    }
}
