import Foundation
import JWT
import LocalLambda
import Loopback

/// Observes domains through the real executable, with a stand-in for SecurityTrails that makes it hard.
struct UpstreamBench {
    /// One row of the table.
    private struct Row {
        let name: String
        var domains = 10
        var pages = 1
        var delay = 0.05
        var limit: StandInSecurityTrails.RateLimit?
        /// The domain whose server never answers.
        var hanging: Int?

        /// Requests that the question takes.
        var requests: Int { domains * 2 * pages }

        /// Seconds that the requests take if nothing is wasted.
        var ideal: Double {
            if let limit { return Double(requests) / Double(limit.perSecond) }
            return Double((requests + 7) / 8) * delay + delay
        }
    }

    private static let rows = [
        Row(name: "one domain", domains: 1),
        Row(name: "one domain, 3 pages", domains: 1, pages: 3),
        Row(name: "no limit"),
        Row(name: "5/s, stated", limit: .init(perSecond: 5, isStated: true)),
        Row(name: "5/s, not stated", limit: .init(perSecond: 5)),
        Row(name: "2/s, not stated", limit: .init(perSecond: 2)),
        Row(name: "1/s, stated", domains: 100, limit: .init(perSecond: 1, isStated: true)),
        Row(name: "first hangs", hanging: 0),
        Row(name: "middle hangs", hanging: 5),
        Row(name: "last hangs", hanging: 9),
    ]

    let executable: String
    let context: Context

    /// The rows' names, as far as they have `filter` in them, if there is one.
    static func names(with filter: String?) -> [String] {
        rows.map(\.name).filter { name in filter.map(name.contains) ?? true }
    }

    /// Measures row after row and prints each when it is there.
    func run(only filter: String?) throws {
        let columns = ["", "domains", "pages", "delay", "limit", "wall", "ideal", "ratio", "requests", "429s", "found"]
        context.print(Self.line(columns))
        let names = Self.names(with: filter)
        for row in Self.rows where names.contains(row.name) {
            context.print(try measure(row))
        }
    }

    private func measure(_ row: Row) throws -> String {
        let standIn = try StandInSecurityTrails(scenario(row), rateLimit: row.limit)
        defer { standIn.stop() }
        let secret = "bench"
        let environment = ExecutionEnvironment(
            executable: executable,
            function: LambdaFunction(variables: [
                "SECRET_KEY": secret, "SECURITYTRAILS_API_URL": standIn.baseURL, "NUMBER_OF_PAGES": "0",
            ]),
            output: nil
        )
        defer { environment.stop() }
        try environment.start()
        let token = CompactSerialization.sign(["key": "bench-key"], secret: secret)
        let report = environment.invoke(event(row, token: token))
        let summary = ResponseSummary(report.outcome)
        let requests = standIn.requests
        return Self.line([
            row.name,
            String(row.domains),
            String(row.pages),
            String(format: "%.0f ms", row.delay * 1000),
            row.limit.map { "\($0.perSecond)/s" } ?? "-",
            String(format: "%.2f s", report.latency),
            String(format: "%.2f s", row.ideal),
            String(format: "%.2f", report.latency / row.ideal),
            String(requests.count),
            String(requests.count { $0.isOverLimit }),
            summary.text,
        ])
    }

    private func scenario(_ row: Row) -> Scenario {
        var observables: [String: Scenario.Observable] = [:]
        for index in 0..<row.domains {
            let hangs = index == row.hanging
            func pages(_ address: String, _ key: String) -> [Scenario.Answers] {
                (1...row.pages).map { page in
                    let answer = Scenario.Answer.history(["\(address)\(page)"], key: key, pages: row.pages)
                    return [hangs ? .hang : answer.after(row.delay)]
                }
            }
            observables[Self.domain(index)] = .init(a: pages("192.0.2.", "ip"), aaaa: pages("2001:db8::", "ipv6"))
        }
        return Scenario(observables: observables)
    }

    private func event(_ row: Row, token: String) -> Data {
        let observables = (0..<row.domains).map { #"{"type":"domain","value":"\#(Self.domain($0))"}"# }
        let event: JSONValue = [
            "resource": "/{proxy+}",
            "path": "/observe/observables",
            "httpMethod": "POST",
            "headers": ["Authorization": .string("Bearer \(token)")],
            "body": .string("[\(observables.joined(separator: ","))]"),
        ]
        return event.text()
    }

    private static func domain(_ index: Int) -> String {
        "domain\(index).example"
    }

    private static func line(_ columns: [String]) -> String {
        let widths = [22, 8, 6, 7, 6, 9, 9, 6, 9, 5]
        let cells = zip(columns, widths).map { $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0) }
        return (cells + columns.dropFirst(widths.count)).joined(separator: " ")
    }
}
