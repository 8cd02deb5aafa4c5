import Deployment
import Foundation

/// `relayctl undeploy`: takes away what deploy made.
struct UndeployCommand: Subcommand {
    static let name = "undeploy"
    static let summary = "Remove what deploy made"
    static let synopsis = "STAGE [OPTION]..."
    static let discussion = """
        Removes the REST API and the function, SECRET_KEY with it; the URL never comes
        back. The role, the policies, the user and, without --remove-logs, the log stay.
        """
    static let options = [
        Option("--remove-logs", help: "remove the log group too"),
        Option("--yes", short: "-y", help: "do not ask"),
        Option("--dry-run", help: "say what would be removed"),
        Option("--api", value: "ID", help: "remove this REST API; the function stays if others have its name"),
        profileOption,
    ]

    private let stage: String
    private let api: String?
    private let profile: String?
    private let removesLogs: Bool
    private let isSure: Bool
    private let isDryRun: Bool

    init(_ arguments: Arguments) throws {
        stage = try arguments.only("STAGE")
        api = arguments.value("--api")
        profile = arguments.value(profileOption.name)
        removesLogs = arguments.has("--remove-logs")
        isDryRun = arguments.has("--dry-run")
        isSure = arguments.has("--yes")
    }

    func run(_ context: Context) throws -> Int32 {
        let settings = try SettingsFile(context.file(SettingsFile.name)).stage(stage)
        let deployment = try onAWS(context, settings, profile: profile, isDryRun: isDryRun, api: api)
        try deployment.undeploy(removingLogs: removesLogs) { things in
            isSure || context.confirms("Remove \(things)?")
        }
        return 0
    }
}
