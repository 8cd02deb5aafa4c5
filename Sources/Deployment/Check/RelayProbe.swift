import HTTPClient
import Loopback

/// Asks a relay's URL what Cisco's platform asks it.
package struct RelayProbe {
    /// What came, and how long it took.
    package struct Answer: Sendable {
        /// The version, or the word for healthy.
        package let result: Result<String, Trouble>
        /// Seconds from the request to the whole answer.
        package let seconds: Double
    }

    /// Sends a request and waits for its response, so many seconds at most.
    package typealias Exchange = (HTTPRequest, _ timeout: Double) throws(HTTPError) -> HTTPResponse

    private let url: String
    private let exchange: Exchange

    /// - Parameter url: without a slash at its end.
    package init(url: String, _ exchange: @escaping Exchange) {
        self.url = url
        self.exchange = exchange
    }

    /// A probe of a URL by way of the environment's proxy and certificate authorities.
    ///
    /// - Parameter isHere: whether the URL is this machine's; no proxy knows the way there.
    package init(url: String, isHere: Bool, environment: [String: String]) throws(HTTPError) {
        let options = HTTPOptions(
            connectTimeout: 10,
            bodyLimit: 65_536,
            usesProxyOfEnvironment: !isHere,
            authorities: .ofAWS(environment),
            userAgent: "relayctl check"
        )
        let connection = try HTTPConnection(options)
        self.init(url: url) { (request, timeout) throws(HTTPError) in
            try connection.exchange(request, timeout: timeout)
        }
    }

    /// Asks for the version, which needs no token.
    package func version(timeout: Double) -> Answer {
        ask("version", headers: [], timeout) { body in body["version"]?.string }
    }

    /// Asks whether SecurityTrails takes the API key in the token; this costs one of its queries.
    package func health(token: String, timeout: Double) -> Answer {
        ask("health", headers: ["Authorization: Bearer \(token)"], timeout) { body in
            body["errors"] == nil ? body["data"]?["status"]?.string : nil
        }
    }

    /// - Parameter read: makes something of a body that is as it should be.
    private func ask(
        _ path: String,
        headers: [String],
        _ timeout: Double,
        _ read: (JSONValue) -> String?
    ) -> Answer {
        let began = MonotonicTime.now
        let result: Result<String, Trouble>
        do throws(HTTPError) {
            let response = try exchange(HTTPRequest(.post([]), "\(url)/\(path)", headers: headers), timeout)
            let body = try? JSONValue(parsing: response.body)
            let value = response.status == 200 ? body.flatMap(read) : nil
            result = value.map(Result.success) ?? .failure(Trouble(response))
        } catch {
            result = .failure(Trouble(error))
        }
        return Answer(result: result, seconds: MonotonicTime.now - began)
    }
}

extension HTTPOptions.Authorities {
    /// Those of `AWS_CA_BUNDLE`, else those of the machine.
    static func ofAWS(_ environment: [String: String]) -> HTTPOptions.Authorities {
        environment["AWS_CA_BUNDLE"].flatMap { $0.isEmpty ? nil : .bundle($0) }
            ?? HTTPOptions.Authorities(environment: environment)
    }
}
