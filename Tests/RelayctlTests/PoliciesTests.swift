import Deployment
import Foundation
import Testing

@Suite("relayctl policies and relayctl module")
struct PoliciesTests {
    let folder: ProjectFolder

    init() throws {
        folder = try ProjectFolder()
    }

    @Test("The three policies are written to aws/rendered, filled in, and told by path")
    func rendering() throws {
        let outcome = try folder.relayctl("policies", "dev", "--account", "123456789012")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        let files = outcome.output.split(separator: "\n").map(String.init)
        #expect(files == PolicyTemplate.allCases.map { "aws/rendered/" + $0.fileName })
        for file in files {
            let policy = try String(contentsOf: folder.url.appendingPathComponent(file), encoding: .utf8)
            #expect(!policy.contains("<"))
            _ = try JSONSerialization.jsonObject(with: Data(policy.utf8))
        }
    }

    @Test("What can't be filled in is one line, and nothing is written")
    func nothingWritten() throws {
        func message(_ words: String..., status: Int32 = 1) throws -> String {
            let outcome = try folder.run(["policies", "dev"] + words)
            #expect(outcome.status == status && outcome.output.isEmpty)
            #expect(!folder.exists("aws"))
            return outcome.errors
        }
        for account in ["12345678901", "1234567890123", "1234-5678-9012", ""] {
            #expect(try message("--account", account, status: 2).contains("12 digits"))
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

    @Test("The module type holds the URL, or a place for the API's id where it is not known")
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
