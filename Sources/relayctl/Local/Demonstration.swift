import Deployment
import Foundation
import JWT
import LocalLambda
import Loopback

/// What a run without settings of its own is given: a stand-in for SecurityTrails, a secret key, a token.
struct Demonstration {
    /// The variables that plain events' runs get.
    let variables: [String: String]
    /// What the placeholder in an event stands for; nil: itself.
    let token: String?
    /// Whether the secret key was made up here.
    let hasMadeUpSecret: Bool
    /// What answers for SecurityTrails; nil if that is set.
    let standIn: StandInSecurityTrails?
    /// Who vouches for the stand-in; nil if it does not speak TLS.
    private let certificates: Certificates?

    /// - Parameters:
    ///   - speaksTLS: whether the stand-in is asked over TLS, with an authority of its own.
    ///   - environment: `Context.relayVariables`.
    init(
        speaksTLS: Bool = false,
        environment: [String: String]
    ) throws {
        var variables = Self.relayPart(of: environment)
        if variables["SECURITYTRAILS_API_URL"] == nil {
            certificates = speaksTLS ? try Certificates() : nil
            let standIn = try StandInSecurityTrails(tls: certificates?.identity(.good))
            variables["SECURITYTRAILS_API_URL"] = standIn.baseURL
            if let certificates { variables["SSL_CERT_FILE"] = certificates.authority }
            self.standIn = standIn
        } else if speaksTLS {
            throw CommandError("--tls is for the stand-in, and SECURITYTRAILS_API_URL names another upstream")
        } else {
            certificates = nil
            standIn = nil
        }
        hasMadeUpSecret = variables["SECRET_KEY"] == nil
        if hasMadeUpSecret {
            let secret = SecretKey.random()
            variables["SECRET_KEY"] = secret
            token = CompactSerialization.sign(["key": "demonstration-key"], secret: secret)
        } else {
            token = environment["RELAY_JWT"]
        }
        self.variables = variables
    }

    /// SecurityTrails itself, or what the variables name in its place, asked with the operator's own token.
    init(live variables: [String: String], secretKey: String, token: String) {
        let address = ["SECURITYTRAILS_API_URL": "https://api.securitytrails.com/v1/"]
        self.variables = address.merging(Self.relayPart(of: variables)) { $1 }.merging(["SECRET_KEY": secretKey]) { $1 }
        self.token = token
        hasMadeUpSecret = false
        standIn = nil
        certificates = nil
    }

    /// The token is for whoever asks the relay, and no business of the relay's; what is empty is as if it were not set.
    private static func relayPart(of variables: [String: String]) -> [String: String] {
        variables.filter { $0.key != "RELAY_JWT" && !$0.value.isEmpty }
    }

    /// Ends the stand-in.
    func stop() {
        standIn?.stop()
        certificates?.remove()
    }
}

/// The option that names the variables of a relay on this machine.
let environmentFileOption = Option(
    "--env-file",
    value: "FILE",
    help: "the relay's variables: NAME=VALUE a line, with export and quotes or without; # begins a comment"
)

extension Context {
    /// The variables of a relay that runs on this machine: those of the file, and none of this process. A customer's key
    /// and quota in a shell's profile are not to be used by accident.
    ///
    /// - Parameter file: what `--env-file` names; nil: no variables.
    func relayVariables(_ file: String?) throws -> [String: String] {
        try file.map { try EnvironmentFile.read(self.file($0)) } ?? [:]
    }
}
