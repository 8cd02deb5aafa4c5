import Foundation
import Loopback
import Testing

@testable import Deployment

@Suite("Profiles of ~/.aws")
struct ProfileTests {
    private let home: HomeFolder

    init() throws {
        home = try HomeFolder()
    }

    @Test(
        "A file is read as AWS's own tools read it",
        arguments: [
            "[p]\n    aws_access_key_id = A\n    aws_secret_access_key = a\n",
            "[p]\nAWS_ACCESS_KEY_ID = A\nAws_Secret_Access_Key = a\n",
            "[p]\naws_access_key_id: A\naws_secret_access_key:a\n",
            "\u{FEFF}[p]\r\naws_access_key_id = A\r\naws_secret_access_key = a\r\n",
            "[p] # mine\naws_access_key_id = A\n\n  # a comment\n; another\naws_secret_access_key = a\n",
            "[DEFAULT]\naws_access_key_id = A\n[p]\naws_secret_access_key = a\n",
        ]
    )
    func spellings(text: String) throws {
        try home.write(text, to: ".aws/credentials")
        let expected = Credentials(accessKeyID: "A", secretAccessKey: "a", sessionToken: nil)
        #expect(try home.find(profile: "p").credentials == expected)
    }

    @Test(
        "A profile of the configuration file may be quoted, after several blanks or a tab, and default may be one",
        arguments: [
            ("[profile \"my relay\"]", "my relay"), ("[profile 'my relay']", "my relay"),
            ("[profile my\\ relay]", "my relay"), ("[profile   p]", "p"), ("[profile\tp]", "p"),
            ("[profile default]", "default"), ("[default]", "default"),
        ]
    )
    func names(header: String, name: String) throws {
        try home.write("\(header)\n\(pair("A"))", to: ".aws/config")
        #expect(try home.find(profile: name).credentials.accessKeyID == "A")
    }

    @Test(
        "A file that AWS's own tools refuse is refused, with the line",
        arguments: [
            ("aws_access_key_id = A\n", 1), ("[p]\ngarbage\n", 2), ("[p]\n[p]\n", 2),
            ("[p]\naws_access_key_id = A\nAWS_ACCESS_KEY_ID = B\n", 3), ("[p]\n= A\n", 2),
        ]
    )
    func malformed(text: String, line: Int) throws {
        try home.write(text, to: ".aws/credentials")
        let error = #expect(throws: CredentialsError.self) { try home.find(profile: "p") }
        #expect(error?.description.contains("/.aws/credentials:\(line): can't be read: ") == true)
    }

    @Test("aws_security_token is a session token, and ~ and variables in the files' paths are replaced")
    func tokenAndPaths() throws {
        try home.write("[default]\n\(pair("A"))aws_security_token = t\n", to: "keys")
        for path in ["~/keys", "$HOME/keys", "${HOME}/keys"] {
            #expect(try home.find(["AWS_SHARED_CREDENTIALS_FILE": path]).credentials.sessionToken == "t")
        }
        try home.write("[profile default]\n\(pair("B"))", to: "config")
        #expect(try home.find(["AWS_CONFIG_FILE": "~/config"]).credentials.accessKeyID == "B")
    }

