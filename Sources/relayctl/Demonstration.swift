import Deployment
import Foundation
import JWT
import LocalLambda

/// What a run without settings of its own is given: a stand-in for SecurityTrails, a secret key, a token.
struct Demonstration {
    /// The variables that plain events' runs get.
    let variables: [String: String]
    /// What the placeholder in an event stands for; nil: itself.
    let token: String?
    /// Whether the secret key was made up here.
    let hasMadeUpSecret: Bool
    /// What answers for SecurityTrails; nil where that is set.
    let standIn: StandInSecurityTrails?

    /// The variables of this process that are the relay's too.
    private static let inherited = [
        "SECRET_KEY", "SECURITYTRAILS_API_URL", "NUMBER_OF_PAGES", "REQUESTS_PER_SECOND", "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "LOG_LEVEL", "AWS_LAMBDA_LOG_LEVEL",
        "AWS_LAMBDA_LOG_FORMAT",
    ]

    init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        var variables = environment.filter { Self.inherited.contains($0.key) && !$0.value.isEmpty }
        if variables["SECURITYTRAILS_API_URL"] == nil {
            let standIn = try StandInSecurityTrails()
            variables["SECURITYTRAILS_API_URL"] = standIn.baseURL
            self.standIn = standIn
        } else {
            standIn = nil
        }
        hasMadeUpSecret = variables["SECRET_KEY"] == nil
        if hasMadeUpSecret {
            let secret = SecretKey.random()
            variables["SECRET_KEY"] = secret
            token = try CompactSerialization.sign(["key": "demonstration-key"], secret: secret)
        } else {
            token = environment["RELAY_JWT"]
        }
        self.variables = variables
    }
}
