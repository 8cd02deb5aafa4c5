import Foundation
import LocalLambda

/// `relayctl bench`: measures the relay's executable.
struct BenchCommand: Subcommand {
    static let name = "bench"
    static let summary = "Measure the relay on this machine"
    static let synopsis = "[upstream|curves] [OPTION]..."
    static let discussion = """
        Measures how fast the executable starts and answers, in turns with a C program on libcurl that answers with a
        constant: the floor, which is compiled for it. "at most" is what the packaged executable may take. Warm
        invocations run on a processor that nothing else of the measurement uses, if there are two and taskset.

          relayctl bench upstream

        asks a stand-in for SecurityTrails that is slow, limits its rate or hangs, and compares the time with the ideal:
        requests ÷ limit, or else ⌈requests/8⌉ × delay and one round trip more for the first.

          relayctl bench curves

        shows how the cost of an answer grows: with records, domains, pages, and the domains of a /refer. If "CPU of one"
        grows with the size, something is worse than linear.
        """
    static let options = [
        Option(
            "--exec",
            value: "PATH",
            help: "the executable (default: the packaged one, else the release build, else the debug build)"
        ),
        Option("--n", value: "N", help: "warm invocations in each of the five rounds (default: 1000)"),
        Option("--json", help: "the table as JSON, for machines"),
        Option("--only", value: "TEXT", help: "upstream, curves: only the rows whose name has that in it"),
    ]

    /// Whether `relayctl bench WORD` is a measurement.
    static func measures(_ word: String) -> Bool {
        Measurement(rawValue: word) != nil
    }

    /// What is measured, by the word for it.
    private enum Measurement: String {
        case executable = ""
        case upstream, curves

        /// The options of the others.
        var foreignOptions: [String] {
            switch self {
            case .executable: ["--only"]
            case .upstream, .curves: ["--n", "--json"]
            }
        }

        /// The names of the rows that `--only` chooses from.
        func names(with filter: String?) -> [String] {
            switch self {
            case .executable: [""]
            case .upstream: UpstreamBench.names(with: filter)
            case .curves: CurveBench.names(with: filter)
            }
        }
    }

    private let executable: String?
    private let measurement: Measurement
    private let filter: String?
    private let invocations: Int
    private let isJSON: Bool

    init(_ arguments: Arguments) throws {
        let word = arguments.positional.first
        guard arguments.positional.count < 2, let measurement = Measurement(rawValue: word ?? "") else {
            throw CommandError("bench takes nothing, 'upstream' or 'curves'")
        }
        self.measurement = measurement
        if let foreign = measurement.foreignOptions.first(where: arguments.has) {
            let place = word.map { "with '\($0)'" } ?? "without 'upstream' or 'curves'"
            throw CommandError("\(foreign) does not go \(place)")
        }
        executable = arguments.value("--exec")
        filter = arguments.value("--only")
        guard !measurement.names(with: filter).isEmpty else {
            let names = measurement.names(with: nil).map { "'\($0)'" }.joined(separator: ", ")
            throw CommandError("--only takes a part of one of \(names)")
        }
        invocations = try arguments.number("--n", default: 1000, in: 1...1_000_000)
        isJSON = arguments.has("--json")
    }

    func run(_ context: Context) throws -> Int32 {
        let executable = try Executable.built(
            orAt: executable.map(context.file),
            in: ["lambda", "release", "debug"],
            from: context.workingDirectory
        )
        if Executable.isDebugBuild(executable) {
            context.say("\(executable) is a debug build, which is many times slower: its figures are not judged.")
        }
        switch measurement {
        case .upstream: try UpstreamBench(executable: executable, context: context).run(only: filter)
        case .curves: try CurveBench(executable: executable, context: context).run(only: filter)
        case .executable: try measure(executable, context)
        }
        return 0
    }

    private func measure(_ executable: String, _ context: Context) throws {
        let floor = try Floor(context)
        defer { floor.remove() }
        let rows = try ExecutableBench(
            executable: executable,
            floor: floor.executable,
            invocations: invocations,
            context: context
        ).run()
        let table = BenchTable(executable: executable, linkage: floor.linkage, invocations: invocations, rows: rows)
        if isJSON { context.print(json: table.json) } else { context.print(table.text) }
    }
}
