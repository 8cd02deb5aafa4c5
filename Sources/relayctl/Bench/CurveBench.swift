import Foundation
import LocalLambda
import Loopback

/// Measures how the cost of an answer grows with what is asked and with what SecurityTrails answers.
struct CurveBench {
    /// What grows.
    private enum Curve: String, CaseIterable {
        case records, bare, domains, pages, refer

        var sizes: [Int] {
            switch self {
            case .records, .bare: [1, 10, 100, 1000]
            case .domains: [1, 10, 100, 300, 1000, 10_000]
            case .pages: [1, 10, 100]
            case .refer: [10, 100, 1000, 10_000]
            }
        }

        /// What it is, in words.
        var name: String {
            switch self {
            case .records: "records of one domain"
            case .bare: "records without a table"
            case .domains: "domains of one record each"
            case .pages: "pages of 100 records"
            case .refer: "domains of a /refer"
            }
        }
    }

    /// What one invocation took, in seconds.
    private struct Cost {
        let processorTime: Double
        let latency: Double
    }

    let executable: String
    let context: Context

    private let question = BenchQuestion()

    /// The curves' names, as far as they have `filter` in them, if there is one.
    static func names(with filter: String?) -> [String] {
        Curve.allCases.map(\.name).filter { name in filter.map(name.contains) ?? true }
    }

    /// Measures size after size, and prints each when it is there.
    func run(only filter: String?) throws {
        context.print(line(["", "size", "CPU", "CPU of one", "wall"]))
        let names = Self.names(with: filter)
        for curve in Curve.allCases where names.contains(curve.name) {
            for size in curve.sizes {
                let cost = try cost(curve, size)
                context.print(
                    line([
                        curve.name, String(size), String(format: "%.3f ms", cost.processorTime * 1000),
                        String(format: "%.1f µs", cost.processorTime * 1e6 / Double(size)),
                        String(format: "%.2f ms", cost.latency * 1000),
                    ])
                )
            }
        }
    }

    private func cost(_ curve: Curve, _ size: Int) throws -> Cost {
        let standIn = try StandInSecurityTrails(scenario(curve, size))
        defer { standIn.stop() }
        let variables = [
            "LOOKUPS": "ipv4", "NUMBER_OF_PAGES": "0", "RELATIONS_LIMIT": "0",
            "SIGHTING_TABLE": curve == .bare ? "false" : "true",
        ]
        let environment = ExecutionEnvironment(
            executable: executable,
            function: question.function(standIn.baseURL, timeout: 120, variables),
            output: nil
        )
        defer { environment.stop() }
        let event =
            switch curve {
            case .refer: try question.event("/refer/observables", domains: size)
            case .domains: try question.event("/observe/observables", domains: size)
            case .records, .bare, .pages: try question.event("/observe/observables", domains: 1)
            }
        let before = try environment.answered(event)
        let count = max(3, 1000 / size)
        let reports = try (0..<count).map { _ in try environment.answered(event) }
        return Cost(
            processorTime: ((reports.last?.processorTime ?? 0) - before.processorTime) / Double(count),
            latency: Latency(reports.map(\.latency)).percentile(50)
        )
    }

    private func scenario(_ curve: Curve, _ size: Int) -> Scenario {
        func page(_ number: Int, of pages: Int, records: Int) -> Scenario.Answers {
            let first = number * records
            let addresses = (first..<first + records).map { "10.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255)" }
            return [.history(addresses, pages: pages)]
        }
        switch curve {
        case .records, .bare:
            return Scenario(observables: [BenchQuestion.domain(0): .init(a: [page(0, of: 1, records: size)])])
        case .pages:
            let pages = (0..<size).map { page($0, of: size, records: 100) }
            return Scenario(observables: [BenchQuestion.domain(0): .init(a: pages)])
        case .domains:
            let one = Scenario.Observable(a: [page(0, of: 1, records: 1)])
            return Scenario(
                observables: Dictionary(uniqueKeysWithValues: (0..<size).map { (BenchQuestion.domain($0), one) })
            )
        case .refer: return Scenario()
        }
    }

    private func line(_ cells: [String]) -> String {
        cells[0].padding(toLength: 28, withPad: " ", startingAt: 0)
            + cells.dropFirst().map { String(repeating: " ", count: max(1, 13 - $0.count)) + $0 }.joined()
    }
}
