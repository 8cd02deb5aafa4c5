import Foundation
import HTTPClient
import LocalLambda
import Loopback
import SecurityTrails

/// SecurityTrails as a scenario plays it, and a client that asks it.
final class Asked {
    let standIn: StandInSecurityTrails
    let client: Client
    private let pages: Int?

    init(
        _ scenario: Scenario,
        pages: Int? = 1,
        lookups: [Lookup] = Lookup.standard,
        memory: Memory = Memory(),
        cacheSeconds: Double = 0,
        cacheBytes: Int = 1 << 20,
        requestsPerSecond: Int? = nil,
        tls: TLSIdentity? = nil,
        authorities: HTTPOptions.Authorities = .none,
        rateLimit: StandInSecurityTrails.RateLimit? = nil
    ) throws {
        self.pages = pages
        standIn = try StandInSecurityTrails(scenario, tls: tls, rateLimit: rateLimit)
        client = try Client(
            Client.Configuration(
                baseURL: standIn.baseURL,
                lookups: lookups,
                requestsPerSecond: requestsPerSecond,
                userAgent: "test/1",
                authorities: authorities,
                cacheSeconds: cacheSeconds,
                cacheBytes: cacheBytes
            ),
            memory: memory
        )
    }

    deinit {
        standIn.stop()
    }

    /// Asks about domains, or addresses where a text is one, `seconds` at most; says how long it took.
    func about(_ values: [String], seconds: Double = 20, key: String = "the-key") -> (
        answers: [[Answer]], seconds: Double
    ) {
        let subjects = values.compactMap {
            Subject(ipv4: $0) ?? Subject(ipv6: $0) ?? Subject(email: $0) ?? Subject(domain: $0)
        }
        let began = MonotonicTime.now
        let report = client.ask(about: subjects, key: key, pages: pages, until: began + seconds)
        return (subjects.map { report.answers[$0] ?? [] }, MonotonicTime.now - began)
    }

    /// What was asked for, in the order in which it arrived.
    var targets: [String] {
        standIn.requests.map(\.target)
    }
}

extension Scenario {
    /// Domains `d0.example` and so on with an address of each family; `seconds` is the time that each answer takes.
    static func domains(_ count: Int, after seconds: Double = 0.02, hanging: Int? = nil) -> Scenario {
        var observables: [String: Observable] = [:]
        for index in 0..<count {
            observables["d\(index).example"] = Observable(
                a: [[index == hanging ? .hang : .history(["192.0.2.\(index)"]).after(seconds)]],
                aaaa: [[index == hanging ? .hang : .history(["2001:db8::\(index)"], key: "ipv6").after(seconds)]]
            )
        }
        return Scenario(observables: observables)
    }

    /// One address with these answers to its pages, tried in turn.
    static func address(_ pages: [Answers]) -> Scenario {
        Scenario(observables: ["192.0.2.1": Observable(list: pages)])
    }
}
