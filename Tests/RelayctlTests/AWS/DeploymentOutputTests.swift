import Foundation
import TestSupport
import Testing

@Suite("What a deployment shows (moto)", .waits, .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why))
struct DeploymentOutputTests {
    private let stage: StageOnAWS

    init() throws {
        stage = try StageOnAWS()
        try stage.zip("large enough for a bar", filler: 3_000_000)
        try stage.aws.set(.init(reset: true, policy: stage.policy, busy: 1))
    }

    @Test("A terminal gets ticks and times, a bar of bytes with its rate on the upload, and a spinner on waits")
    func terminal() throws {
        let shown = try show(["deploy", "dev", "--no-verify"])
        #expect(shown.contains("\u{1B}[32m✓\u{1B}[0m account"))
        #expect(shown.firstMatch(of: /function +created tr-securitytrails-relay-dev \([0-9]+\.[0-9] s\)/) != nil)
        #expect(shown.firstMatch(of: /\r\x1B\[K  function █+░* [0-9] of 4 MB, [0-9]+\.[0-9] MB\/s/) != nil)
        #expect(["|", "/", "-", "\\"].count { shown.contains("\r\u{1B}[K  function \($0)") } > 1, "the spinner turns")
        // What comes after a passing line takes its place: none is left.
        let left = shown.split(separator: "\r\n").map { $0.split(separator: "\u{1B}[K").last ?? "" }
        #expect(left.allSatisfy { !$0.contains("…") && !$0.contains("█") })
        try stage.aws.set(.init(policy: stage.policy, log: ["2026-01-01T00:00:00.000Z\tabc-1\tERROR\tno answer"]))
        #expect(try show(["tail", "dev", "--once"]).contains("\u{1B}[31mERROR\u{1B}[0m"))
    }

    @Test(
        "With NO_COLOR, on a terminal without escapes, and without a terminal there are only plain lines",
        arguments: [["NO_COLOR": "1"], ["NO_COLOR": "", "TERM": "dumb"], nil]
    )
    func plain(terminal environment: [String: String]?) throws {
        let shown =
            try environment.map { try show(["deploy", "dev", "--no-verify"], environment: $0) }
            ?? stage.deploy().errors
        // The first line says what signs, before the steps.
        let lines = shown.replacing("\r\n", with: "\n").split(separator: "\n").filter { !$0.hasPrefix("https://") }
        let steps = lines.filter { !$0.hasPrefix("note: signing with ") && !$0.hasPrefix("next: ") }
        #expect(steps.count == 11)
        #expect(steps.allSatisfy { $0.hasPrefix("✓ ") })
        #expect(!lines.contains { $0.contains { $0 == "\u{1B}" || $0 == "\r" || $0 == "█" || $0 == "…" } })
    }

    @Test("On a narrow terminal the bar and the spinner do not wrap")
    func narrow() throws {
        let shown = try show(["deploy", "dev", "--no-verify"], columns: 30)
        let passing = shown.split(separator: "\u{1B}[K").filter { $0.hasPrefix("  ") }.map { $0.prefix { $0 != "\r" } }
        #expect(passing.contains { $0.contains("█") })
        #expect(passing.allSatisfy { $0.count < 30 })
    }

    @Test("tail goes on, and says that Ctrl-C ends it, which it does as the shell expects")
    func endOfTail() async throws {
        try stage.expect(0, try stage.deploy())
        try stage.aws.set(.init(policy: stage.policy, log: ["2026-01-01T00:00:00.000Z\tabc-1\tINFO\tthe first"]))
        let tail = try stage.folder.start(["tail", "dev"], input: .nullDevice)
        var shown = ""
        while !shown.contains("the first  abc-1\n"), tail.process.isRunning {
            shown += String(decoding: tail.output.fileHandleForReading.availableData, as: UTF8.self)
        }
        #expect(tail.process.isRunning)
        kill(tail.process.processIdentifier, SIGINT)
        let outcome = try await finish(tail)
        #expect(tail.process.terminationReason == .uncaughtSignal && outcome.status == SIGINT)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errorLines.last?.hasSuffix("; Ctrl-C ends it") == true, "\(outcome.errors)")
    }

    /// Runs a command on a terminal and returns what that showed. (`swift test` sets NO_COLOR itself.)
    private func show(
        _ words: [String],
        environment: [String: String] = ["NO_COLOR": "", "TERM": "xterm"],
        columns: Int = 120
    ) throws -> String {
        let terminal = try Terminal()
        terminal.resize(columns: columns)
        let (process, _, _) = try stage.folder.start(
            words,
            input: .nullDevice,
            terminal: terminal.device,
            environment: environment
        )
        var shown = ""
        while process.isRunning {
            shown = terminal.shown
            usleep(5_000)
        }
        process.waitUntilExit()
        shown = terminal.shown
        #expect(process.terminationStatus == 0, "\(shown)")
        return shown
    }
}
