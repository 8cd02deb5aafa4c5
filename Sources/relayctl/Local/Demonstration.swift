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

    /// The variables that are the relay's.
    private static let inherited = [
        "SECRET_KEY", "JWKS_HOST", "TOKEN_AUDIENCE",
        "LOOKUPS", "NUMBER_OF_PAGES", "CACHE_SECONDS", "CACHE_MEGABYTES",
        "RELATIONS_LIMIT", "SIGHTING_TABLE", "OBSERVED_TIME",
        "SECURITYTRAILS_API_URL", "REQUESTS_PER_SECOND", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy",
        "LOG_LEVEL", "AWS_LAMBDA_LOG_LEVEL", "AWS_LAMBDA_LOG_FORMAT",
    ]

    /// - Parameters:
    ///   - speaksTLS: whether the stand-in is asked over TLS, with an authority of its own.
    ///   - environment: the variables that the operator named for the relay. Those of this process are no part of it:
    ///     a customer's key and quota in a shell's profile are not to be used by accident.
    init(
        speaksTLS: Bool = false,
        environment: [String: String]
    ) throws {
        var variables = environment.filter { Self.inherited.contains($0.key) && !$0.value.isEmpty }
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
        self.variables = address.merging(variables) { $1 }.merging(["SECRET_KEY": secretKey]) { $1 }
        self.token = token
        hasMadeUpSecret = false
        standIn = nil
        certificates = nil
    }

    /// Ends the stand-in.
    func stop() {
        standIn?.stop()
        certificates?.remove()
    }
}
