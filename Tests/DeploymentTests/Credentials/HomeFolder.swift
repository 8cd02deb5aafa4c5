import Foundation
import TestSupport

@testable import Deployment

/// A home with the folders `.aws` and `bin`, the first of the PATH; gone with the instance.
final class HomeFolder {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("home-" + UUID().uuidString)
    /// 2026-01-01T00:00:00Z, when tests look for credentials.
    private let now = Date(timeIntervalSince1970: 1_767_225_600)

    init() throws {
        for folder in [".aws", "bin"] {
            try FileManager.default.createDirectory(
                at: url.appendingPathComponent(folder),
                withIntermediateDirectories: true
            )
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: url.appendingPathComponent(name))
    }

    /// Puts an `aws` on the PATH. In its output `$*` stands for its own arguments, with commas for blanks.
    ///
    /// - Parameter file: what must be in its HOME; else it fails as one without credentials does.
    func installAWS(
        version: String = "2.15.0 Python",
        printing output: String = #"{"Version": 1, "AccessKeyId": "$*", "SecretAccessKey": "x"}"#,
        ifThereIs file: String = ""
    ) throws {
        let script = """
            #!/bin/sh
            [ "$1" = --version ] && echo aws-cli/\(version) && exit
            [ -e "$HOME/\(file)" ] || exit 255
            words=$(echo "$*" | tr ' ' ,)
            echo '\(output)' | sed "s|\\$\\*|$words|"
            """
        try writeExecutable(script, to: url.appendingPathComponent("bin/aws").path)
    }

    /// What there is for a process with this environment beside HOME and PATH.
    ///
    /// - Parameters:
    ///   - profile: the settings' profile.
    ///   - chosen: the profile of the command line.
    func find(
        _ environment: [String: String] = [:],
        profile: String? = nil,
        chosen: String? = nil
    ) throws(CredentialsError) -> CredentialChain.Found {
        let base = ["HOME": url.path, "PATH": url.appendingPathComponent("bin").path + ":/usr/bin:/bin"]
        return try CredentialChain(
            environment: base.merging(environment) { $1 },
            profile: chosen,
            profileName: profile,
            now: now
        ).resolve()
    }
}
