// glibc's `stdout` is a variable to Swift; nothing here sets it.
@preconcurrency import Foundation
import Synchronization

/// The system's first reason why standard output could not be written; 0 where there was none.
private let outputError = Mutex<Int32>(0)

/// A line on standard error.
func say(_ line: String) {
    writeToStandardError(line + "\n")
}

/// A text on standard error, as it is; where that can't be written there is nowhere to say so.
func writeToStandardError(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
}

/// Asks on the terminal; anything but yes is no, and so is a standard input that ends.
func confirms(_ question: String) -> Bool {
    writeToStandardError("\(question) [y/N] ")
    guard let answer = readLine() else {
        say("nobody answers; --yes stands for an answer")
        return false
    }
    // A terminal shows what is typed.
    if isatty(STDIN_FILENO) != 1 { say(answer) }
    return ["y", "yes"].contains(answer.lowercased())
}

/// A line on standard output, at once and in one piece, whichever thread has it. False where it can't be written.
func tell(_ line: String) -> Bool {
    print(line)
    return flush()
}

private func flush() -> Bool {
    guard fflush(stdout) != 0 else { return true }
    let reason = errno
    outputError.withLock { if $0 == 0 { $0 = reason } }
    return false
}

/// Opens each standard stream that is closed so that using it fails: else the next file opened would take its place.
func openStandardStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
        _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
}

/// Writes what is left of standard output. Returns the command's exit status, or 1 where not all could be written;
/// a reader that has gone wanted no more.
func flushed(_ status: Int32) -> Int32 {
    guard !flush() || ferror(stdout) != 0 else { return status }
    let reason = outputError.withLock { $0 }
    guard reason != EPIPE else { return status }
    say("relayctl: can't write to standard output" + (reason == 0 ? "" : ": " + String(cString: strerror(reason))))
    return 1
}
