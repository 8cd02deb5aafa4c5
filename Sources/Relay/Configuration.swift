import HTTPClient
import SecurityTrails

/// What the environment says; read once, when the process starts.
package struct Configuration: Sendable {
    /// What JWTs are signed with; nil where none is set, which every request that needs it is told.
    package let secretKey: String?
    /// How SecurityTrails is asked.
    package let securityTrails: Client.Configuration

    /// A variable that the relay cannot work with; the text names it.
    package struct Invalid: Error {
        /// Which variable, and why.
        package let message: String
    }

    /// SecurityTrails' own address.
    static let securityTrailsURL = "https://api.securitytrails.com/v1/"

    /// Reads the environment's variables.
    package init(environment: [String: String]) throws(Invalid) {
        secretKey = environment["SECRET_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        securityTrails = Client.Configuration(
            baseURL: try Self.baseURL(environment["SECURITYTRAILS_API_URL"]),
            pages: Self.pages(environment["NUMBER_OF_PAGES"]),
            requestsPerSecond: Self.rate(environment["REQUESTS_PER_SECOND"]),
            userAgent: "securitytrails-relay/\(relayVersion)",
            authorities: HTTPOptions.Authorities(environment: environment)
        )
    }

    /// Pages to read: 1 unless a whole number of 0 or more is set; nil stands for 0, all.
    private static func pages(_ text: String?) -> Int? {
        let pages = text.flatMap(wholeNumber) ?? 1
        return pages == 0 ? nil : pages
    }

    /// Requests a second: a whole number of 1 or more; anything else is as if it were not set.
    private static func rate(_ text: String?) -> Int? {
        text.flatMap(wholeNumber).flatMap { $0 >= 1 ? $0 : nil }
    }

    /// A number in decimal digits alone; one past the end of the type is as good as endless.
    private static func wholeNumber(_ text: String) -> Int? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard !text.isEmpty, text.utf8.allSatisfy({ digits.contains($0) }) else { return nil }
        return Int(text) ?? .max
    }

    /// The API's base. The customer's key goes there: over https, or without it to this machine alone.
    private static func baseURL(_ text: String?) throws(Invalid) -> String {
        guard let text, !text.isEmpty else { return securityTrailsURL }
        guard let url = HTTPAddress(text) else {
            throw Invalid(message: "SECURITYTRAILS_API_URL is no URL of the form https://HOST/PATH/")
        }
        guard url.scheme == "https" || url.scheme == "http" && isLoopback(url.host) else {
            throw Invalid(message: "SECURITYTRAILS_API_URL must be https, or http to a loopback address")
        }
        let port = url.port.map { ":\($0)" } ?? ""
        return "\(url.scheme)://\(url.host)\(port)\(url.path)" + (url.path.hasSuffix("/") ? "" : "/")
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        guard case .ipv4 = Subject(ipv4: host) else { return false }
        return host.hasPrefix("127.")
    }
}
