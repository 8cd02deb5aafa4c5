import Foundation
import LocalLambda

/// `relayctl bench`: measures the relay's executable.
struct Bench: Subcommand {
    static let name = "bench"
    static let summary = "Measure the relay on this machine"
    static let synopsis = "upstream [OPTION]..."
    static let discussion = """
        upstream    asks a stand-in for SecurityTrails that is slow, limits its rate or hangs, and compares the time with
                    the ideal: requests ÷ limit, or else ⌈requests/8⌉ × delay and one round trip more for the first
        """
    static let options = [
        Option("--exec", value: "PATH", help: "the executable (default: the release build, else the debug build)"),
        Option("--only", value: "TEXT", help: "only the rows whose name has that in it"),
    ]

    private let executable: String?
    private let filter: String?

    init(_ arguments: Arguments) throws {
        guard arguments.positional == ["upstream"] else { throw UsageError("say what to measure: upstream") }
        executable = arguments.value("--exec")
        filter = arguments.value("--only")
    }

    func run() throws -> Int32 {
        try UpstreamBench(executable: Executable.built(orAt: executable)).run(only: filter)
        return 0
    }
}
