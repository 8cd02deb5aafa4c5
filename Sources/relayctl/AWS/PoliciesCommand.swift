import Deployment
import Foundation
import Loopback

/// `relayctl policies`: the IAM policies of `deploy/`, filled in for an account, its stages and one of them.
struct PoliciesCommand: Subcommand {
    static let name = "policies"
    static let summary = "Write the IAM policies of an account and a stage"
    static let synopsis = "STAGE --account NUMBER [--output FOLDER]"
    static let discussion = """
        Fills in the templates in deploy/ and writes them to aws/rendered/: what the
        user who deploys may do, for all stages of zappa_settings.json; and in a folder
        of the stage's name what its function may do, and who may take its role.
        aws/HOWTO.md says where each one goes. Nothing is written if one of them
        can't be filled in. Nothing is sent to AWS.

          relayctl policies dev --account 123456789012
        """
    static let options = [
        Option("--account", value: "NUMBER", help: "the AWS account, 12 digits"),
        Option("--output", value: "FOLDER", help: "where the policies are written (default: aws/rendered)"),
    ]

    private let stage: String
    private let account: AccountID
    private let output: String

    init(_ arguments: Arguments) throws {
        stage = try arguments.only("STAGE")
        guard let number = arguments.value("--account") else { throw CommandError("--account is missing; see --help") }
        guard let account = AccountID(number) else {
            throw CommandError("--account takes the 12 digits of an AWS account, without hyphens")
        }
        self.account = account
        output = arguments.value("--output") ?? "aws/rendered"
    }

    func run(_ context: Context) throws -> Int32 {
        let file = try SettingsFile(context.file(SettingsFile.name))
        let settings = try file.stage(stage)
        let all = [settings] + others(in: file, context)
        let policies = try PolicyTemplate.allCases.map { template in
            let text = try templateFile(template, context).text()
            let stages = template == .deployment ? all : [settings]
            return (template, try template.rendered(text, account: account, stages: stages))
        }
        for (template, policy) in policies {
            let folder = template == .deployment ? output : "\(output)/\(stage)"
            try write(policy, to: template.fileName, in: folder, context)
        }
        return 0
    }

    /// The other stages of the account. One user deploys them all, so one policy has to allow it.
    private func others(in file: SettingsFile, _ context: Context) -> [StageSettings] {
        file.stageNames.filter { $0 != stage }.compactMap { name in
            do {
                let settings = try file.stage(name)
                try account.checkRole(of: settings)
                return settings
            } catch {
                context.say("note: \(error); the deployment policy leaves the stage '\(name)' out")
                return nil
            }
        }
    }

    private func write(_ policy: String, to name: String, in folder: String, _ context: Context) throws {
        let path = context.absolute(folder)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data(policy.utf8).write(to: URL(fileURLWithPath: path + "/" + name), options: .atomic)
        context.print(folder + "/" + name)
    }

    private func templateFile(_ template: PolicyTemplate, _ context: Context) throws -> InputFile {
        let file = context.file("deploy/" + template.fileName)
        guard file.exists else {
            throw CommandError("deploy/\(template.fileName) can't be read; run relayctl in the project's folder")
        }
        return file
    }
}
