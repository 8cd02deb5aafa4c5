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
        if let standIn = running[base] { return standIn }
        let standIn = try StandInSecurityTrails(Scenario(), tls: identity(base))
        running[base] = standIn
        return standIn
    }

    /// What `SECURITYTRAILS_API_URL` is for that name.
    package func baseURL(_ base: String) throws -> String {
        // Port 1 is tcpmux, which nobody runs.
        try standIn(base)?.baseURL ?? "http://127.0.0.1:1/v1/"
    }

    /// A case's variables, with the folder of the certificates in them.
    package func variables(_ surroundings: RecordedEvent.Surroundings) throws -> [String: String] {
        var variables = surroundings.variables
        for (name, value) in variables where value.contains("{certs}") {
            variables[name] = value.replacingOccurrences(of: "{certs}", with: try certificateFolder())
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

    private func identity(_ base: String) throws -> TLSIdentity? {
        let kinds: [String: Certificates.Kind] = [
            "https-good": .good, "https-expired": .expired, "https-selfsigned": .selfSigned,
            "https-otherhost": .otherHost,
        ]
        if base == "http" { return nil }
        guard let kind = kinds[base] else { throw LocalError("no stand-in is called '\(base)'") }
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
