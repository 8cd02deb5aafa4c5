import Extraction
import Foundation
import HTTPClient
import Loopback

/// Asks a relay what Cisco's platform asks it.
package final class RelayClient {
    /// Where a relay is, and what it is asked with.
    package struct Address: Sendable {
        /// Without a slash at its end.
        package let url: String
        /// The module's JWT; nil: the relay is asked without one, and says what it makes of that.
        package let token: String?
        /// Whether the relay is on this machine.
        package let isHere: Bool

        /// - Throws: `InvestigationError` for what is no HTTPS URL. To this machine, HTTP will do: there is nobody
        ///   between who could read the token.
        package init(url: String, token: String?) throws(InvestigationError) {
            guard let parts = HTTPAddress(url) else {
                throw InvestigationError(
                    "this is not a URL of a relay, such as https://ID.execute-api.REGION.amazonaws.com/STAGE"
                )
            }
            isHere = ["127.0.0.1", "localhost", "[::1]"].contains(parts.host.lowercased())
            guard parts.scheme == "https" || (parts.scheme == "http" && isHere) else {
                throw InvestigationError("a relay is asked over https only: the JWT could be read on the way")
            }
            // A line break would begin another header field.
            guard token?.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) != false else {
                throw InvestigationError("this is not a JWT: it holds a blank, or a character that is not ASCII")
            }
            var url = url[...]
            while url.hasSuffix("/") { url.removeLast() }
            self.url = String(url)
            self.token = token
        }
    }

    /// Observables a request; more take several, so that none takes the relay's whole time.
    package static let batchSize = 10

    private let address: Address
    private let connection: HTTPConnection

    package init(_ address: Address, environment: [String: String]) throws(InvestigationError) {
        self.address = address
        let options = HTTPOptions(
            connectTimeout: 10,
            bodyLimit: 32 << 20,
            usesProxyOfEnvironment: true,
            authorities: HTTPOptions.Authorities(environment: environment),
            userAgent: "relayctl investigate",
            acceptsCompressed: true
        )
        do throws(HTTPError) {
            connection = try HTTPConnection(options)
        } catch {
            throw InvestigationError(error.reason)
        }
    }

    /// Asks about all of the observables.
    ///
    /// - Parameter progress: told how many have been asked about, before each request.
    package func investigate(
        _ observables: [TextObservables.Observable],
        progress: (Int) -> Void = { _ in }
    ) throws(InvestigationError) -> Findings {
        var findings = Findings(observables: observables)
        var start = 0
        while start < observables.count, !findings.isRefused {
            progress(start)
            let batch = observables[start..<min(start + Self.batchSize, observables.count)]
            let body = JSONValue.array(
                batch.map { ["type": .string($0.kind.rawValue), "value": .string($0.value)] }
            ).text()
            findings.verdicts += try verdicts(body)
            findings.add(try post("observe/observables", body))
            findings.links += try links(body)
            start += batch.count
        }
        if start < observables.count {
            findings.unasked = observables[start...].map(\.value)
        }
        return findings
    }

    private func verdicts(_ body: Data) throws(InvestigationError) -> [JSONValue] {
        try post("deliberate/observables", body)["data"]?["verdicts"]?["docs"]?.array ?? []
    }

    private func links(_ body: Data) throws(InvestigationError) -> [Link] {
        (try post("refer/observables", body)["data"]?.array ?? []).compactMap(Link.init)
    }

    private func post(_ path: String, _ body: Data) throws(InvestigationError) -> JSONValue {
        var headers = ["Content-Type: application/json", "Accept: application/json"]
        if let token = address.token { headers.append("Authorization: Bearer \(token)") }
        let response: HTTPResponse
        do throws(HTTPError) {
            let request = HTTPRequest(.post(Array(body)), "\(address.url)/\(path)", headers: headers)
            response = try connection.exchange(request, timeout: 60)
        } catch {
            throw InvestigationError("the relay can't be reached: \(error.reason)")
        }
        guard response.status == 200 else {
            throw InvestigationError(
                "the relay answered /\(path) with status \(response.status)\(Self.reason(response))"
            )
        }
        let answer: JSONValue
        do {
            answer = try JSONValue(parsing: response.body)
        } catch {
            throw InvestigationError("the relay's answer to /\(path) is not JSON")
        }
        guard answer.object != nil else { throw InvestigationError("the relay's answer to /\(path) is no JSON object") }
        return answer
    }

    private static func reason(_ response: HTTPResponse) -> String {
        guard let message = (try? JSONValue(parsing: response.body))?["message"]?.string else { return "" }
        return ": " + String(message.prefix(300)).printable()
    }
}

/// Why nothing could be asked, in one line.
package struct InvestigationError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
