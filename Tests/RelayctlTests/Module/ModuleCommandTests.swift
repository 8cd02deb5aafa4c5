import Foundation
import Testing

@Suite("relayctl module")
struct ModuleCommandTests {
    let folder: ProjectFolder
    private let secret = "sEcReT0123456789abcdefghijklmnopqrstuvwxyz"
    private let url = "https://ID.execute-api.us-east-1.amazonaws.com/dev"

    init() throws {
        folder = try ProjectFolder()
    }

    private func properties(_ json: String) throws -> [String: Any] {
        let type = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        return try #require(type["properties"] as? [String: Any])
    }

    private func contents(_ name: String) throws -> String {
        try String(contentsOf: folder.url.appendingPathComponent(name), encoding: .utf8)
    }

    private func mode(_ name: String) throws -> Int? {
        let path = folder.url.appendingPathComponent(name).path
        return try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("Without --auth, and with bearer, the type is printed", arguments: [[], ["--auth", "bearer"]])
    func bearer(words: [String]) throws {
        let outcome = try folder.run(["module", "dev", "--url", url + "/"] + words)
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        let properties = try properties(outcome.output)
        #expect(properties["auth-type"] as? String == "bearer")
        #expect(properties["url"] as? String == url)
    }

    @Test("rs256 is for this relay, and says which variables the function needs")
    func rs256() throws {
        let outcome = try folder.relayctl("module", "dev", "--url", url, "--auth", "rs256")
        #expect(outcome.status == 0)
        let properties = try properties(outcome.output)
        #expect(properties["configuration-token-audience"] as? String == url)
        #expect(properties["custom_jwks_host"] as? String == "visibility.amp.cisco.com")
        #expect(outcome.errors.contains("JWKS_HOST=visibility.amp.cisco.com\n"))
        #expect(outcome.errors.contains("TOKEN_AUDIENCE=\(url)\n"))
        let host = "visibility.eu.amp.cisco.com"
        let other = try folder.relayctl("module", "dev", "--url", url, "--auth", "rs256", "--jwks-host", host)
        #expect(try self.properties(other.output)["custom_jwks_host"] as? String == host)
    }

    @Test(
        "The platform's host is that of the AWS region, unless the settings name one",
        arguments: [
            ("us-west-2", "{}", "visibility.amp.cisco.com"), ("eu-west-1", "{}", "visibility.eu.amp.cisco.com"),
            ("ap-northeast-1", "{}", "visibility.apjc.amp.cisco.com"),
            ("eu-west-1", #"{"JWKS_HOST": "visibility.amp.cisco.com"}"#, "visibility.amp.cisco.com"),
        ]
    )
    func host(region: String, variables: String, host: String) throws {
        try folder.write(
            #"{"dev": {"project_name": "p", "role_name": "r", "aws_region": "\#(region)", "aws_environment_variables": \#(variables)}}"#,
            to: "zappa_settings.json"
        )
        let outcome = try folder.relayctl("module", "dev", "--url", url, "--auth", "rs256")
        #expect(try properties(outcome.output)["custom_jwks_host"] as? String == host)
    }

    @Test("hs256 writes the SECRET_KEY to a file of the owner's only, and says who can read it on the platform")
    func hs256() throws {
        try folder.write(secret + "\n", to: "secret.txt")
        let words = ["module", "dev", "--url", url, "--auth", "hs256", "--secret-file", "secret.txt"]
        let outcome = try folder.bash("umask 0 && $0 " + words.joined(separator: " "))
        #expect(outcome.status == 0)
        #expect(outcome.output.isEmpty)
        #expect(!outcome.errors.contains(secret))
        #expect(outcome.errors.contains("configuration-token-key"))
        #expect(outcome.errors.contains("administrators"))
        #expect(try properties(contents("module_type.json"))["configuration-token-key"] as? String == secret)
        #expect(try mode("module_type.json") == 0o600)

        let again = try folder.run(words)
        #expect(again.status == 2)
        #expect(again.errors == "relayctl module: module_type.json is there; remove it, or use --output FILE\n")
        let named = try folder.run(words + ["-o", "other.json"])
        #expect(named.status == 0)
        #expect(try contents("other.json") == contents("module_type.json"))
    }

    @Test("The SECRET_KEY may come from standard input, and a weak one is warned about")
    func standardInput() throws {
        let outcome = try folder.run(
            ["module", "dev", "--url", url, "--auth", "hs256", "--secret-file", "-"],
            input: "short\n"
        )
        #expect(outcome.status == 0)
        #expect(outcome.errors.hasPrefix("warning: the SECRET_KEY has 5 bytes; "))
        #expect(try properties(contents("module_type.json"))["configuration-token-key"] as? String == "short")
    }

    @Test("A file is not written through a link, nor to where it can't be")
    func unwritable() throws {
        try folder.write("untouched", to: "target")
        let link = folder.url.appendingPathComponent("link.json").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target")
        let linked = try folder.relayctl("module", "dev", "--url", url, "-o", "link.json")
        #expect(linked.status == 2)
        #expect(try contents("target") == "untouched")
        let nowhere = try folder.relayctl("module", "dev", "--url", url, "-o", "absent/type.json")
        #expect(nowhere.status == 1)
        #expect(nowhere.errors == "relayctl module: absent/type.json: can't be written: No such file or directory\n")
    }

    @Test(
        "Options that do not belong together are one line and status 2",
        arguments: [
            (["--auth", "hs256"], "--auth hs256 needs --secret-file"),
            (["--secret-file", "x"], "--secret-file belongs to --auth hs256"),
            (["--auth", "rs256", "--secret-file", "x"], "--secret-file belongs to --auth hs256"),
            (["--jwks-host", "x"], "--jwks-host belongs to --auth rs256"),
            (["--auth", "none"], "--auth takes bearer, hs256 or rs256"),
        ]
    )
    func usage(words: [String], message: String) throws {
        let outcome = try folder.run(["module", "dev", "--url", url] + words)
        #expect(outcome.status == 2)
        #expect(outcome.errors == "relayctl module: \(message)\n")
    }
}
