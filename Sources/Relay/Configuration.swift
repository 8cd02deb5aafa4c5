import HTTPClient
import SecurityTrails

/// What the environment says; read once, when the process starts.
package struct Configuration: Sendable {
    /// What JWTs are signed with; nil if none is set, which every request that needs it is told.
    package let secretKey: String?
    /// Whose RS256 tokens are taken; nil: nobody's.
    package let platform: Platform?
    /// How SecurityTrails is asked.
    package let securityTrails: Client.Configuration
    /// Pages of an answer that are read at most; nil: all of them.
    package let pages: Int?
    /// How answers are told.
    package let sightings: SightingOptions

    /// A variable that the relay cannot work with; the text names it.
    package struct Invalid: Error {
        /// Which variable, and why.
        package let message: String
    }

    /// SecurityTrails' own address.
    static let securityTrailsURL = "https://api.securitytrails.com/v1/"

    /// Reads the environment's variables.
    package init(environment: [String: String]) throws(Invalid) {
        if let message = HTTPOptions.unreadableProxy(environment: environment) { throw Invalid(message: message) }
        secretKey = environment["SECRET_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        platform = try Platform(environment: environment)
        securityTrails = Client.Configuration(
            baseURL: try Self.baseURL(environment["SECURITYTRAILS_API_URL"]),
            lookups: try Self.lookups(environment["LOOKUPS"]),
            requestsPerSecond: Self.rate(environment["REQUESTS_PER_SECOND"]),
            userAgent: "securitytrails-relay/\(relayVersion)",
            authorities: HTTPOptions.Authorities(environment: environment),
            cacheSeconds: Double(environment["CACHE_SECONDS"].flatMap(Self.wholeNumber) ?? 300),
            cacheBytes: min(environment["CACHE_MEGABYTES"].flatMap(Self.wholeNumber) ?? 32, 10_240) << 20
        )
        pages = Self.all(environment["NUMBER_OF_PAGES"], standard: 1)
        var sightings = SightingOptions()
        sightings.relationsLimit = Self.all(environment["RELATIONS_LIMIT"], standard: 250)
        sightings.observedTime =
            try Self.word(environment, "OBSERVED_TIME", ["history": .history, "now": .now]) ?? .history
        sightings.hasTable = try Self.word(environment, "SIGHTING_TABLE", ["true": true, "false": false]) ?? true
        self.sightings = sightings
    }

    /// A number for which 0 stands for all, which is nil here. Anything but a whole number is as if it were not set.
    private static func all(_ text: String?, standard: Int) -> Int? {
        let number = text.flatMap(wholeNumber) ?? standard
        return number == 0 ? nil : number
    }

    /// What a word stands for, in whatever case; nil if the variable is unset or empty.
    private static func word<Value>(
        _ environment: [String: String],
        _ name: String,
        _ words: KeyValuePairs<String, Value>
    ) throws(Invalid) -> Value? {
        guard let text = environment[name], !text.isEmpty else { return nil }
        guard let value = words.first(where: { $0.key == text.lowercased() })?.value else {
            throw Invalid(message: "\(name) must be one of: " + words.map(\.key).joined(separator: ", "))
        }
        return value
    }

    /// The lookups that a list of words stands for.
    private static func lookups(_ text: String?) throws(Invalid) -> [Lookup] {
        let words = (text ?? "").split(separator: ",").map { word in
            String(word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()).lowercased()
        }
        guard words.contains(where: { !$0.isEmpty }) else { return Lookup.standard }
        var lookups: [Lookup] = []
        for word in words where !word.isEmpty {
            guard let lookup = Lookup(word: word) else {
                let known = Lookup.all.map(\.word).joined(separator: ", ")
                throw Invalid(message: "LOOKUPS has a word that is none of: \(known)")
            }
            lookups.append(lookup)
        }
        return lookups
    }

    /// Requests a second: a whole number of 1 or more; anything else is as if it were not set.
    private static func rate(_ text: String?) -> Int? {
        text.flatMap(wholeNumber).flatMap { $0 >= 1 ? $0 : nil }
    }

    /// A number in decimal digits only; one past the end of the type is as good as endless.
    static func wholeNumber(_ text: String) -> Int? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard !text.isEmpty, text.utf8.allSatisfy({ digits.contains($0) }) else { return nil }
        return Int(text) ?? .max
    }

    /// The API's base. The customer's key goes there: over https, or without it to this machine only.
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

    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        guard case .ipv4 = Subject(ipv4: host) else { return false }
        return host.hasPrefix("127.")
    }
}
