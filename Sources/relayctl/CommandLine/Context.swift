import Foundation
import HTTPClient
import Loopback

/// What a command has around it. Nothing else is read of the process, so that tests run commands in their own.
struct Context: Sendable {
    let environment: [String: String]
    /// Where relative paths begin.
    let workingDirectory: String
    let streams: StandardStreams
    let now: @Sendable () -> Date

    init(
        environment: [String: String],
        workingDirectory: String,
        streams: StandardStreams,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.streams = streams
        self.now = now
    }

    /// That of this process.
    static var process: Context {
        Context(
            environment: ProcessInfo.processInfo.environment,
            workingDirectory: FileManager.default.currentDirectoryPath,
            streams: StandardStreams()
        )
    }

    /// A file that the operator named; `-` is standard input.
    func file(_ path: String) -> InputFile {
        InputFile(path, in: workingDirectory, standardInput: streams.input)
    }

    /// A path that the operator named, from the root on.
    func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : workingDirectory + "/" + path
    }

    /// Where temporary files go.
    var temporaryFolder: String {
        absolute(environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp")
    }

    /// Whether only lines may be written there: it is no terminal, one without escapes (`TERM=dumb`), or NO_COLOR
    /// (https://no-color.org) is set.
    func isPlain(_ descriptor: Int32) -> Bool {
        isatty(descriptor) != 1 || environment["TERM"] == "dumb" || environment["NO_COLOR"]?.isEmpty == false
    }
}

extension Context {
    /// Throws if the environment's proxy is one that libcurl would go past, or whose password it would show.
    func checkProxy() throws {
        if let message = HTTPOptions.unreadableProxy(environment: environment) { throw CommandError(message) }
    }

    /// The columns of the terminal; nil if it is none, or does not say.
    func width(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}

/// `1 error`, `2 errors`, `3 queries`
func counted(_ number: Int, _ noun: String, plural: String? = nil) -> String {
    "\(number) " + (number == 1 ? noun : plural ?? noun + "s")
}

// MARK: - The standard streams

extension Context {
    /// A text and a line break on standard output; what in it steers a terminal is escaped. Returns whether it could be
    /// written.
    @discardableResult
    func print(_ text: String) -> Bool {
        printAsIs(text.printable(keepingLines: true))
    }

    /// The same for a JSON text, in JSON's own escapes.
    @discardableResult
    func print(json text: String) -> Bool {
        printAsIs(text.printableJSON)
    }

    /// The same for text with colors of ours, in which foreign text is escaped already.
    @discardableResult
    func printAsIs(_ text: String) -> Bool {
        streams.writeToOutput(text + "\n")
    }

    /// A line on standard error; what in it steers a terminal is escaped.
    func say(_ line: String) {
        streams.writeToErrors(line.printable(keepingLines: true) + "\n")
    }

    /// The command to type next, on standard error.
    func sayNext(_ words: [String]) {
        say("next: " + words.map(Self.quoted).joined(separator: " "))
    }

    /// A word as the shell reads it.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.wholeMatch(of: /[A-Za-z0-9_.,:\/@%+=-]+/) != nil
        return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
    }

    /// Asks the operator; anything but yes is no, and so is a standard input that ends.
    func confirms(_ question: String) -> Bool {
        streams.writeToErrors("\(question.printable()) [y/N] ")
        guard let answer = streams.readLine() else {
            say("nobody answers; use --yes to skip this question")
            return false
        }
        let isYes = ["y", "yes"].contains(answer.lowercased())
        // Otherwise a terminal shows what is typed. It may have been a secret.
        if !streams.echoesInput { say(isYes ? "yes" : "no") }
        return isYes
    }
}
