import Foundation
import Loopback

/// Which processors programs run on. Two programs that talk to each other take half the time, or twice, by whether they
/// share one, and the kernel decides anew with each start. On Lambda they never do: the Runtime API and SecurityTrails run
/// elsewhere. So the measured executables get one to themselves.
struct Processors {
    /// Those that this process may run on.
    private let all: [Int]

    /// Nil if there is only one, or no `taskset` (util-linux).
    init?() {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let list = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }?.split(separator: "\t")
            .last
        all = (list ?? "").split(separator: ",").flatMap { range -> [Int] in
            let ends = range.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return [] }
            return Array(first...last)
        }
        guard all.count > 1, (try? Tool(name: "taskset").run(["--version"])) != nil else { return nil }
    }

    /// Runs `body` on all processors but the last: this thread, and those that it starts meanwhile.
    func leavingTheLast<Value>(_ body: () throws -> Value) throws -> Value {
        try confine(ProcessInfo.processInfo.processIdentifier, to: all.dropLast())
        defer { try? confine(ProcessInfo.processInfo.processIdentifier, to: all[...]) }
        return try body()
    }

    /// Moves a process that has one thread to the last processor.
    func moveToTheLast(_ process: Int32) throws {
        try confine(process, to: all.suffix(1))
    }

    private func confine(_ process: Int32, to processors: ArraySlice<Int>) throws {
        let list = processors.map(String.init).joined(separator: ",")
        try Tool(name: "taskset").run(["--pid", "--cpu-list", list, String(process)])
    }
}
