import Foundation
import TestSupport
import Testing

@testable import Deployment

@Suite("IAM policies")
struct PolicyTests {
    @Test("Every placeholder is filled in, and what is left is an IAM policy", arguments: PolicyTemplate.allCases)
    func rendering(template: PolicyTemplate) throws {
        let policy = try rendered(template)
        #expect(!policy.contains("<") && !policy.contains(">"))
        #expect(policy.contains("\"2012-10-17\""))
    }

    @Test("The grammar: effects, actions, resources, and a Sid of letters and digits for every statement")
    func grammar() throws {
        for template in PolicyTemplate.allCases {
            let statements = try statements(of: template)
            #expect(!statements.isEmpty)
            #expect(Set(statements.map(\.sid)).count == statements.count)
            for statement in statements {
                #expect(statement.sid.wholeMatch(of: /[A-Za-z0-9]{10,100}/) != nil, "\(statement.sid)")
                #expect(statement.effect == "Allow")
                #expect(!statement.actions.isEmpty)
                #expect(statement.actions.allSatisfy { $0.wholeMatch(of: /[a-z]+:[A-Za-z]+/) != nil })
                #expect(statement.resources.isEmpty == (template == .trust))
            }
        }
    }

    @Test("Least privilege: resources of this account, region and project; no wildcard for an action or all of them")
    func leastPrivilege() throws {
        for template in [PolicyTemplate.deployment, .execution] {
            for resource in try statements(of: template).flatMap(\.resources) {
                let own = [
                    "arn:aws:iam::123456789012:role/r", "arn:aws:lambda:eu-west-1:123456789012:function:my-relay-dev",
                    "arn:aws:lambda:eu-west-1:123456789012:function:my-relay-dev:*",
                    "arn:aws:logs:eu-west-1:123456789012:log-group:*",
                    "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/my-relay-dev",
                    "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/my-relay-dev:*",
                    "arn:aws:apigateway:eu-west-1::/restapis", "arn:aws:apigateway:eu-west-1::/restapis/*",
                ]
                #expect(own.contains(resource), "\(resource)")
            }
        }
        // What lists log groups can't be narrowed to some.
        let broad = try statements(of: .deployment).filter { $0.resources.contains { $0.hasSuffix(":log-group:*") } }
        #expect(broad.flatMap(\.actions) == ["logs:DescribeLogGroups"])
        let execution = try statements(of: .execution)
        #expect(execution.flatMap(\.actions) == ["logs:CreateLogStream", "logs:PutLogEvents"])
        #expect(
            execution.flatMap(\.resources) == [
                "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/my-relay-dev:*"
            ]
        )
    }

    @Test("For several stages a string of the deployment policy is what it is for each, once, sorted; the rest stays")
    func severalStages() throws {
        let stages = ["us-east-1 r2", "eu-west-1 r1", "eu-west-1 r2"].map { $0.split(separator: " ") }
        let text = stages.enumerated().map { index, values in
            """
            "s\(index)": {"project_name": "p", "aws_region": "\(values[0])", "role_name": "\(values[1])"}
            """
        }
        let file = try SettingsFile(text: "{\(text.joined(separator: ", "))}".utf8, file: "s.json")
        let settings = try file.stageNames.map(file.stage)
        let account = try #require(AccountID("123456789012"))
        func render(_ template: String) throws -> String {
            try PolicyTemplate.deployment.rendered(template, account: account, stages: settings)
        }
        let policy = try render(try String(contentsOf: source(of: .deployment), encoding: .utf8))
        let statements = try statements(in: policy)
        #expect(
            statements.first { $0.actions == ["iam:PassRole"] }?.resources == [
                "arn:aws:iam::123456789012:role/r1", "arn:aws:iam::123456789012:role/r2",
            ]
        )
        #expect(
            statements.first { $0.actions == ["lambda:AddPermission"] }?.resources == [
                "arn:aws:lambda:eu-west-1:123456789012:function:p-s1",
                "arn:aws:lambda:eu-west-1:123456789012:function:p-s2",
                "arn:aws:lambda:us-east-1:123456789012:function:p-s0",
                "arn:aws:lambda:eu-west-1:123456789012:function:p-s1:*",
                "arn:aws:lambda:eu-west-1:123456789012:function:p-s2:*",
                "arn:aws:lambda:us-east-1:123456789012:function:p-s0:*",
            ]
        )
        let head = #"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["a:B"],"#
        #expect(
            try render("\(head)\n    \"Resource\": \"<ROLE>\"\n}]}")
                == "\(head)\n    \"Resource\": [\n        \"r1\",\n        \"r2\"\n    ]\n}]}"
        )
        #expect(
            try render("\(head) \"Resource\": [\n    \"<ROLE>\",\n    \"x\"\n]}]}")
                == "\(head) \"Resource\": [\n    \"r1\",\n    \"r2\",\n    \"x\"\n]}]}"
        )
    }

    @Test("The guide to AWS's errors names every statement of the deployment policy and every action")
    func guide() throws {
        let guide = try String(contentsOf: project.appendingPathComponent("aws/CommonErrors.md"), encoding: .utf8)
        for statement in try statements(of: .deployment) {
            let row = guide.split(separator: "\n").first { $0.contains("`\(statement.sid)`") }
            for action in statement.actions {
                let name = action.split(separator: ":").last ?? ""
                #expect(row?.contains(name) == true, "\(statement.sid) \(action)")
            }
        }
    }

    @Test(
        "The linter of CloudFormation finds nothing wrong with the policies in a template",
        .enabled(if: hasCFNLint, "python3 has no cfn-lint")
    )
    func cfnLint() throws {
        let (status, output) = try lint(try PolicyTemplate.allCases.map(rendered))
        #expect(status == 0, "\(output)")
    }

    @Test(
        "The linter of CloudFormation would find something wrong",
        .enabled(if: hasCFNLint, "python3 has no cfn-lint")
    )
    func cfnLintFinds() throws {
        let wrong = try rendered(.deployment).replacing("\"Effect\"", with: "\"Efect\"")
        #expect(try lint([wrong, try rendered(.execution), try rendered(.trust)]).status != 0)
    }

    @Test("A policy that is longer than IAM takes is refused")
    func length() throws {
        let stages = (1...40).map {
            #""stage\#($0)": {"project_name": "p", "aws_region": "us-east-1", "role_name": "r"}"#
        }
        let file = try SettingsFile(text: "{\(stages.joined(separator: ", "))}".utf8, file: "s.json")
        let template = try String(contentsOf: source(of: .deployment), encoding: .utf8)
        let error = #expect(throws: PolicyError.self) {
            try PolicyTemplate.deployment.rendered(
                template,
                account: try #require(AccountID("123456789012")),
                stages: try file.stageNames.map(file.stage)
            )
        }
        #expect(error?.description.contains(" characters, and IAM takes 6144: ") == true)
    }

    @Test(
        "An account is 12 digits",
        arguments: ["", "1", "1234-5678-9012", "1234567890123", "12345678901x", "１２３４５６７８９０１２"]
    )
    func accounts(text: String) {
        #expect(AccountID(text) == nil)
    }

    @Test("A placeholder that is left, a text that is no policy, and another account's role are errors")
    func refusals() throws {
        let account = try #require(AccountID("123456789012"))
        func error(_ template: String, _ settings: StageSettings) -> PolicyError? {
            #expect(throws: PolicyError.self) {
                try PolicyTemplate.execution.rendered(template, account: account, stages: [settings])
            }
        }
        let file = PolicyTemplate.execution.fileName
        #expect(error("<BUCKET>", try stage()) == .placeholderLeft(file: file, placeholder: "<BUCKET>"))
        #expect(error("{}", try stage()) == .noPolicy(file: file))
        let text = """
            {"dev": {"project_name": "p", "aws_region": "us-east-1", "role_arn": "arn:aws:iam::999999999999:role/r"}}
            """
        let settings = try SettingsFile(text: text.utf8, file: "s.json").stage("dev")
        #expect(error("{}", settings) == .roleOfAnotherAccount(stage: "dev", account: "999999999999"))
    }
}

