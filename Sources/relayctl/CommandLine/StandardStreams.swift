import Foundation
import Loopback
import Synchronization

/// The three streams of a command, by their descriptors. What is written is there at once, and in one piece whichever
/// thread writes.
final class StandardStreams: Sendable {
    let input: Int32
    let output: Int32
    let errors: Int32
    /// The system's first reason why standard output could not be written; 0 if there was none.
    private let outputError = Mutex<Int32>(0)

    init(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO, errors: Int32 = STDERR_FILENO) {
        self.input = input
        self.output = output
        self.errors = errors
    }

    /// Whether somebody sits at standard input.
    var isInputTerminal: Bool {
        isatty(input) == 1
    }

    /// Whether what is typed at standard input is shown.
    var echoesInput: Bool {
        var settings = termios()
        return tcgetattr(input, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    /// Writes a text to standard output; false if that can't be written, now or before.
    func writeToOutput(_ text: String) -> Bool {
        outputError.withLock { error in
            if error == 0 { error = Self.write(text, to: output) }
            return error == 0
        }
    }

    /// Writes a text to standard error; if that can't be written there is nowhere to say so.
    func writeToErrors(_ text: String) {
        _ = Self.write(text, to: errors)
    }

    /// The next line of standard input, without its line break; nil at its end. Bytes behind it stay unread.
    func readLine() -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = read(input, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
            if byte == UInt8(ascii: "\n") { break }
            line.append(byte)
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }

    /// The command's exit status, or 1 if not all of its output could be written; a reader that has gone wanted no more.
    func exitStatus(_ status: Int32) -> Int32 {
        let error = outputError.withLock { $0 }
        guard error != 0, error != EPIPE else { return status }
        writeToErrors("relayctl: can't write to standard output: \(systemMessage(error))\n")
        return 1
    }

    /// Opens each of the process's streams that is closed so that using it fails: else the next file opened would take
    /// its place.
    static func openClosed() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Writes all of it. Returns 0 or the system's reason.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        Array(text.utf8).withUnsafeBytes { rest in
            var rest = rest[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&wanted, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }
}
