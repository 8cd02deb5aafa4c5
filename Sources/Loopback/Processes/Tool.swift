import Foundation

/// A program of this machine.
package struct Tool {
    /// What becomes of its standard error.
    package enum Messages {
        /// It goes to this process's.
        case shown
        /// It is part of the error if the program fails.
        case inError
        /// The same, and so is its standard output, where some programs say what went wrong.
        case inErrorWithOutput
    }

    /// Its name, found on the PATH.
    let name: String

    /// What signs for AWS and for the relay's callers, which is no program's business but those that sign in.
    private static let secrets: Set = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]
    /// What is no program's business at all.
    private static let relaySecrets: Set = ["SECRET_KEY", "RELAY_JWT"]

    package init(name: String) {
        self.name = name
    }

    /// What a program gets of an environment: all that is not secret.
    package static func withoutSecrets(_ environment: [String: String]) -> [String: String] {
        environment.filter { !secrets.contains($0.key) && !relaySecrets.contains($0.key) }
    }

    /// Runs it and returns what it printed on standard output.
    ///
    /// - Parameters:
    ///   - input: what it reads on standard input.
    ///   - folder: where it runs.
    ///   - environment: variables laid over this process's, of which those that are secret are left out.
    @discardableResult
    package func run(
        _ arguments: [String],
        input: Data? = nil,
        in folder: URL? = nil,
        environment: [String: String] = [:],
        messages: Messages = .inError
    ) throws(ToolError) -> Data {
        let variables = Self.withoutSecrets(ProcessInfo.processInfo.environment)
            .merging(environment) { $1 }.filter { !Self.relaySecrets.contains($0.key) }
        let (output, errors) = (Pipe(), Pipe())
        let source = input.map { _ in Pipe() }
        let (id, child): (pid_t, Int)
        do throws(LocalError) {
            let spawn = Spawn(
                executable: "/usr/bin/env",
                arguments: (folder.map { ["-C", $0.path] } ?? []) + [name] + arguments,
                environment: variables,
                input: source?.reader,
                output: output.writer,
                errors: messages == .shown ? STDERR_FILENO : errors.writer
            )
            (id, child) = try Remains.start(spawn, endedBy: Self.end)
        } catch {
            throw ToolError(name, error.description)
        }
        defer { Remains.remove(child) }
        source?.closeReader()
        let (printed, words) = (output.readAll(), errors.readAll())
        if let input { source?.write(input) }
        let end = wait(for: id).end
        guard end == .exited(0) else {
            guard end != .exited(127) else { throw ToolError(missing: name) }
            let said = (messages == .inErrorWithOutput ? printed() : Data()) + words()
            throw ToolError(name, "\(end)", String(decoding: said, as: UTF8.self))
        }
        return printed()
    }
}

extension Tool {
    /// Ends it, and waits two seconds at most until it has cleared away what it made.
    private static func end(_ id: pid_t) {
        guard kill(id, SIGTERM) == 0 else { return }
        for _ in 0..<200 where kill(id, 0) == 0 { usleep(10_000) }
    }
}

/// Why a program did not do its work.
package struct ToolError: Error, CustomStringConvertible {
    /// What happened, in a line; what the program itself said follows.
    package let description: String
    /// Whether there is no such program.
    package let isMissing: Bool

    init(_ name: String, _ reason: String, _ words: String = "") {
        // What is said last is nearest to the reason.
        let lines = words.split(whereSeparator: \.isNewline).suffix(5).map { "\n  \($0)" }
        description = "\(name) \(reason)" + lines.joined()
        isMissing = false
    }

    init(missing name: String) {
        description = "\(name) is not installed"
        isMissing = true
    }
}
