import Deployment
import Foundation
import Testing

@Suite("relayctl policies and relayctl module")
struct PoliciesTests {
    let folder: ProjectFolder

    init() throws {
        folder = try ProjectFolder()
    }

    @Test("The three policies are written, the stage's two to a folder of its own, filled in, and told by path")
    func rendering() throws {
        let outcome = try folder.relayctl("policies", "dev", "--account", "123456789012")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        let files = outcome.output.split(separator: "\n").map(String.init)
        #expect(
            files == [
                "aws/rendered/ZappaLambdaDeploymentPolicy.json", "aws/rendered/dev/ZappaLambdaExecutionPolicy.json",
                "aws/rendered/dev/TrustRelationship.json",
            ]
        )
        for file in files {
            let policy = try String(contentsOf: folder.url.appendingPathComponent(file), encoding: .utf8)
            #expect(!policy.contains("<"))
            _ = try JSONSerialization.jsonObject(with: Data(policy.utf8))
        }
    }

    @Test("A second stage leaves the policies of the first, and one deployment policy is for both")
    func secondStage() throws {
        try folder.write(
            """
            {"prod": {"extends": "dev", "role_name": "of-prod"},
                "dev": {"project_name": "p", "aws_region": "us-east-1", "role_name": "of-dev"},
                "half": {"project_name": "p"},
                "elsewhere": {"project_name": "p", "aws_region": "us-east-1",
                    "role_arn": "arn:aws:iam::999999999999:role/r"}}
            """,
            to: "zappa_settings.json"
        )
        func read(_ file: String) throws -> String {
            try String(contentsOf: folder.url.appendingPathComponent("aws/rendered/" + file), encoding: .utf8)
        }
        let outcome = try folder.relayctl("policies", "dev", "--account", "123456789012")
        #expect(outcome.status == 0 && outcome.errorLines.count == 2)
        #expect(outcome.errors.contains("note: zappa_settings.json: half: aws_region: is missing; the"))
        #expect(outcome.errors.contains("elsewhere: role_arn: is a role of the account 999999999999"))
        let deployment = try read("ZappaLambdaDeploymentPolicy.json")
        #expect(deployment.contains(":role/of-dev\"") && deployment.contains(":role/of-prod\""))
        #expect(!deployment.contains("999999999999"))
        let dev = try read("dev/ZappaLambdaExecutionPolicy.json")
        #expect(try folder.relayctl("policies", "prod", "--account", "123456789012").status == 0)
        #expect(try read("ZappaLambdaDeploymentPolicy.json") == deployment)
        #expect(try read("dev/ZappaLambdaExecutionPolicy.json") == dev && dev.contains("/p-dev:*"))
        #expect(try read("prod/ZappaLambdaExecutionPolicy.json").contains("/p-prod:*"))
    }

    @Test("Where nothing can be written is one line with the path and the reason, and status 1")
    func unwritable() throws {
        func message(_ output: String) throws -> String {
            let outcome = try folder.relayctl("policies", "dev", "--account", "123456789012", "--output", output)
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            return outcome.errors
        }
        #expect(try message("/proc/x") == "relayctl policies: /proc/x: No such file or directory\n")
        #expect(try message("zappa_settings.json").hasSuffix("/zappa_settings.json: File exists\n"))
        let file = "out/ZappaLambdaDeploymentPolicy.json"
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent(file),
            withIntermediateDirectories: true
        )
        #expect(try message("out").hasSuffix("/\(file): Is a directory\n"))
    }

    @Test("What can't be filled in is one line and status 2, and nothing is written")
    func nothingWritten() throws {
        func message(_ words: String...) throws -> String {
            let outcome = try folder.run(["policies", "dev"] + words)
            #expect(outcome.status == 2 && outcome.output.isEmpty)
            #expect(!folder.exists("aws"))
            return outcome.errors
        }
        for account in ["12345678901", "1234567890123", "1234-5678-9012", ""] {
            #expect(try message("--account", account).contains("12 digits"))
        }
        try folder.write(#"{"Version": "2012-10-17", "Id": "<BUCKET>"}"#, to: "deploy/TrustRelationship.json")
        #expect(
            try message("--account", "123456789012")
                == "relayctl policies: TrustRelationship.json has a placeholder that is not known: <BUCKET>\n"
        )
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("deploy/TrustRelationship.json"))
        #expect(try message("--account", "123456789012").contains("deploy/TrustRelationship.json can't be read"))
        try folder.write(
            #"{"dev": {"project_name": "p", "aws_region": "us-east-1", "role_name": "no role"}}"#,
            to: "zappa_settings.json"
        )
        #expect(
            try message("--account", "123456789012").contains("zappa_settings.json: dev: role_name: takes up to 64")
        )
    }

    @Test("The module type holds the URL, or a place for the API's id if it is not known")
    func module() throws {
        struct ModuleType: Decodable {
            let title: String
            let properties: [String: Value]

            enum Value: Decodable {
                case text(String)
                case list([String])

                init(from decoder: any Decoder) throws {
                    let container = try decoder.singleValueContainer()
                    self =
                        try (try? container.decode(String.self)).map(Value.text)
                        ?? .list(container.decode([String].self))
                }
            }
        }
        func url(_ words: String...) throws -> String? {
            let outcome = try folder.run(["module", "dev"] + words)
            #expect(outcome.status == 0)
            let type = try JSONDecoder().decode(ModuleType.self, from: Data(outcome.output.utf8))
            #expect(type.title == "SecurityTrails")
            guard case .text(let url)? = type.properties["url"] else { return nil }
            return url
        }
        #expect(try url("--url", "https://abc.example/dev/") == "https://abc.example/dev")
        #expect(try url() == "https://<API_ID>.execute-api.us-east-1.amazonaws.com/dev")
    }
}
