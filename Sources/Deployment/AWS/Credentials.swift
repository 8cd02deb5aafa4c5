import Foundation
import Loopback

/// What AWS calls are signed with.
package struct Credentials: Equatable, Sendable {
    /// The access key's id, which is no secret.
    package let accessKeyID: String
    /// The secret that signs.
    package let secretAccessKey: String
    /// The token of temporary credentials.
    package let sessionToken: String?
}

/// Where credentials come from, in the order in which AWS's own tools look: the environment, a profile's keys, its
/// `credential_process`, and where the profile has neither (single sign-on, assumed roles) version 2 of the `aws`
/// command. https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
package struct CredentialChain: Sendable {
    private let environment: [String: String]
    private let profile: String

    /// The chain of a process.
    ///
    /// - Parameter profileName: the settings' profile, which counts where the environment names none.
    package init(environment: [String: String], profileName: String?) {
        self.environment = environment.filter { !$0.value.isEmpty }
        profile = self.environment["AWS_PROFILE"] ?? profileName ?? "default"
    }

    /// The first credentials that are there.
    package func resolve() throws(CredentialsError) -> Credentials {
        if let credentials = try fromEnvironment() { return credentials }
        let credentialsFile = try Profiles(path: path("AWS_SHARED_CREDENTIALS_FILE", default: ".aws/credentials"))
        let configFile = try Profiles(path: path("AWS_CONFIG_FILE", default: ".aws/config"))
        let sections = [
            credentialsFile.section(profile),
            configFile.section(profile == "default" ? "default" : "profile \(profile)"),
        ].compactMap(\.self)

        for section in sections {
            switch (section["aws_access_key_id"], section["aws_secret_access_key"]) {
            case (let id?, let secret?):
                return Credentials(
                    accessKeyID: id,
                    secretAccessKey: secret,
                    sessionToken: section["aws_session_token"]
                )
            case (nil, nil): continue
            case (.some, nil): throw .missingKey("aws_secret_access_key", profile: profile)
            case (nil, .some): throw .missingKey("aws_access_key_id", profile: profile)
            }
        }
        for case let command? in sections.map({ $0["credential_process"] }) {
            return try output(of: ["sh", "-c", command], called: "credential_process")
        }
        if hasVersion2OfAWSCommand() {
            let words = ["aws", "configure", "export-credentials", "--profile", profile, "--format", "process"]
            return try output(of: words, called: "aws configure export-credentials")
        }
        throw sections.isEmpty ? .noProfile(profile) : .profileWithoutKeys(profile)
    }

    private func fromEnvironment() throws(CredentialsError) -> Credentials? {
        switch (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]) {
        case (let id?, let secret?):
            return Credentials(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: environment["AWS_SESSION_TOKEN"]
            )
        case (nil, nil): return nil
        default: throw .halfAPair
        }
    }

    private func path(_ variable: String, default name: String) -> String {
        environment[variable] ?? (environment["HOME"] ?? NSHomeDirectory()) + "/" + name
    }

    private func hasVersion2OfAWSCommand() -> Bool {
        let version = try? Tool(name: "aws").run(["--version"], environment: environment)
        return version.map { String(decoding: $0, as: UTF8.self).hasPrefix("aws-cli/2") } ?? false
    }

    /// Credentials in the form that AWS's tools hand each other, which a command prints.
    private func output(of command: [String], called name: String) throws(CredentialsError) -> Credentials {
        struct Output: Decodable {
            let id: String
            let secret: String
            let token: String?

            enum CodingKeys: String, CodingKey {
                case id = "AccessKeyId"
                case secret = "SecretAccessKey"
                case token = "SessionToken"
            }
        }
        do {
            let output = try JSONDecoder().decode(Output.self, from: run(command))
            return Credentials(accessKeyID: output.id, secretAccessKey: output.secret, sessionToken: output.token)
        } catch {
            throw .commandFailed(name, profile: profile)
        }
    }

    /// What a command prints; throws where it fails. Its errors go to the operator.
    private func run(_ words: [String]) throws -> Data {
        try Tool(name: words[0]).run(Array(words.dropFirst()), environment: environment, messages: .shown)
    }
}

/// Why there are no credentials, and what to do.
package enum CredentialsError: Error, Equatable, CustomStringConvertible {
    /// One of the two variables is set.
    case halfAPair
    /// A file is there and can't be read.
    case unreadable(String, reason: String)
    /// The profile has one key of the two.
    case missingKey(String, profile: String)
    /// The files have no such profile.
    case noProfile(String)
    /// The profile signs in by a way that only the `aws` command knows.
    case profileWithoutKeys(String)
    /// A command that prints credentials failed, or printed something else.
    case commandFailed(String, profile: String)

    /// The one line.
    package var description: String {
        switch self {
        case .halfAPair:
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together; one of them is not set"
        case .unreadable(let path, let reason):
            "\(path): can't be read: \(reason)"
        case .missingKey(let key, let profile):
            "the profile '\(profile)' has no \(key), or an empty one"
        case .noProfile(let profile):
            "no AWS credentials: neither the environment nor ~/.aws has the profile '\(profile)' (aws/HOWTO.md, step 4)"
        case .profileWithoutKeys(let profile):
            "the profile '\(profile)' has no keys; single sign-on and assumed roles need version 2 of the aws command"
        case .commandFailed(let name, let profile):
            "\(name) gave no credentials for the profile '\(profile)'"
        }
    }
}

/// One of the files in `~/.aws`: sections of keys and values.
private struct Profiles {
    private var sections: [String: [String: String]] = [:]

    /// Reads a file; one that is not there has no sections.
    init(path: String) throws(CredentialsError) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            if access(path, R_OK) == 0 { throw .unreadable(path, reason: "no text in UTF-8") }
            if errno == ENOENT || errno == ENOTDIR { return }
            throw .unreadable(path, reason: String(cString: strerror(errno)))
        }
        var section: String?
        for line in text.split(whereSeparator: \.isNewline) {
            // An indented line belongs to a nested setting, which no credentials are.
            guard let first = line.first, !first.isWhitespace, first != "#", first != ";" else { continue }
            if first == "[" {
                section = line.split(separator: "]").first.map { String($0.dropFirst()).trimmed }
                if let section, sections[section] == nil { sections[section] = [:] }
            } else if let section, let equals = line.firstIndex(of: "=") {
                let value = String(line[line.index(after: equals)...]).trimmed
                sections[section]?[String(line[..<equals]).trimmed] = value.isEmpty ? nil : value
            }
        }
    }

    func section(_ name: String) -> [String: String]? {
        sections[name]
    }
}

extension String {
    fileprivate var trimmed: String {
        trimmingCharacters(in: .whitespaces)
    }
}
