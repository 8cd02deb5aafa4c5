import Foundation
import LocalLambda
import Loopback

/// How many instructions a program executes, as callgrind counts them: a figure that a busy machine does not change.
struct InstructionCount {
    let function: LambdaFunction
    let event: Data
    /// Invocations that are counted.
    let invocations: Int

    /// Whether valgrind is installed.
    static var isAvailable: Bool {
        (try? Tool(name: "valgrind").run(["--version"])) != nil
    }

    /// Instructions of one warm invocation: what so many of them take after the first 50, divided by their number.
    func perInvocation(of executable: String) throws -> Double {
        let few = 50
        return Double(try total(of: executable, few + invocations) - total(of: executable, few)) / Double(invocations)
    }

    /// Instructions of a process that answers so many invocations, from its start to its end.
    private func total(of executable: String, _ invocations: Int) throws -> Int {
        let folder = try temporaryFolder("callgrind")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (log, script) = (folder.appendingPathComponent("log").path, folder.appendingPathComponent("run").path)
        let command =
            "exec valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file='\(log)' '\(executable)'"
        try Data("#!/bin/sh\n\(command)\n".utf8).write(to: URL(fileURLWithPath: script))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: script)

        let api = try RuntimeAPIServer(functionARN: function.arn)
        let hasEnded = Monitor(false)
        let process = try ChildProcess(
            executable: script,
            environment: function.environment(runtimeAPI: api.address, taskRoot: folder.path),
            output: nil,
            whenEnded: {
                api.processEnded()
                hasEnded.with { $0 = true }
            }
        )
        defer { process.kill() }
        for _ in 0..<invocations {
            guard api.answer(to: .init(event, seconds: 60)) != nil else { break }
        }
        // Without a Runtime API the program ends by itself, and callgrind says what it has counted.
        api.stop()
        _ = hasEnded.wait(seconds: 60) { $0 ? true : nil }
        let words = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        guard let line = words.split(separator: "\n").first(where: { $0.contains("Collected : ") }),
            let number = line.split(separator: " ").last.flatMap({ Int($0) })
        else { throw CommandError("valgrind did not count the instructions of \(executable)", .failed) }
        return number
    }
}