    @Test("--profile, AWS_DEFAULT_PROFILE, AWS_PROFILE and the settings' profile go before the environment's keys")
    func order() throws {
        try home.write(["a", "b", "c", "d", "default"].map { "[\($0)]\n\(pair($0))" }.joined(), to: ".aws/credentials")
        var environment = [
            "AWS_DEFAULT_PROFILE": "b", "AWS_PROFILE": "c", "AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "e",
        ]
        let first = try home.find(environment, profile: "d", chosen: "a")
        #expect(first.credentials.accessKeyID == "a")
        #expect(first.note == "signing with the profile 'a' (--profile), not with the environment's AWS_ACCESS_KEY_ID")
        #expect(try home.find(environment, profile: "d").credentials.accessKeyID == "b")
        environment["AWS_DEFAULT_PROFILE"] = nil
        #expect(try home.find(environment, profile: "d").credentials.accessKeyID == "c")
        environment["AWS_PROFILE"] = nil
        let settings = try home.find(environment, profile: "d")
        #expect(settings.credentials.accessKeyID == "d")
        #expect(
            settings.note == "signing with the profile 'd' (profile_name), not with the environment's AWS_ACCESS_KEY_ID"
        )
    }

    @Test("The environment's keys are used if the settings' profile is not there, or there is none; default comes last")
    func environmentsKeys() throws {
        try home.write("[default]\n\(pair("D"))", to: ".aws/credentials")
        let environment = ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "e"]
        let unknown = try home.find(environment, profile: "none")
        #expect(unknown.credentials.accessKeyID == "E")
        #expect(unknown.note?.hasSuffix("there is no profile 'none' (profile_name)") == true)
        #expect(try home.find(environment) == .init(credentials: unknown.credentials, note: nil))
        #expect(try home.find().credentials.accessKeyID == "D")
        #expect(throws: CredentialsError.noProfile("none")) { try home.find(environment, chosen: "none") }
    }

    @Test("A profile with a role is that role, even if it has keys of its own")
    func role() throws {
        try home.write("[profile serverless]\nrole_arn = arn:aws:iam::210987654321:role/deployer\n", to: ".aws/config")
        try home.write("[serverless]\n\(pair("A"))", to: ".aws/credentials")
        #expect(throws: CredentialsError.profileWithoutKeys("serverless")) { try home.find(profile: "serverless") }
        try home.installAWS()
        #expect(
            try home.find(profile: "serverless").credentials.accessKeyID
                == "configure,export-credentials,--profile,serverless,--format,process"
        )
    }

    @Test("Without a named profile and without files, the aws command is asked for this machine's credentials")
    func machine() throws {
        try home.installAWS()
        #expect(try home.find().credentials.accessKeyID == "configure,export-credentials,--format,process")
        #expect(throws: CredentialsError.noProfile("p")) { try home.find(profile: "p") }
    }

    @Test("Credentials of another Version, or that have expired, are refused")
    func commandOutput() throws {
        func refusal(_ members: String) throws -> CredentialsError? {
            let output = "{\"AccessKeyId\": \"P\", \"SecretAccessKey\": \"p\", \(members)}"
            try home.write("[profile p]\ncredential_process = echo '\(output)'\n", to: ".aws/config")
            do throws(CredentialsError) {
                _ = try home.find(profile: "p")
                return nil
            } catch {
                return error
            }
        }
        #expect(try refusal(#""Version": 2"#) == .unknownVersion(2, "credential_process"))
        #expect(try refusal(#""Region": "x""#) == .commandFailed("credential_process", profile: "p"))
        let past = "2025-12-31T23:59:59Z"
        #expect(try refusal(#""Version": 1, "Expiration": "\#(past)""#) == .expired("credential_process", past))
        #expect(try refusal(#""Version": 1, "Expiration": "soon""#) == .expired("credential_process", "soon"))
        #expect(try refusal(#""Version": 1, "Expiration": "2026-01-01T00:00:01.5Z""#) == nil)
        #expect(try refusal(#""Version": 1, "Expiration": "2026-01-01T01:00:01+00:00""#) == nil)
    }

    @Test("Values that no header can hold are refused, wherever they come from", arguments: ["\n", "\r", " ", "é"])
    func unusable(text: String) {
        let pair = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"]
        #expect(throws: CredentialsError.unusable("session token")) {
            try home.find(pair.merging(["AWS_SESSION_TOKEN": "t\(text)x-header: 1"]) { $1 })
        }
        #expect(throws: CredentialsError.unusable("secret access key")) {
            try home.find(pair.merging(["AWS_SECRET_ACCESS_KEY": "B\(text)"]) { $1 })
        }
    }

    @Test("A session token that is not one line is refused, and not left out")
    func nestedToken() throws {
        try home.write("[p]\n\(pair("A"))aws_session_token =\n  region = x\n", to: ".aws/credentials")
        #expect(throws: CredentialsError.unusable("session token")) { try home.find(profile: "p") }
    }

    @Test(
        "botocore and relayctl find the same in folders made at random, or both find nothing they can sign with",
        .enabled(if: hasBotocore, "python3 has no botocore")
    )
    func botocore() throws {
        let settings = ProcessInfo.processInfo.environment
        let count = settings["AWS_FOLDERS"].flatMap(Int.init) ?? 300
        let seed = settings["AWS_SEED"].flatMap(Int.init) ?? Int.random(in: 0...1_000_000_000)
        print("\(count) folders for ~/.aws, AWS_SEED=\(seed)")
        try home.installAWS(
            printing: #"{"Version": 1, "AccessKeyId": "DELEGATED", "SecretAccessKey": "x"}"#,
            ifThereIs: "delegated"
        )
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("aws_folders.py")
        let homes = home.url.appendingPathComponent("homes")
        let answers = try Tool(name: "python3").run([script.path, "\(count)", "\(seed)", homes.path])
            .split(separator: UInt8(ascii: "\n"))
        #expect(answers.count == count)
        for (number, answer) in answers.enumerated() {
            let expected = try JSONDecoder().decode(Expected.self, from: answer)
            let folder = homes.appendingPathComponent("\(number)").path
            let found = try? home.find(expected.environment.merging(["HOME": folder]) { $1 }).credentials
            let keys = found.map { [$0.accessKeyID, $0.secretAccessKey, $0.sessionToken] }
            #expect(keys == expected.answer, "AWS_SEED=\(seed), folder \(number): \(expected.environment)")
        }
    }

    private struct Expected: Decodable {
        let environment: [String: String]
        let answer: [String?]?
    }

    private func pair(_ id: String) -> String {
        "aws_access_key_id = \(id)\naws_secret_access_key = secret\n"
    }
}

private let hasBotocore = (try? Tool(name: "python3").run(["-c", "import botocore.session"])) != nil
