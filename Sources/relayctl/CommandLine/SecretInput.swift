import Foundation
import LocalLambda
import Loopback

/// Where secrets come from: the terminal, without echo, else standard input, a line each. Never an argument, which
/// every process of the machine can read, nor the environment.
enum SecretInput {
    /// The next secret, without the blanks around it; on a terminal, asked for until there is one.
    ///
    /// - Parameter prompt: what the operator is asked for; in errors too.
    static func ask(_ prompt: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else {
            guard let line = trimmed(readLine()) else { throw UsageError("standard input has no line: \(prompt)") }
            guard !line.isEmpty else { throw UsageError("empty: \(prompt)") }
            return line
        }
        while true {
            writeToStandardError("Enter: \(prompt): ")
            let line = trimmed(try withoutEcho { readLine() })
            say("")
            guard let line else { throw UsageError("nothing entered: \(prompt)") }
            if !line.isEmpty { return line }
        }
    }

    /// The file with a secret, or standard input where `path` is `-`.
    static func file(_ path: String) -> InputFile {
        if path != "-" { warnIfOthersCanRead(path) }
        return InputFile(path)
    }

    private static func trimmed(_ line: String?) -> String? {
        line?.trimmingCharacters(in: .whitespaces)
    }

    private static func warnIfOthersCanRead(_ path: String) {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard attributes?[.type] as? FileAttributeType == .typeRegular,
            let mode = attributes?[.posixPermissions] as? Int, mode & 0o077 != 0
        else { return }
        say("warning: others can read this file; chmod 600 \(path)")
    }
}

/// The terminal's settings before the echo was switched off. Unsafe is safe here: relayctl asks from one thread, and
/// writes this only while no handler that reads it is installed.
private nonisolated(unsafe) var echoing = termios()

/// Runs `body` with the terminal's echo off, and puts the terminal back, whatever ends the body.
private func withoutEcho<Result>(_ body: () throws -> Result) throws -> Result {
    guard tcgetattr(STDIN_FILENO, &echoing) == 0 else { throw Failure("the terminal can't be read") }
    var silent = echoing
    silent.c_lflag &= ~tcflag_t(ECHO)

    let fatal = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    let before = fatal.map { number in
        signal(number) { number in
            tcsetattr(STDIN_FILENO, TCSANOW, &echoing)
            signal(number, SIG_DFL)
            raise(number)
        }
    }
    // Stopped and continued, the shell would have put the echo back.
    let stop = signal(SIGTSTP, SIG_IGN)
    defer {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &echoing)
        for (number, handler) in zip(fatal, before) { signal(number, handler) }
        signal(SIGTSTP, stop)
    }
    guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else { throw Failure("the terminal's echo stays on") }
    return try body()
}
