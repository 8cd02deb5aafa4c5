import Foundation
import Loopback

/// The IAM policies in `deploy/`, with placeholders where an account's own values go.
package enum PolicyTemplate: String, CaseIterable, Sendable {
    /// What the user who deploys may do.
    case deployment = "ZappaLambdaDeploymentPolicy.json"
    /// What the function may do.
    case execution = "ZappaLambdaExecutionPolicy.json"
    /// Who may take the function's role.
    case trust = "TrustRelationship.json"

    /// Characters of a managed policy, white space left out.
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    private static let limit = 6_144

    /// The file's name in `deploy/`.
    package var fileName: String { rawValue }

    /// The template with every placeholder filled in for each of the stages: a string that is not the same for all of
    /// them becomes the list of what it is for each.
    package func rendered(
        _ template: String,
        account: AccountID,
        stages: [StageSettings]
    ) throws(PolicyError) -> String {
        for stage in stages { try account.checkRole(of: stage) }
        let policy = template.replacing(/(?<key>: )?"(?<text>[^"<]*<[^"]*)"/) { match in
            let texts = Set(stages.map { filled(match.text, account, $0) }).sorted().map { "\"\($0)\"" }
            let line = template[..<match.range.lowerBound].split(separator: "\n").last ?? ""
            let newLine = "\n" + line.prefix { $0 == " " }
            if match.key == nil { return texts.joined(separator: "," + newLine) }
            if texts.count == 1 { return ": " + texts[0] }
            return ": [" + texts.map { newLine + "    " + $0 }.joined(separator: ",") + newLine + "]"
        }
        if let left = policy.firstMatch(of: /<[A-Za-z_ -]+>/) {
            throw .placeholderLeft(file: fileName, placeholder: String(left.output))
        }
        guard (try? JSONDecoder().decode(Policy.self, from: Data(policy.utf8))) != nil else {
            throw .noPolicy(file: fileName)
        }
        let size = policy.count { !$0.isWhitespace }
        guard size <= Self.limit else { throw .tooLong(file: fileName, size: size, limit: Self.limit) }
        return policy
    }

    private func filled(_ text: Substring, _ account: AccountID, _ stage: StageSettings) -> String {
        let values = [
            "<ACCOUNT_ID>": account.digits,
            "<REGION>": stage.region,
            "<FUNCTION>": stage.functionName,
            "<ROLE>": stage.role.path,
        ]
        return values.reduce(String(text)) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
    }

    /// The statements of a template that allow an action, by their Sids; none if the text is no policy.
    package static func statements(of template: String, allowing action: String) -> [String] {
        let policy = try? JSONDecoder().decode(Policy.self, from: Data(template.utf8))
        return policy?.statements.filter { $0.actions.contains(action) }.compactMap(\.sid) ?? []
    }

    /// What is read of an IAM policy; the least that makes a JSON text one.
    private struct Policy: Decodable {
        let version: String
        let statements: [Statement]

        struct Statement: Decodable {
            let sid: String?
            let effect: String
            let actions: [String]

            enum CodingKeys: String, CodingKey {
                case sid = "Sid"
                case effect = "Effect"
                case actions = "Action"
            }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                sid = try container.decodeIfPresent(String.self, forKey: .sid)
                effect = try container.decode(String.self, forKey: .effect)
                let one = try? container.decode(String.self, forKey: .actions)
                actions = try one.map { [$0] } ?? container.decode([String].self, forKey: .actions)
            }
        }

        enum CodingKeys: String, CodingKey {
            case version = "Version"
            case statements = "Statement"
        }
    }
}

/// The number of an AWS account: 12 digits.
package struct AccountID: Equatable, Sendable {
    /// The number.
    package let digits: String

    /// Nil for anything but 12 digits.
    package init?(_ text: String) {
        guard text.wholeMatch(of: /[0-9]{12}/) != nil else { return nil }
        digits = text
    }

    /// Throws if the stage's role is one of another account.
    package func checkRole(of settings: StageSettings) throws(PolicyError) {
        if case .arn(let other, _) = settings.role, other != digits {
            throw .roleOfAnotherAccount(stage: settings.stage, account: other)
        }
    }
}

/// Why a policy can't be rendered.
package enum PolicyError: InputError, Equatable {
    /// A stage's role_arn belongs to another account, whose roles this one can't hand to Lambda.
    case roleOfAnotherAccount(stage: String, account: String)
    /// A placeholder that nothing stands for.
    case placeholderLeft(file: String, placeholder: String)
    /// The template is not an IAM policy.
    case noPolicy(file: String)
    /// The policy has more characters than IAM takes.
    case tooLong(file: String, size: Int, limit: Int)

    /// The one line.
    package var description: String {
        switch self {
        case .roleOfAnotherAccount(let stage, let account):
            "\(SettingsFile.name): \(stage): role_arn: is a role of the account \(account)"
        case .placeholderLeft(let file, let placeholder): "\(file) has a placeholder that is not known: \(placeholder)"
        case .tooLong(let file, let size, let limit):
            "\(file) would have \(size) characters, and IAM takes \(limit): keep some of the stages in a settings file of "
                + "their own"
        case .noPolicy(let file): "\(file) is not an IAM policy: JSON with Version and Statement"
        }
    }
}
