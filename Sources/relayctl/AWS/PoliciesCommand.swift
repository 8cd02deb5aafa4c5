import Deployment
import Foundation

/// `relayctl policies`: the IAM policies of `deploy/`, filled in for an account, its stages and one of them.
struct PoliciesCommand: Subcommand {
    static let name = "policies"
    static let summary = "Write the IAM policies of an account and a stage"
    static let synopsis = "STAGE --account NUMBER [--output FOLDER]"
    static let discussion = """
        Fills in the templates in deploy/ and writes them to aws/rendered/: what the
        user who deploys may do, for all stages of zappa_settings.json; and in a folder
        of the stage's name what its function may do, and who may take its role.
        aws/HOWTO.md says where each one goes. Nothing is written where one of them
        can't be filled in. Nothing is sent to AWS.

          relayctl policies dev --account 123456789012
        """
    static let options = [
        Option("--account", value: "NUMBER", help: "the AWS account, 12 digits"),
        Option("--output", value: "FOLDER", help: "where the policies are written (default: aws/rendered)"),
    ]

    private let stage: String
    private let account: AccountID
    private let output: URL

    init(_ arguments: Arguments) throws {
        stage = try arguments.only("STAGE")
        guard let number = arguments.value("--account") else { throw UsageError("--account is missing; see --help") }
        guard let account = AccountID(number) else {
            throw UsageError("--account takes the 12 digits of an AWS account, without hyphens")
        }
        self.account = account
        output = URL(fileURLWithPath: arguments.value("--output") ?? "aws/rendered", isDirectory: true)
    }

    func run() throws -> Int32 {
        let file = try SettingsFile()
        let settings = try file.stage(stage)
        let all = [settings] + others(in: file)
        let policies = try PolicyTemplate.allCases.map { template in
            let text = try String(contentsOf: templateFile(template), encoding: .utf8)
            let stages = template == .deployment ? all : [settings]
            return (template, try template.rendered(text, account: account, stages: stages))
        }
        for (template, policy) in policies {
            let folder = template == .deployment ? output : output.appendingPathComponent(stage, isDirectory: true)
            try write(policy, to: template.fileName, in: folder)
        }
        return 0
    }

    /// The other stages of the account. One user deploys them all, so one policy has to allow it.
    private func others(in file: SettingsFile) -> [StageSettings] {
        file.stageNames.filter { $0 != stage }.compactMap { name in
            do {
                let settings = try file.stage(name)
                try account.checkRole(of: settings)
                return settings
            } catch {
                say("note: \(error); the deployment policy leaves the stage '\(name)' out")
                return nil
            }
        }
    }

    private func write(_ policy: String, to name: String, in folder: URL) throws {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(policy.utf8).write(to: file, options: .atomic)
        print(file.relativePath)
    }

    private func templateFile(_ template: PolicyTemplate) throws -> URL {
        let file = URL(fileURLWithPath: "deploy").appendingPathComponent(template.fileName)
        guard FileManager.default.isReadableFile(atPath: file.path) else {
            throw UsageError("deploy/\(template.fileName) can't be read; run relayctl in the project's folder")
        }
        return file
    }
}
