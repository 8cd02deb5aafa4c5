import Deployment
import Foundation
import Loopback

/// `relayctl policies`: the IAM policies of `deploy/`, filled in for an account, its stages and one of them.
struct PoliciesCommand: Subcommand {
    static let name = "policies"
    static let summary = "Write the IAM policies of an account and a stage"
    static let synopsis = "STAGE --account NUMBER [OPTION]..."
    static let discussion = """
        Fills in the templates in deploy/ and writes them to aws/rendered/: what the
        user who deploys may do, for all stages of zappa_settings.json; and in a folder
        of the stage's name what its function may do, and who may take its role.
        aws/HOWTO.md says where each one goes. Nothing is written if one of them
        can't be filled in. Nothing is sent to AWS.

          relayctl policies dev --account 123456789012

        With --cloudformation, one template for the user, its policy, and the roles of
        all stages with theirs is written instead, and the command that makes a stack
        of it is shown. An administrator runs that command.
        """
    static let options = [
        Option("--account", value: "NUMBER", help: "the AWS account, 12 digits"),
        Option("--cloudformation", help: "write a CloudFormation template instead"),
        Option("--output", value: "FOLDER", help: "where the policies are written (default: aws/rendered)"),
    ]

    private let stage: String
    private let account: AccountID
    private let output: String
    private let isStack: Bool

    init(_ arguments: Arguments) throws {
        stage = try arguments.only("STAGE")
        guard let number = arguments.value("--account") else { throw CommandError("--account is missing; see --help") }
        guard let account = AccountID(number) else {
            throw CommandError("--account takes the 12 digits of an AWS account, without hyphens")
        }
        self.account = account
        output = arguments.value("--output") ?? "aws/rendered"
        isStack = arguments.has("--cloudformation")
    }

    func run(_ context: Context) throws -> Int32 {
        let file = try SettingsFile(context.file(SettingsFile.name))
        let settings = try file.stage(stage)
        let all = [settings] + others(in: file, context)
        if isStack { return try writeStack(all, context) }
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

    private func writeStack(_ stages: [StageSettings], _ context: Context) throws -> Int32 {
        let stack = AccessStack(account: account, stages: stages)
        let template = try stack.rendered { try templateFile($0, context).text() }
        try write(template, to: AccessStack.fileName, in: output, context)
        context.sayNext(
            ["aws", "cloudformation", "deploy", "--stack-name", AccessStack.name]
                + ["--template-file", "\(output)/\(AccessStack.fileName)", "--capabilities", "CAPABILITY_NAMED_IAM"]
        )
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
