import Foundation
import LocalLambda

/// `relayctl bench`: measures the relay's executable.
struct BenchCommand: Subcommand {
    static let name = "bench"
    static let summary = "Measure the relay on this machine"
    static let synopsis = "[upstream] [OPTION]..."
    static let discussion = """
        Measures how fast the executable starts and answers, in turns with a C program on libcurl that answers with a
        constant: the floor, which is compiled for it. "at most" is what the packaged executable may take.

          relayctl bench upstream

        asks a stand-in for SecurityTrails that is slow, limits its rate or hangs, and compares the time with the ideal:
        requests ÷ limit, or else ⌈requests/8⌉ × delay and one round trip more for the first.
        """
    static let options = [
        Option(
            "--exec",
            value: "PATH",
            help: "the executable (default: the packaged one, else the release build, else the debug build)"
        ),
        Option("--n", value: "N", help: "warm invocations in each of the five rounds (default: 1000)"),
        Option("--json", help: "the table as JSON, for machines"),
        Option("--only", value: "TEXT", help: "upstream: only the rows whose name has that in it"),
    ]

    private let executable: String?
    private let isUpstream: Bool
    private let filter: String?
    private let invocations: Int
    private let isJSON: Bool

    init(_ arguments: Arguments) throws {
        guard arguments.positional.isEmpty || arguments.positional == ["upstream"] else {
            throw CommandError("bench takes nothing, or 'upstream'")
        }
        isUpstream = !arguments.positional.isEmpty
        let foreign = (isUpstream ? ["--n", "--json"] : ["--only"]).first(where: arguments.has)
        if let foreign { throw CommandError("\(foreign) does not go with\(isUpstream ? "" : "out") 'upstream'") }
        executable = arguments.value("--exec")
        filter = arguments.value("--only")
        guard !UpstreamBench.names(with: filter).isEmpty else {
            let names = UpstreamBench.names(with: nil).map { "'\($0)'" }.joined(separator: ", ")
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
        guard !isUpstream else {
            try UpstreamBench(executable: executable, context: context).run(only: filter)
            return 0
        }
        let floor = try Floor(context)
        defer { floor.remove() }
        let rows = try ExecutableBench(
            executable: executable,
            floor: floor.executable,
            invocations: invocations,
            context: context
        ).run()
        let table = BenchTable(executable: executable, linkage: floor.linkage, invocations: invocations, rows: rows)
        if isJSON { context.printAsIs(table.json) } else { context.print(table.text) }
        return 0
    }
}
