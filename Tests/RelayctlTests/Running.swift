import Foundation
import Loopback
import TestSupport
import Testing

@testable import relayctl

/// The repository's folder.
let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// A product of the build, which stands beside the test's own executable.
func built(_ name: String) -> URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name)
}

/// What a finished command left behind.
struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    /// The lines of standard error.
    var errorLines: [Substring] { errors.split(separator: "\n") }
}

/// A command that was started, and what it prints.
typealias Running = (process: Process, output: Pipe, errors: Pipe)

/// What a command left behind once it has ended; other tests go on meanwhile.
func finish(_ running: Running) async throws -> Outcome {
    while running.process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
    running.process.waitUntilExit()
    let output = try running.output.fileHandleForReading.readToEnd() ?? Data()
    let errors = try running.errors.fileHandleForReading.readToEnd() ?? Data()
    return Outcome(
        status: running.process.terminationStatus,
        output: String(decoding: output, as: UTF8.self),
        errors: String(decoding: errors, as: UTF8.self)
    )
}

/// A folder of its own with the project's settings and templates, gone with the instance.
final class ProjectFolder: Sendable {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("relayctl-" + UUID().uuidString)
    private let environment: [String: String]

    /// - Parameter environment: what relayctl's environment has beside the test's.
    init(environment: [String: String] = [:]) throws {
        self.environment = environment
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for name in ["zappa_settings.json", "module_settings.json", "deploy"] {
            try FileManager.default.copyItem(
                at: project.appendingPathComponent(name),
                to: url.appendingPathComponent(name)
            )
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        let file = url.appendingPathComponent(name)
        if mode & 0o100 != 0 { try writeExecutable(text, to: file.path) } else { try Data(text.utf8).write(to: file) }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: url.appendingPathComponent(name).path)
    }

    /// Runs a command of relayctl in this folder, and in this process.
    func relayctl(_ arguments: String..., input: String = "") throws -> Outcome {
        try run(arguments, input: input)
    }

    /// The same on a thread of its own, while other tests go on.
    func runAside(_ arguments: [String], input: String = "") async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try self.run(arguments, input: input) })
            }
        }
    }

    /// The same, with a list of arguments.
    func run(_ arguments: [String], input: String = "", environment more: [String: String] = [:]) throws -> Outcome {
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        let context = Context(
            environment: hermeticEnvironment.merging(environment) { $1 }.merging(more) { $1 },
            workingDirectory: url.path,
            streams: StandardStreams(
                input: stdin.fileHandleForReading.fileDescriptor,
                output: stdout.fileHandleForWriting.fileDescriptor,
                errors: stderr.fileHandleForWriting.fileDescriptor
            )
        )
        // A pipe holds 64 KiB; what is printed may be more.
        try #require(input.utf8.count < 65_536)
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let (output, errors) = (Monitor<Data?>(nil), Monitor<Data?>(nil))
        for (pipe, data) in [(stdout, output), (stderr, errors)] {
            Thread.detachNewThread {
                let all = try? pipe.fileHandleForReading.readToEnd()
                data.with { $0 = all ?? Data() }
            }
        }
        let status = dispatch(arguments, context)
        try stdout.fileHandleForWriting.close()
        try stderr.fileHandleForWriting.close()
        try stdin.fileHandleForReading.close()
        return Outcome(
            status: status,
            output: String(decoding: output.wait { $0 } ?? Data(), as: UTF8.self),
            errors: String(decoding: errors.wait { $0 } ?? Data(), as: UTF8.self)
        )
    }

    /// Runs an executable in this folder to its end.
    func process(_ executable: URL, _ arguments: [String], input: String = "") throws -> Outcome {
        let stdin = Pipe()
        let (process, stdout, stderr) = try start(arguments, of: executable, input: stdin.fileHandleForReading)
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        let errors = try stderr.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus,
            output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: errors, as: UTF8.self)
        )
    }

    /// Runs a script in Bash in this folder, in which `$0` is relayctl.
    func bash(_ script: String, input: String = "") throws -> Outcome {
        try process(URL(fileURLWithPath: "/bin/bash"), ["-c", script, built("relayctl").path], input: input)
    }

    /// Starts the built relayctl, or another executable, in this folder.
    ///
    /// - Parameters:
    ///   - device: a terminal that takes its standard error and output in the place of the pipes.
    ///   - more: what its environment has beside the folder's.
    func start(
        _ arguments: [String],
        of executable: URL = built("relayctl"),
        input: FileHandle,
        terminal device: FileHandle? = nil,
        environment more: [String: String] = [:]
    ) throws -> Running {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = url
        process.environment = hermeticEnvironment.merging(environment) { $1 }.merging(more) { $1 }
        process.standardInput = input
        process.standardOutput = device ?? output
        process.standardError = device ?? errors
        try withSignalsUnblocked { try process.run() }
        return (process, output, errors)
    }
}

/// Runs `body` with no signal blocked: the threads that run tests block them, and a child would inherit that.
private func withSignalsUnblocked(_ body: () throws -> Void) rethrows {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
}