private struct Statement: Decodable {
    let sid: String
    let effect: String
    let actions: [String]
    let resources: [String]

    enum CodingKeys: String, CodingKey {
        case sid = "Sid"
        case effect = "Effect"
        case actions = "Action"
        case resources = "Resource"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        sid = try container.decode(String.self, forKey: .sid)
        effect = try container.decode(String.self, forKey: .effect)
        func strings(_ key: CodingKeys) throws -> [String] {
            guard container.contains(key) else { return [] }
            if let one = try? container.decode(String.self, forKey: key) { return [one] }
            return try container.decode([String].self, forKey: key)
        }
        actions = try strings(.actions)
        resources = try strings(.resources)
    }
}

private func statements(of template: PolicyTemplate) throws -> [Statement] {
    try statements(in: try rendered(template))
}

private func statements(in policy: String) throws -> [Statement] {
    struct Policy: Decodable {
        let statements: [Statement]

        enum CodingKeys: String, CodingKey {
            case statements = "Statement"
        }
    }
    return try JSONDecoder().decode(Policy.self, from: Data(policy.utf8)).statements
}

private func rendered(_ template: PolicyTemplate) throws -> String {
    let text = """
        {"dev": {"project_name": "My_Relay", "aws_region": "eu-west-1", "role_name": "r"}}
        """
    return try template.rendered(
        try String(contentsOf: source(of: template), encoding: .utf8),
        account: try #require(AccountID("123456789012")),
        stages: [try SettingsFile(text: text.utf8, file: "s.json").stage("dev")]
    )
}

private func source(of template: PolicyTemplate) -> URL {
    project.appendingPathComponent("deploy").appendingPathComponent(template.fileName)
}

private let hasCFNLint = (try? run(["cfn-lint", "--version"]).status) == 0

/// Checks the three policies, embedded in a CloudFormation template.
private func lint(_ policies: [String]) throws -> (status: Int32, output: String) {
    let template = """
        {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Resources": {
                "Deployment": {
                    "Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": \(policies[0])}
                },
                "Execution": {
                    "Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": \(policies[1])}
                },
                "Role": {
                    "Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": \(policies[2])}
                }
            }
        }
        """
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".json")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(template.utf8).write(to: file)
    return try run(["cfn-lint", "--template", file.path])
}

private func run(_ words: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.environment = hermeticEnvironment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
