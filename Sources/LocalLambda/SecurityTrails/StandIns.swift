import Foundation
import Loopback

/// The stand-ins for SecurityTrails that recorded cases name, each started when one asks for it.
package final class StandIns {
    private var running: [String: StandInSecurityTrails] = [:]
    private var certificates: Certificates?

    /// None yet.
    package init() {}

    /// The stand-in of that name; nil for `refused`, where nobody listens.
    package func standIn(_ base: String) throws -> StandInSecurityTrails? {
        if base == "refused" { return nil }
        let base = base == "https-plain" ? "http" : base
        if let standIn = running[base] { return standIn }
        let standIn = try StandInSecurityTrails(Scenario(), tls: identity(base))
        running[base] = standIn
        return standIn
    }

    /// What `SECURITYTRAILS_API_URL` is for that name.
    package func baseURL(_ base: String) throws -> String {
        // Port 1 is tcpmux, which nobody runs.
        guard let standIn = try standIn(base) else { return "http://127.0.0.1:1/v1/" }
        return base == "https-plain" ? "https" + standIn.baseURL.dropFirst("http".count) : standIn.baseURL
    }

    /// A case's variables, with the certificates' folder and the stand-in's address in them.
    ///
    /// What a warm process remembers, and a limit on relations, would hide what a case asks for, so both are off unless
    /// the case sets them. `REQUESTS_CA_BUNDLE` was the Python relay's and is dropped.
    package func variables(_ surroundings: RecordedEvent.Surroundings) throws -> [String: String] {
        var variables = ["CACHE_SECONDS": "0", "RELATIONS_LIMIT": "0"].merging(surroundings.variables) { $1 }
        variables["REQUESTS_CA_BUNDLE"] = nil
        let origin = try (standIn(surroundings.base) ?? standIn("http"))?.origin ?? ""
        for (name, value) in variables {
            var value = value.replacingOccurrences(of: "{origin}", with: origin)
            if value.contains("{certs}") {
                value = value.replacingOccurrences(of: "{certs}", with: try certificateFolder())
            }
            variables[name] = value
        }
        variables["SECURITYTRAILS_API_URL"] = try baseURL(surroundings.base)
        return variables
    }

    /// Ends all of them.
    package func stop() {
        for standIn in running.values { standIn.stop() }
        running = [:]
        certificates?.remove()
        certificates = nil
    }

    /// What a case's `upstream_base` may be.
    static let names = ["http", "https-plain", "refused"] + certificateKinds.keys.sorted()

    private static let certificateKinds: [String: Certificates.Kind] = [
        "https-good": .good, "https-expired": .expired, "https-selfsigned": .selfSigned,
        "https-otherhost": .otherHost,
    ]

    private func identity(_ base: String) throws -> TLSIdentity? {
        if base == "http" { return nil }
        guard let kind = Self.certificateKinds[base] else { throw LocalError("no stand-in is called '\(base)'") }
        return try allCertificates().identity(kind)
    }

    private func certificateFolder() throws -> String {
        try allCertificates().folder.path
    }

    private func allCertificates() throws -> Certificates {
        if let certificates { return certificates }
        let new = try Certificates()
        certificates = new
        return new
    }
}
