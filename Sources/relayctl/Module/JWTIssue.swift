import Deployment
import Foundation
import JSON
import JWT
import Loopback

/// A JWT that was made, and what the operator does with it.
struct JWTIssue {
    let token: String
    /// The key that verifies the token.
    let secret: String
    /// Whether the operator still has to set the key on the function.
    let isToBeSet: Bool
    let expires: Date?

    /// Signs the values, with a new key where there is none. `setsSecret`: the key is set on the function by relayctl.
    init(values: [String: String], secret: String?, setsSecret: Bool, timeToLive: Int?, now: Date) throws {
        let issued = Int(now.timeIntervalSince1970)
        var claims = JSONWriter()
        claims.object { object in
            if let timeToLive {
                object.member("exp", issued + timeToLive)
                object.member("iat", issued)
            }
            for (name, value) in values.sorted(by: { $0.key < $1.key }) { object.member(name, value) }
        }
        expires = timeToLive.map { Date(timeIntervalSince1970: Double(issued + $0)) }
        isToBeSet = secret == nil && !setsSecret
        self.secret = secret ?? SecretKey.random()
        token = CompactSerialization.sign(claims: claims.bytes, secret: self.secret)
    }

    /// What is printed for people, in the order of the original's `jwt`.
    ///
    /// - Parameter url: the relay's URL, where it is known.
    func text(_ module: ModuleSettings, _ settings: StageSettings, url: String?) -> String {
        let validity = expires.map { "\nIt expires at \(UTC($0).second); make a new one before.\n" } ?? "\n"
        let secretStep =
            isToBeSet
            ? """
            The SECRET_KEY to validate the JWT is:
                \(secret)
            Set it as the environment variable SECRET_KEY of the function, on this page of the AWS console:
                \(settings.environmentVariablesPage)
            """ : "The SECRET_KEY to validate the JWT is the one that the function has."
        func pages(_ types: [ModuleSettings.ModuleType]) -> String {
            types.map { "    \($0.region.uppercased()): \($0.creationPage)" }.joined(separator: "\n")
        }
        return """
            The JWT for the \(module.moduleName) module is:
                \(token)\(validity)\
            \(secretStep)
            In Cisco XDR, add a Generic Serverless Relay, on the page of your region or at Administration > Integrations:
            \(pages(ModuleSettings.ModuleType.genericServerlessRelay))
            Enter there:
                URL: \(url ?? settings.url(ofAPI: "ID") + ", the relay's URL")
                Authorization bearer token: the JWT
            In SecureX, which ended in July 2024, the \(module.moduleName) module was created on one of these pages:
            \(pages(module.moduleTypes))
            """
    }

    /// The same for machines.
    func summary(_ module: ModuleSettings, _ settings: StageSettings, url: String?) -> Summary {
        Summary(
            module: module.moduleName,
            stage: settings.stage,
            function: settings.functionName,
            region: settings.region,
            url: url,
            jwt: token,
            expires: expires.map { UTC($0).second },
            secretKey: isToBeSet ? secret : nil,
            environmentVariablesPage: settings.environmentVariablesPage,
            genericRelayCreationPages: pages(ModuleSettings.ModuleType.genericServerlessRelay),
            moduleCreationPages: pages(module.moduleTypes)
        )
    }

    /// The pages by region.
    private func pages(_ types: [ModuleSettings.ModuleType]) -> [String: String] {
        Dictionary(types.map { ($0.region, $0.creationPage) }, uniquingKeysWith: { first, _ in first })
    }

    struct Summary: Encodable {
        let module: String
        let stage: String
        let function: String
        let region: String
        let url: String?
        let jwt: String
        let expires: String?
        let secretKey: String?
        let environmentVariablesPage: String
        let genericRelayCreationPages: [String: String]
        let moduleCreationPages: [String: String]

        enum CodingKeys: String, CodingKey {
            case module, stage, function, region, url, jwt, expires
            case secretKey = "secret_key"
            case environmentVariablesPage = "environment_variables_page"
            case genericRelayCreationPages = "generic_relay_creation_pages"
            case moduleCreationPages = "module_creation_pages"
        }
    }
}
