import Deployment
import Foundation
import JWT
import LocalLambda
import Loopback

/// `relayctl replay`: sends events to the relay's executable as Lambda would, and looks at what comes back.
struct ReplayCommand: Subcommand {
    static let name = "replay"
    static let summary = "Send events to the relay on this machine, and compare the answers"
    static let synopsis = "[OPTION]... [EVENT.json|CASE.json|FOLDER|-]..."
    static let discussion = """
        Starts the relay's executable with a Lambda Runtime API on loopback and sends
        it each event: those named, or the package's Tests/Events. An event is what one
        of AWS's gateways sends, or a case (Tests/Cases/README.md) with an environment,
        SecurityTrails' answers and what the response must be. If NAME.answer.json lies
        beside NAME.json, the answer must equal it, apart from ids and the time of the
        invocation. Sightings must be valid CTIM in any case.

        If SECURITYTRAILS_API_URL is not set, a stand-in with a few made-up domains
        answers for SecurityTrails. If SECRET_KEY is not set, one is made up, and
        <DEMO_JWT> in an event stands for a token of that key. To ask SecurityTrails
        itself, set both, and set RELAY_JWT to the token that <DEMO_JWT> stands for.

        Exit status: 0 if every answer was as expected, 1 if one was not or an answer
        that nothing was recorded for is an error, 2 for a wrong command line.
        """
    static let options = [
        Option("--exec", value: "PATH", help: "the executable (default: 'bootstrap' beside relayctl)"),
        Option("--verbose", short: "-v", help: "show the responses, their tables, and the log"),
        Option("--only", value: "REGEX", help: "send only events with a matching name"),
        Option("--skip", value: "REGEX", help: "skip events with a matching name"),
        Option("--record", help: "write each answer to NAME.answer.json"),
        Option("--repeat", value: "N", help: "send each event N times and show how long it took"),
        Option("--concurrency", value: "N", help: "send N at once (AWS_LAMBDA_MAX_CONCURRENCY)"),
        Option("--freeze", help: "stop the process between invocations, as Lambda does"),
        Option("--tls", help: "ask the stand-in over TLS, with its own authority"),
        Option("--faults", help: "simulate failures of Lambda and SecurityTrails"),
        Option("--json", help: "print a JSON object a line, for machines"),
    ]

    private let paths: [String]
    private let executable: String?
    private let only: Regex<AnyRegexOutput>?
    private let skip: Regex<AnyRegexOutput>?
    private let isVerbose: Bool
    private let records: Bool
    private let repetitions: Int
    private let concurrency: Int
    private let freezes: Bool
    private let speaksTLS: Bool
    private let playsFaults: Bool
    private let isJSON: Bool

    init(_ arguments: Arguments) throws {
        paths = arguments.positional
        executable = arguments.value("--exec")
        only = try arguments.expression("--only")
        skip = try arguments.expression("--skip")
        isVerbose = arguments.has("--verbose")
        records = arguments.has("--record")
        concurrency = try arguments.number("--concurrency", default: 1, in: 1...64)
        repetitions = try arguments.number("--repeat", default: concurrency > 1 ? 100 : 1, in: 1...10_000_000)
        freezes = arguments.has("--freeze")
        speaksTLS = arguments.has("--tls")
        playsFaults = arguments.has("--faults")
        isJSON = arguments.has("--json")
        if playsFaults, !paths.isEmpty { throw CommandError("--faults takes no events, not '\(paths[0])'") }
        if freezes, concurrency > 1 {
            throw CommandError("--freeze and --concurrency exclude each other: a process that is busy is not frozen")
        }
    }

    func run(_ context: Context) throws -> Int32 {
        let executable = try Executable.besideThis(orAt: executable.map(context.file))
        if playsFaults { return try playFaults(executable, context) }
        let events = try chosenEvents(context)
        let demonstration = try Demonstration(speaksTLS: speaksTLS, environment: context.environment)
        let output = ReplayOutput(
            context,
            isJSON: isJSON,
            isVerbose: isVerbose,
            isLoadTest: repetitions > 1,
            events: events
        )
        output.begin(executable: executable, demonstration: demonstration)
        let player = Player(
            executable: executable,
            function: LambdaFunction(concurrency: concurrency),
            freezes: freezes,
            output: isVerbose ? context.streams.errors : nil,
            demonstration: demonstration
        )
        defer { player.stop() }

        var tally = ReplayOutput.Tally()
        for event in events {
            let run = try player.play(event, times: repetitions, progress: output.progress)
            if records { try record(run, of: event) }
            let verdict = records ? Verdict.recorded : Verdict(run, of: event)
            tally.count(verdict)
            output.show(event, run, verdict)
        }
        output.end(tally)
        return tally.failures == 0 ? 0 : 1
    }

    /// The events to send, those of one environment one after the other, in the order of the first of each.
    private func chosenEvents(_ context: Context) throws -> [RecordedEvent] {
        let events = try RecordedEvent.read((paths.isEmpty ? [defaultFolder(context)] : paths).map(context.file)).filter
        {
            event in
            only.map { event.name.firstMatch(of: $0) != nil } ?? true
                && skip.map { event.name.firstMatch(of: $0) == nil } ?? true
        }
        guard !events.isEmpty else { throw CommandError("--only and --skip leave no event") }
        return RecordedEvent.grouped(events)
    }

    private func playFaults(_ executable: String, _ context: Context) throws -> Int32 {
        let secret = SecretKey.random()
        let token = CompactSerialization.sign(["key": "demonstration-key"], secret: secret)
        let output = FaultOutput(context, isJSON: isJSON)
        Fault.play(
            Fault.all(secretKey: secret, authorization: "Bearer " + token),
            executable: executable,
            finished: output.show
        )
        return output.end() == 0 ? 0 : 1
    }

    private func defaultFolder(_ context: Context) throws -> String {
        guard let package = Executable.packageFolder(from: context.workingDirectory) else {
            throw CommandError("name an event: the current folder is in no package that has Tests/Events")
        }
        return package.appendingPathComponent("Tests/Events").path
    }

    private func record(_ run: Player.Run, of event: RecordedEvent) throws {
        guard let file = event.answerFile else {
            throw CommandError("an event from standard input or a pipe has no place to record to", .failed)
        }
        try RecordedAnswer(run.first.outcome).write(to: file)
    }
}

extension Arguments {
    /// The option's value as a regular expression, if it is there.
    fileprivate func expression(_ name: String) throws(CommandError) -> Regex<AnyRegexOutput>? {
        guard let text = value(name) else { return nil }
        guard let expression = try? Regex(text) else { throw CommandError("\(name) takes a regular expression") }
        return expression
    }
}
