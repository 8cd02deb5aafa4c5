import Foundation
import LocalLambda
import TestSupport
import Testing

@testable import Relay

@Suite("The size of an answer", .waits)
struct SizeTests {
    /// Names of 250 bytes.
    private func names(_ count: Int) -> [String] {
        let label = String(repeating: "x", count: 60)
        return (0..<count).map { number in
            let text = String(number)
            return String(repeating: "a", count: 6 - text.count) + text + ".\(label).\(label).\(label).\(label)"
        }
    }

    private static let all = ["RELATIONS_LIMIT": "0"]

    @Test("An answer that Lambda would not take is cut at whole relations, with a warning")
    func cut() throws {
        let names = names(4_500)
        let served = try Served(Scenario(fallback: .domains(names, recordCount: 4_500)), Self.all)
        let answer = try served.send(["ip 192.0.2.1", "ip 192.0.2.2", "ip 192.0.2.3", "ip 192.0.2.4"])
        #expect(answer.codes == ["warning response too large"])
        #expect(answer.outcome.payload.count > 6 * 1024 * 1024 - 8_192)
        let counts = answer.related.map(\.count)
        #expect(answer.data?["sightings"]?["count"]?.integer == counts.count)
        try #require(counts.count >= 3)
        #expect(counts.dropLast().allSatisfy { $0 == 4_500 })
        let last = try #require(counts.last)
        #expect(last > 0 && last < 4_500)
        #expect(answer.related.last == Array(names.prefix(last)))
        // A sighting that was cut still tells how much is known; no table is left.
        #expect(answer.sightings.allSatisfy { $0["count"] == 4_500 && $0.object?.count == 13 })
    }

    @Test("Behind a load balancer an answer is cut at 1,000,000 bytes", arguments: [true, false])
    func loadBalancer(multiValueHeaders: Bool) throws {
        let served = try Served(Scenario(fallback: .domains(names(4_500))), Self.all)
        let gateway = LocalGateway(.alb, hasMultiValueHeaders: multiValueHeaders)
        let answer = try served.send(["ip 192.0.2.1", "ip 192.0.2.2"], through: gateway)
        #expect(answer.codes == ["warning response too large"])
        #expect(answer.outcome.payload.count <= 1_000_000)
        #expect(answer.outcome.payload.count > 1_000_000 - 8_192)
        let refer = try served.send(
            (1...10_000).map { "domain d\($0).example" },
            to: "/refer/observables",
            through: gateway
        )
        #expect(refer.codes == ["warning response too large"])
        #expect(refer.outcome.payload.count <= 1_000_000)
    }

    @Test("Errors by themselves fit through a load balancer too")
    func errorsBehindLoadBalancer() throws {
        let observables = Dictionary(
            uniqueKeysWithValues: (1...249).map { number in
                let text = "\(number) " + String(repeating: "\"", count: 5_000)
                return ("192.0.2.\(number)", Scenario.Observable(list: [[.text(text, status: 500)]]))
            }
        )
        let served = try Served(Scenario(observables: observables))
        let answer = try served.send((1...249).map { "ip 192.0.2.\($0)" }, through: LocalGateway(.alb))
        #expect(answer.outcome.payload.count <= 1_000_000)
        #expect(answer.codes.last == "warning response too large")
    }

    @Test("Tables are cut before relations are")
    func tables() throws {
        let served = try Served(Scenario(fallback: .domains(names(4_500))), Self.all)
        let answer = try served.send(["ip 192.0.2.1", "ip 192.0.2.2", "ip 192.0.2.3"])
        #expect(answer.codes == ["warning response too large"])
        #expect(answer.related.map(\.count) == [4_500, 4_500, 4_500])
        let rows = answer.sightings.map { $0["data"]?["rows"]?.array?.count ?? 0 }
        #expect(rows[0] > 0 && rows[0] < 4_500)
        #expect(answer.outcome.payload.count > 6 * 1024 * 1024 - 8_192)
    }

    @Test("Errors have their room beside the data")
    func errors() throws {
        var observables = Dictionary(
            uniqueKeysWithValues: (1...60).map { number in
                let text = "\(number) " + String(repeating: "\"", count: 5_000)
                return ("192.0.2.\(number)", Scenario.Observable(list: [[.text(text, status: 500)]]))
            }
        )
        for number in 61...64 { observables["192.0.2.\(number)"] = .init(list: [[.domains(names(4_500))]]) }
        let served = try Served(Scenario(observables: observables), Self.all)
        let answer = try served.send((1...64).map { "ip 192.0.2.\($0)" })
        #expect(answer.codes == Array(repeating: "fatal unknown", count: 60) + ["warning response too large"])
        #expect(answer.messages.dropLast().allSatisfy { $0.count == 41 + 1_000 })
        #expect(answer.sightings.count >= 3)
    }

    @Test("10,000 observables of which nothing is known are answered in time")
    func many() throws {
        let served = try Served()
        let answer = try served.send((1...10_000).map { "md5 \($0)" })
        #expect(answer.text == #"{"data":{}}"#)
        let impossible = try served.send((1...10_000).map { "domain \($0)/" })
        #expect(impossible.codes == ["warning invalid argument"] && impossible.messages[0].contains("9980 more"))
        let repeated = try Served(Scenario(fallback: .history([])))
        _ = try repeated.send(Array(repeating: "domain a.example", count: 10_000))
        #expect(repeated.asked.count == 2)
    }
}
