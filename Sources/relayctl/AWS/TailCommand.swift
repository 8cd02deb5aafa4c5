import Deployment
import Foundation
import Loopback

/// `relayctl tail`: the function's log, as it comes.
struct TailCommand: Subcommand {
    static let name = "tail"
    static let summary = "Follow the log"
    static let synopsis = "STAGE [OPTION]..."
    static let discussion = """
        Shows the function's log, a line a record, and goes on until Ctrl-C.

          relayctl tail dev --since 1h --filter ERROR --once
        """
    static let options = [
        Option("--since", value: "TIME", help: "begin so long ago: 30s, 10m, 2h, 1d (default: 10m)"),
        Option("--filter", value: "TEXT", help: "only records that hold this text"),
        Option("--once", help: "end with the records that there are"),
        profileOption,
    ]

    private let stage: String
    private let profile: String?
    private let since: Int
    private let filter: String
    private let follows: Bool

    init(_ arguments: Arguments) throws {
        stage = try arguments.only("STAGE")
        profile = arguments.value(profileOption.name)
        since = try arguments.duration("--since") ?? 600
        filter = arguments.value("--filter") ?? ""
        follows = !arguments.has("--once")
    }

    func run(_ context: Context) throws -> Int32 {
        let layout = RecordLayout(hasColor: !context.isPlain(context.streams.output), hasDate: since >= 86_400)
        let settings = try SettingsFile(context.file(SettingsFile.name)).stage(stage)
        let start = context.now().addingTimeInterval(Double(-since))
        let deployment = try onAWS(context, settings, profile: profile)
        context.say(
            "\(settings.logGroup) in \(settings.region), from \(start.formatted(.iso8601)) on"
                + (follows ? "; Ctrl-C ends it" : "")
        )
        try deployment.tail(
            since: start,
            follows: follows
        ) { record in
            guard filter.isEmpty || record.message.contains(filter) else { return }
            if !context.printAsIs(layout.line(record)) { exit(context.streams.exitStatus(1)) }
        }
        return 0
    }
}

/// How a record looks: time, level, message, and what else a JSON record holds.
struct RecordLayout {
    let hasColor: Bool
    /// Whether records may be of several days.
    let hasDate: Bool

    func line(_ record: LogRecord) -> String {
        let utc = UTC(record.time)
        let time = (hasDate ? utc.day + "T" : "") + utc.preciseClock + "Z"
        let (level, text) = levelAndText(record.message)
        let padded = (level ?? "").padding(toLength: 5, withPad: " ", startingAt: 0)
        return "\(time) \(colored(padded.printable(), level)) \(text.printable())"
    }

    private func levelAndText(_ message: String) -> (level: String?, text: String) {
        if let members = try? JSONC(parsing: message.utf8), case .object(let members) = members {
            return laidOut(members)
        }
        // Ours: time, request id, level, message. Lambda's own records have no level.
        let parts = message.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 4, StageSettings.LogLevel(rawValue: parts[2]) != nil {
            return (parts[2], parts[1] == "-" ? parts[3] : "\(parts[3])  \(parts[1])")
        }
        return (nil, message.replacing("\t", with: "  "))
    }

    private func laidOut(_ members: [JSONC.Member]) -> (level: String?, text: String) {
        var (level, message): (String?, String?)
        var rest: [String] = []
        for member in members {
            switch (member.name, member.value) {
            case ("timestamp", _), ("time", _): break
            case ("level", .string(let text)): level = text
            case ("message", .string(let text)): message = text
            default: rest.append("\(member.name)=\(member.value.compact)")
            }
        }
        return (level, ([message].compactMap(\.self) + rest).joined(separator: "  "))
    }

    private func colored(_ text: String, _ level: String?) -> String {
        guard hasColor else { return text }
        return switch level {
        case "ERROR", "FATAL": "\u{1B}[31m\(text)\u{1B}[0m"
        case "WARN": "\u{1B}[33m\(text)\u{1B}[0m"
        case "DEBUG", "TRACE": "\u{1B}[2m\(text)\u{1B}[0m"
        default: text
        }
    }
}

extension JSONC {
    /// The value in one line, strings without quotes.
    fileprivate var compact: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
        case .string(let text): text
        case .array(let values): "[" + values.map(\.compact).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\($0.name): \($0.value.compact)" }.joined(separator: ", ") + "}"
        }
    }
}
