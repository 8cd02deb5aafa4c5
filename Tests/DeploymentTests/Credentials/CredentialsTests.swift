import Foundation
import Testing

@testable import Deployment

@Suite("AWS credentials")
struct CredentialsTests {
    private let home: HomeFolder

    init() throws {
        home = try HomeFolder()
    }

    @Test("The environment goes before every profile, with a session token where there is one")
    func environment() throws {
        try home.write("[default]\naws_access_key_id=F\naws_secret_access_key=G\n", to: ".aws/credentials")
        let pair = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"]
        #expect(try resolve(pair) == Credentials(accessKeyID: "A", secretAccessKey: "B", sessionToken: nil))
        let temporary = pair.merging(["AWS_SESSION_TOKEN": "C"]) { $1 }
        #expect(try resolve(temporary) == Credentials(accessKeyID: "A", secretAccessKey: "B", sessionToken: "C"))
        #expect(throws: CredentialsError.halfAPair) { try resolve(["AWS_ACCESS_KEY_ID": "A"]) }
    }

    @Test("AWS_PROFILE goes before the settings' profile, and that before default")
    func profiles() throws {
        try home.write(
            """
            # by hand
            [default]
            aws_access_key_id = D
            aws_secret_access_key = d/+=

            [serverless]
            aws_access_key_id=S
            aws_secret_access_key=s
            aws_session_token=t
            [other]
            aws_access_key_id = O
            aws_secret_access_key = o
            """,
            to: ".aws/credentials"
        )
        let byDefault = Credentials(accessKeyID: "D", secretAccessKey: "d/+=", sessionToken: nil)
        #expect(try resolve() == byDefault)
        #expect(try resolve(profile: "serverless").sessionToken == "t")
        #expect(try resolve(["AWS_PROFILE": "other"], profile: "serverless").accessKeyID == "O")
        #expect(throws: CredentialsError.noProfile("none")) { try resolve(profile: "none") }
    }

    @Test("Keys in the configuration file count after those in the credentials file, wherever the files are")
    func files() throws {
        try home.write(
            "[profile p]\nregion = x\naws_access_key_id = C\naws_secret_access_key = c\ns3 =\n  a = b\n",
            to: "config"
        )
        let config = ["AWS_CONFIG_FILE": home.url.appendingPathComponent("config").path]
        #expect(try resolve(config, profile: "p").accessKeyID == "C")
        try home.write("[p]\naws_access_key_id = K\naws_secret_access_key = k\n", to: "keys")
        let both = config.merging(["AWS_SHARED_CREDENTIALS_FILE": home.url.appendingPathComponent("keys").path]) { $1 }
        #expect(try resolve(both, profile: "p").accessKeyID == "K")
    }

    @Test("A profile with half a pair of keys, and a file that is no text, are told")
    func incomplete() throws {
        try home.write(
            "[p]\naws_access_key_id = K\naws_secret_access_key =\n[q]\naws_secret_access_key = k\n",
            to: "keys"
        )
        let keys = home.url.appendingPathComponent("keys").path
        let environment = ["AWS_SHARED_CREDENTIALS_FILE": keys]
        #expect(throws: CredentialsError.missingKey("aws_secret_access_key", profile: "p")) {
            try resolve(environment, profile: "p")
        }
        #expect(throws: CredentialsError.missingKey("aws_access_key_id", profile: "q")) {
            try resolve(environment, profile: "q")
        }
        try Data([0xFF, 0xFE, 0xFD]).write(to: URL(fileURLWithPath: keys))
        #expect(throws: CredentialsError.unreadable(keys, reason: "no text in UTF-8")) { try resolve(environment) }
    }

    @Test("A profile's credential_process is run, and one that fails or prints something else is told")
    func credentialProcess() throws {
        let output = #"{"Version": 1, "AccessKeyId": "P", "SecretAccessKey": "p", "SessionToken": "q"}"#
        try home.write("[profile p]\ncredential_process = echo '\(output)'\n", to: ".aws/config")
        #expect(try resolve(profile: "p") == Credentials(accessKeyID: "P", secretAccessKey: "p", sessionToken: "q"))
        for command in ["echo {}", "exit 1", "echo '\(output)'; exit 3"] {
            try home.write("[profile p]\ncredential_process = \(command)\n", to: ".aws/config")
            #expect(throws: CredentialsError.commandFailed("credential_process", profile: "p")) {
                try resolve(profile: "p")
            }
        }
    }

    @Test("A profile without keys is left to version 2 of the aws command, and to no other")
    func awsCommand() throws {
        try home.write("[profile sso]\nsso_session = x\n", to: ".aws/config")
        try home.installAWS()
        #expect(
            try resolve(profile: "sso").accessKeyID == "configure,export-credentials,--profile,sso,--format,process"
        )
        try home.installAWS(version: "1.45.11 Python")
        #expect(throws: CredentialsError.profileWithoutKeys("sso")) { try resolve(profile: "sso") }
    }

    private func resolve(_ environment: [String: String] = [:], profile: String? = nil) throws -> Credentials {
        try home.find(environment, profile: profile).credentials
    }
}
