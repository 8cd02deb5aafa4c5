import Deployment

/// `relayctl rollback`: back to the code of a published version.
struct RollbackCommand: Subcommand {
    static let name = "rollback"
    static let summary = "Put the code of an earlier version back"
    static let synopsis = "STAGE [--to VERSION | -n N] [--profile NAME]"
    static let discussion = """
        Every deployment of new code publishes a version; 'relayctl status' lists
        those that are kept. The configuration and the URL stay as they are.

          relayctl rollback dev             the version before the newest
          relayctl rollback dev --to 3      version 3
        """
    static let options = [
        Option("--to", value: "VERSION", help: "the version's number"),
        Option("--number", short: "-n", value: "N", help: "so many versions before the newest (default: 1)"),
        profileOption,
    ]

    private let stage: String
    private let profile: String?
    private let target: RollbackTarget

    init(_ arguments: Arguments) throws {
        stage = try arguments.only("STAGE")
        profile = arguments.value(profileOption.name)
        let before = try arguments.number("--number", default: 1, in: 1...1_000)
        guard arguments.value("--to") != nil else {
            target = .before(before)
            return
        }
        guard arguments.value("--number") == nil else { throw CommandError("--to and --number exclude each other") }
        target = .version(try arguments.number("--to", default: 1, in: 1...1_000_000))
    }

    func run(_ context: Context) throws -> Int32 {
        let settings = try SettingsFile(context.file(SettingsFile.name)).stage(stage)
        try onAWS(context, settings, profile: profile).rollBack(to: target)
        return 0
    }
}
