/// A relay that was deployed.
package struct DeployedRelay: Sendable {
    /// Its URL.
    package let url: String
    /// Whether the function has what verifies its callers' tokens: SECRET_KEY, or the platform's keys.
    package let hasKey: Bool

    init(url: String, variables: [String: String]) {
        self.url = url
        hasKey = ["SECRET_KEY", "JWKS_HOST"].contains { variables[$0]?.isEmpty == false }
    }
}
