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

        A stand-in with a few made-up domains answers for SecurityTrails, and <DEMO_JWT>
        in an event stands for a token of a SECRET_KEY that is made up. The relay gets
        the variables of --env-file, and none of the shell's.

        --live asks SecurityTrails itself. It says how many queries that takes, asks
        before it goes on, and prompts for the JWT, which <DEMO_JWT> then stands for,
        and the SECRET_KEY.

        --soak sends N invocations of its own to one process: good and bad ones, and
        such that SecurityTrails is slow for, or fails. Each asks about a name of its
        own, so that an answer that is lost or another's is found. Memory, descriptors,
        threads and times must stay what they were.

        Exit status: 0 if every answer was as expected, 1 if one was not or an answer
        that nothing was recorded for is an error, 2 for a wrong command line.
        """
    static let options = [
        Option("--exec", value: "PATH", help: "the executable (default: 'bootstrap' beside relayctl)"),
        Option("--verbose", short: "-v", help: "show the responses, their tables, and the log"),
        Option("--only", value: "REGEX", help: "send only events, or faults, with a matching name"),
        Option("--skip", value: "REGEX", help: "skip events, or faults, with a matching name"),
        Option("--record", help: "write each answer to NAME.answer.json"),
        Option("--repeat", value: "N", help: "send each event N times and show how long it took"),
        Option("--concurrency", value: "N", help: "send N at once (AWS_LAMBDA_MAX_CONCURRENCY)"),
        Option("--freeze", help: "stop the process between invocations, as Lambda does"),
        Option("--tls", help: "ask the stand-in over TLS, with its own authority"),
        environmentFileOption,
        Option("--live", help: "ask SecurityTrails itself, with your own JWT"),
        Option("--yes", short: "-y", help: "with --live, do not ask before the queries are made"),
        Option("--faults", help: "simulate failures of Lambda and SecurityTrails"),
        Option("--soak", value: "N", help: "send N invocations of many kinds, and look for what grows or is lost"),
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
    private let environmentFile: String?
    private let isLive: Bool
    private let isSure: Bool
    private let playsFaults: Bool
    private let soakCount: Int?
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
        soakCount =
            arguments.has("--soak") ? try arguments.number("--soak", default: 0, in: 1_000...10_000_000) : nil
        isJSON = arguments.has("--json")
        environmentFile = arguments.value(environmentFileOption.name)
        isLive = arguments.has("--live")
        isSure = arguments.has("--yes")
        if isSure, !isLive { throw CommandError("--yes belongs to --live") }
        try Self.checkCombination(of: arguments)
        if isLive, paths.contains("-") {
            throw CommandError("--live reads the JWT and the SECRET_KEY from standard input, so no event")
        }
        if let path = paths.first, playsFaults || soakCount != nil {
            throw CommandError("\(playsFaults ? "--faults" : "--soak") takes no events, not '\(path)'")
        }
        if freezes, concurrency > 1 {
            throw CommandError("--freeze and --concurrency exclude each other: a process that is busy is not frozen")
        }
    }

    /// What each kind of run goes without.
    private static func checkCombination(of arguments: Arguments) throws(CommandError) {
        let excluded = [
            ("--soak", ["--faults", "--live", "--record", "--repeat", "--freeze", "--only", "--skip"]),
            ("--faults", ["--record", "--tls", "--live", "--env-file"]),
            ("--live", ["--record", "--tls"]),
        ]
        for (option, others) in excluded where arguments.has(option) {
            if let other = others.first(where: arguments.has) { throw CommandError("\(option) goes without \(other)") }
        }
    }

    func run(_ context: Context) throws -> Int32 {
        let executable = try Executable.besideThis(orAt: executable.map(context.file))
        if playsFaults { return try playFaults(executable, context) }
        if let soakCount { return try soak(soakCount, executable, context) }
        let events = try chosenEvents(context)
        let variables = try context.relayVariables(environmentFile)
        if !isLive, variables["SECURITYTRAILS_API_URL"]?.isEmpty == false {
            throw CommandError("SECURITYTRAILS_API_URL names an upstream that is asked with --live only")
        }
        let demonstration =
            isLive
            ? try liveDemonstration(variables, events, executable, context)
            : try Demonstration(speaksTLS: speaksTLS, environment: variables)
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
        let paths = try paths.isEmpty ? [defaultFolder(context)] : paths
        let events = try chosen(RecordedEvent.read(paths.map(context.file)), named: \.name)
        return RecordedEvent.grouped(events)
    }

    /// What --only and --skip leave.
    private func chosen<Element>(_ all: [Element], named name: (Element) -> String) throws -> [Element] {
        let chosen = all.filter { element in
            only.map { name(element).firstMatch(of: $0) != nil } ?? true
                && skip.map { name(element).firstMatch(of: $0) == nil } ?? true
        }
        guard !chosen.isEmpty else {
            throw CommandError("--only and --skip leave no \(playsFaults ? "fault" : "event")")
        }
        return chosen
    }

    /// Says what it will cost to ask SecurityTrails, and asks for consent and secrets.
    private func liveDemonstration(
        _ variables: [String: String],
        _ events: [RecordedEvent],
        _ executable: String,
        _ context: Context
    ) throws -> Demonstration {
        guard events.allSatisfy({ $0.surroundings == nil }) else {
            throw CommandError("a case brings its own SecurityTrails along; --live takes plain events")
        }
        let count = try requestCount(variables, events, executable) * repetitions
        context.say("This asks SecurityTrails \(counted(count, "time")) or more, which counts against your quota.")
        guard isSure || context.confirms("Go on?") else { throw CommandError("nothing was asked", .failed) }
        let token = try context.secret("JWT")
        return Demonstration(live: variables, secretKey: try context.secret("SECRET_KEY"), token: token)
    }

    /// How many requests the relay makes for the events, once each, if the stand-in answers.
    private func requestCount(
        _ variables: [String: String],
        _ events: [RecordedEvent],
        _ executable: String
    ) throws -> Int {
        let variables = variables.filter { $0.key != "SECURITYTRAILS_API_URL" && $0.key != "SECRET_KEY" }
        let player = Player(
            executable: executable,
            function: LambdaFunction(),
            freezes: false,
            output: nil,
            demonstration: try Demonstration(environment: variables)
        )
        defer { player.stop() }
        return try events.reduce(0) { $0 + (try player.play($1, times: 1) { _, _ in }.requests?.count ?? 0) }
    }

    private func playFaults(_ executable: String, _ context: Context) throws -> Int32 {
        let secret = SecretKey.random()
        let token = CompactSerialization.sign(["key": "demonstration-key"], secret: secret)
        let output = FaultOutput(context, isJSON: isJSON)
        Fault.play(
            try chosen(Fault.all(secretKey: secret, authorization: "Bearer " + token), named: \.name),
            executable: executable,
            finished: output.show
        )
        return output.end() == 0 ? 0 : 1
    }

    private func soak(_ count: Int, _ executable: String, _ context: Context) throws -> Int32 {
        let secret = SecretKey.random()
        func token(_ claims: [String: String]) -> String { CompactSerialization.sign(claims, secret: secret) }
        let keys = SoakInvocation.Tokens.keys
        let expired = CompactSerialization.sign(claims: Array(#"{"key":"\#(keys[0])","exp":1}"#.utf8), secret: secret)
        var variables = try environmentFile.map { try EnvironmentFile.read(context.file($0)) } ?? [:]
        variables["SECRET_KEY"] = secret
        let soak = try Soak(
            executable: executable,
            count: count,
            concurrency: concurrency,
            tokens: SoakInvocation.Tokens(
                customers: keys.map { token(["key": $0]) },
                expired: expired,
                foreign: CompactSerialization.sign(["key": keys[0]], secret: SecretKey.random())
            ),
            variables: variables,
            speaksTLS: speaksTLS,
            output: isVerbose ? context.streams.errors : nil
        )
        defer { soak.stop() }
        let output = SoakOutput(context, isJSON: isJSON, count: count)
        output.begin(executable: executable, concurrency: concurrency)
        let tenths = try soak.run(progress: output.progress, finished: output.show)
        return output.end(Soak.conditions(tenths, count: count, concurrency: concurrency)) == 0 ? 0 : 1
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
