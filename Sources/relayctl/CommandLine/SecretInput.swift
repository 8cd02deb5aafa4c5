import Foundation
import Loopback

/// Secrets come from the terminal, without echo, else from standard input, a line each. Never from an argument, which
/// every process of the machine can read, nor from the environment.
extension Context {
    /// The next secret, without the blanks around it; on a terminal, asked for until there is one.
    ///
    /// - Parameter prompt: what the operator is asked for; in errors too.
    func secret(_ prompt: String) throws -> String {
        guard streams.isInputTerminal else {
            guard let line = readTrimmedLine() else { throw CommandError("standard input has no line: \(prompt)") }
            guard !line.isEmpty else { throw CommandError("empty: \(prompt)") }
            return line
        }
        while true {
            streams.writeToErrors("Enter: \(prompt): ")
            let line = try withoutEcho(on: streams.input) { readTrimmedLine() }
            say("")
            guard let line else { throw CommandError("nothing entered: \(prompt)") }
            if !line.isEmpty { return line }
        }
    }

    /// Runs `body`, which asks for secrets and for other things, with the terminal's echo off from the first question to the
    /// last: a secret that is typed too early is not shown either.
    func quietly<Result>(_ body: () throws -> Result) throws -> Result {
        try streams.isInputTerminal ? withoutEcho(on: streams.input, body) : body()
    }

    /// The file with a secret, or standard input for `-`. Warns if others can read it.
    func secretFile(_ path: String) -> InputFile {
        let file = file(path)
        var status = stat()
        if let path = file.path, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_mode & 0o077 != 0
        {
            say("warning: others can read this file; chmod 600 \(file.name)")
        }
        return file
    }

    /// The module's JWT: from the file that was named, from RELAY_JWT, or from the operator.
    ///
    /// - Returns: what asks the operator, if that is left to do, so that it can be done when it is time.
    func moduleJWT(file: String?) throws -> () throws -> String {
        if let file {
            let text = try secretFile(file).text().trimmingCharacters(in: .whitespacesAndNewlines)
            guard !text.isEmpty else { throw CommandError("\(file): is empty") }
            return { text }
        }
        if let token = environment["RELAY_JWT"], !token.isEmpty { return { token } }
        guard streams.isInputTerminal else {
            throw CommandError("there is no JWT: set RELAY_JWT, or name a file with --jwt-file")
        }
        return { try secret("the module's JWT") }
    }

    private func readTrimmedLine() -> String? {
        streams.readLine()?.trimmingCharacters(in: .whitespaces)
    }
}

/// Runs `body` with the terminal's echo off, and puts the terminal back as it was, whatever ends the body.
private func withoutEcho<Result>(on terminal: Int32, _ body: () throws -> Result) throws -> Result {
    var settings = termios()
    guard tcgetattr(terminal, &settings) == 0 else { throw CommandError("the terminal can't be read", .failed) }
    let echoing = settings
    settings.c_lflag &= ~tcflag_t(ECHO)
    let remains = Remains.add {
        var echoing = echoing
        tcsetattr(terminal, TCSANOW, &echoing)
    }
    // Stopped and continued, the shell would have put the echo back.
    let stop = signal(SIGTSTP, SIG_IGN)
    defer {
        var echoing = echoing
        tcsetattr(terminal, TCSAFLUSH, &echoing)
        signal(SIGTSTP, stop)
        Remains.remove(remains)
    }
    guard tcsetattr(terminal, TCSAFLUSH, &settings) == 0 else {
        throw CommandError("the terminal's echo stays on", .failed)
    }
    return try body()
}
