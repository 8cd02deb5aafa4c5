import Loopback

/// What AWS calls are signed with.
package struct Credentials: Equatable, Sendable {
    /// The access key's id, which is no secret.
    package let accessKeyID: String
    /// The secret that signs.
    package let secretAccessKey: String
    /// The token of temporary credentials.
    package let sessionToken: String?

    /// Throws if one of them holds anything but visible ASCII characters: they become parts of headers.
    func check() throws(CredentialsError) {
        let values = [
            ("access key's id", accessKeyID), ("secret access key", secretAccessKey), ("session token", sessionToken),
        ]
        for case (let name, let value?) in values {
            let isVisible = value.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            if value.isEmpty || !isVisible { throw .unusable(name) }
        }
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
    /// A command printed credentials in a form of another version.
    case unknownVersion(Int, String)
    /// A command printed credentials that have expired, or whose end can't be read.
    case expired(String, String)
    /// A value that no header can hold.
    case unusable(String)

    /// The one line.
    package var description: String {
        switch self {
        case .halfAPair:
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together; one of them is not set"
        case .unreadable(let path, let reason):
            "\(path): can't be read: \(reason)"
        case .missingKey(let key, let profile):
            "the profile '\(profile.printable())' has no \(key), or an empty one"
        case .noProfile(let profile):
            "no AWS credentials: neither the environment nor ~/.aws has the profile '\(profile.printable())'"
                + " (aws/HOWTO.md, step 4)"
        case .profileWithoutKeys(let profile):
            "the profile '\(profile.printable())' has no keys of its own, or a role; "
                + "single sign-on and roles need version 2 of the aws command"
        case .commandFailed(let name, let profile):
            "\(name) gave no credentials for the profile '\(profile.printable())'"
        case .unknownVersion(let version, let name):
            "\(name) gave credentials of Version \(version); only 1 is known"
        case .expired(let name, let end):
            "\(name) gave credentials that are no longer valid (Expiration: \(end)); sign in again"
        case .unusable(let name):
            "the \(name) is empty, or holds a blank, a line break or another character that no key has"
        }
    }
}
