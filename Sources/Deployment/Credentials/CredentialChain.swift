import Foundation
import Loopback

/// Where credentials come from, in the order in which AWS's own tools look.
/// https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
///
/// A profile that was chosen goes before the environment's keys, and those before the profile `default`. Within a profile
/// a role, a web identity and single sign-on go before keys; they are left to version 2 of the `aws` command.
package struct CredentialChain: Sendable {
    private let environment: [String: String]
    private let choice: Choice
    private let now: Date

    /// Which profile is asked, and who said so.
    private enum Choice: Equatable {
        /// `--profile`, or a variable of the environment.
        case operators(String, by: String)
        /// `profile_name` of the settings.
        case settings(String)
        case none
    }

    /// Credentials, and what the operator should know about where they come from.
    package struct Found: Equatable, Sendable {
        package let credentials: Credentials
        /// A line, if more than one place has credentials.
        package let note: String?
    }

    /// - Parameters:
    ///   - profile: the profile that the operator chose on the command line.
    ///   - profileName: the settings' profile.
    ///   - now: when a command's credentials must not have expired yet.
    package init(environment: [String: String], profile: String? = nil, profileName: String?, now: Date = Date()) {
        let environment = environment.filter { !$0.value.isEmpty }
        self.environment = environment
        self.now = now
        let variable = ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"].first { environment[$0] != nil }
        if let profile {
            choice = .operators(profile, by: "--profile")
        } else if let variable, let name = environment[variable] {
            choice = .operators(name, by: variable)
        } else {
            choice = profileName.map(Choice.settings) ?? .none
        }
    }

    /// The first credentials that are there.
    package func resolve() throws(CredentialsError) -> Found {
        let found = try look()
        try found.credentials.check()
        return found
    }

    private func look() throws(CredentialsError) -> Found {
        let hasKeys = environment["AWS_ACCESS_KEY_ID"] != nil || environment["AWS_SECRET_ACCESS_KEY"] != nil
        switch choice {
        case .operators(let name, let variable):
            let note = "signing with the profile '\(name)' (\(variable)), not with the environment's AWS_ACCESS_KEY_ID"
            return Found(credentials: try credentials(of: name), note: hasKeys ? note : nil)
        case .settings(let name) where try profile(name) != nil || !hasKeys:
            let note =
                "signing with the profile '\(name)' (profile_name), not with the environment's AWS_ACCESS_KEY_ID"
            return Found(credentials: try credentials(of: name), note: hasKeys ? note : nil)
        case .settings(let name):
            let note = "signing with the environment's AWS_ACCESS_KEY_ID: there is no profile '\(name)' (profile_name)"
            return Found(credentials: try environmentsKeys(), note: note)
        case .none where hasKeys: return Found(credentials: try environmentsKeys(), note: nil)
        case .none: return Found(credentials: try credentials(of: nil), note: nil)
        }
    }

    private func environmentsKeys() throws(CredentialsError) -> Credentials {
        guard let id = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"] else {
            throw .halfAPair
        }
        let token = environment["AWS_SECURITY_TOKEN"] ?? environment["AWS_SESSION_TOKEN"]
        return Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token)
    }

    // MARK: - Profiles

    /// A profile as the two files have it.
    private struct Profile {
        /// That of the credentials file.
        let credentials: ProfileFile.Section?
        /// That of the configuration file.
        let configuration: ProfileFile.Section?

        /// What counts: the credentials file goes first.
        func text(_ key: String) -> String? {
            guard case .text(let text) = credentials?[key] ?? configuration?[key] else { return nil }
            return text
        }

        /// Whether signing in takes more than keys, and goes before them.
        var signsInOtherwise: Bool {
            ["role_arn", "sso_role_name", "sso_account_id"].contains { has($0) }
                || text("web_identity_token_file")?.isEmpty == false
        }

        func has(_ key: String) -> Bool {
            credentials?[key] != nil || configuration?[key] != nil
        }
    }

    private func profile(_ name: String) throws(CredentialsError) -> Profile? {
        let credentials = try read("AWS_SHARED_CREDENTIALS_FILE", default: "~/.aws/credentials").section(name)
        let configuration = try read("AWS_CONFIG_FILE", default: "~/.aws/config").profile(name)
        if credentials == nil, configuration == nil { return nil }
        return Profile(credentials: credentials, configuration: configuration)
    }

    /// The profile's credentials; without a name, those of the profile `default`, or else of this machine.
    private func credentials(of chosen: String?) throws(CredentialsError) -> Credentials {
        let name = chosen ?? "default"
        guard let profile = try profile(name) else {
            if chosen == nil, hasVersion2OfAWSCommand() { return try askAWSCommand(for: nil) }
            throw .noProfile(name)
        }
        if !profile.signsInOtherwise {
            if let keys = try keys(in: profile.credentials, of: name) { return keys }
            if !profile.has("login_session") {
                if let command = profile.text("credential_process") {
                    return try output(of: ["sh", "-c", command], called: "credential_process", for: name)
                }
                if let keys = try keys(in: profile.configuration, of: name) { return keys }
            }
        }
        if hasVersion2OfAWSCommand() { return try askAWSCommand(for: name) }
        throw profile.has("aws_secret_access_key") && !profile.signsInOtherwise
            ? .missingKey("aws_access_key_id", profile: name) : .profileWithoutKeys(name)
    }

    private func keys(in section: ProfileFile.Section?, of profile: String) throws(CredentialsError) -> Credentials? {
        guard let section, section["aws_access_key_id"] != nil else { return nil }
        func text(_ key: String) throws(CredentialsError) -> String {
            guard case .text(let text) = section[key], !text.isEmpty else { throw .missingKey(key, profile: profile) }
            return text
        }
        var token: String?
        switch section["aws_security_token"] ?? section["aws_session_token"] {
        case .text(let text): token = text.isEmpty ? nil : text
        case .nested: throw .unusable("session token")
        case nil: break
        }
        return Credentials(
            accessKeyID: try text("aws_access_key_id"),
            secretAccessKey: try text("aws_secret_access_key"),
            sessionToken: token
        )
    }

    /// A file that a variable names, or the usual one; one that is not there has no sections.
    private func read(_ variable: String, default usual: String) throws(CredentialsError) -> ProfileFile {
        let path = expanded(environment[variable] ?? usual)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
            return ProfileFile()
        }
        guard access(path, R_OK) == 0 else { throw .unreadable(path, reason: String(cString: strerror(errno))) }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw .unreadable(path, reason: "no text in UTF-8")
        }
        do {
            return try ProfileFile(parsing: text)
        } catch {
            throw .unreadable("\(path):\(error.line)", reason: error.reason)
        }
    }

    /// A path with `~`, `$NAME` and `${NAME}` replaced.
    private func expanded(_ path: String) -> String {
        let path = path.replacing(/\$(?:([A-Za-z0-9_]+)|\{([A-Za-z0-9_]+)\})/) { match in
            environment[String(match.output.1 ?? match.output.2 ?? "")] ?? String(match.output.0)
        }
        guard path == "~" || path.hasPrefix("~/") else { return path }
        return (environment["HOME"] ?? NSHomeDirectory()) + path.dropFirst()
    }

    // MARK: - Commands

    private func hasVersion2OfAWSCommand() -> Bool {
        let version = try? Tool(name: "aws").run(["--version"], environment: environment)
        return version.map { String(decoding: $0, as: UTF8.self).hasPrefix("aws-cli/2") } ?? false
    }

    private func askAWSCommand(for profile: String?) throws(CredentialsError) -> Credentials {
        let choice = profile.map { ["--profile", $0] } ?? []
        let words = ["aws", "configure", "export-credentials"] + choice + ["--format", "process"]
        return try output(of: words, called: "aws configure export-credentials", for: profile)
    }

    /// Credentials in the form that AWS's tools hand each other, which a command prints. Its errors go to the operator.
    /// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
    private func output(
        of words: [String],
        called name: String,
        for profile: String?
    ) throws(CredentialsError) -> Credentials {
        struct Output: Decodable {
            let version: Int
            let id: String
            let secret: String
            let token: String?
            let expiration: String?

            enum CodingKeys: String, CodingKey {
                case version = "Version"
                case id = "AccessKeyId"
                case secret = "SecretAccessKey"
                case token = "SessionToken"
                case expiration = "Expiration"
            }
        }
        let output: Output
        do {
            let printed = try Tool(name: words[0]).run(
                Array(words.dropFirst()),
                environment: environment,
                messages: .shown
            )
            output = try JSONDecoder().decode(Output.self, from: printed)
        } catch {
            throw .commandFailed(name, profile: profile ?? "default")
        }
        guard output.version == 1 else { throw .unknownVersion(output.version, name) }
        if let expiration = output.expiration {
            guard let end = Self.date(expiration), end > now else { throw .expired(name, expiration.printable()) }
        }
        return Credentials(accessKeyID: output.id, secretAccessKey: output.secret, sessionToken: output.token)
    }

    /// A time of ISO 8601, with or without a fraction of a second.
    private static func date(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}
