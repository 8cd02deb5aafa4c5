import HTTPClient

/// SecurityTrails' API (https://docs.securitytrails.com/reference), asked in parallel, at the pace that it allows, and
/// within the time there is. Connections are kept from call to call.
package final class Client {
    /// Where the API is and how it is asked.
    package struct Configuration: Sendable {
        /// The API's base, with a slash at its end.
        package var baseURL: String
        /// Pages to read of an answer; nil: all of them.
        package var pages: Int?
        /// Requests a second; nil: what the API's answers say.
        package var requestsPerSecond: Int?
        /// Who asks.
        package var userAgent: String
        /// What the API's certificate is verified with.
        package var authorities: HTTPOptions.Authorities

        /// A configuration.
        package init(
            baseURL: String,
            pages: Int?,
            requestsPerSecond: Int?,
            userAgent: String,
            authorities: HTTPOptions.Authorities
        ) {
            self.baseURL = baseURL
            self.pages = pages
            self.requestsPerSecond = requestsPerSecond
            self.userAgent = userAgent
            self.authorities = authorities
        }
    }

    /// The answers to what was asked, and what it took.
    package struct Report: Sendable {
        /// Each subject's answers, in the order of its topics.
        package let answers: [Subject: [Answer]]
        /// Requests sent.
        package let requests: Int
    }

    /// Bytes of an answer, decoded, at most.
    static let bodyLimit = 2 << 20
    /// Seconds for a request.
    static let requestTimeout = 10.0

    let configuration: Configuration
    let http: HTTPMulti
    /// Is told of each request and what came of it, observables included: for a log at DEBUG alone.
    let trace: ((String) -> Void)?

    /// A client that is ready to ask; nothing is connected yet.
    package init(_ configuration: Configuration, trace: ((String) -> Void)? = nil) throws(HTTPError) {
        self.configuration = configuration
        self.trace = trace
        let options = HTTPOptions(
            connectTimeout: 3,
            bodyLimit: Self.bodyLimit,
            // A frozen process does not see connections being closed: one that idled for long may be dead.
            idleConnectionLifetime: 55,
            // A proxy has no business on the way to this machine itself, where the key goes in the clear.
            usesProxyOfEnvironment: configuration.baseURL.hasPrefix("https:"),
            authorities: configuration.authorities,
            userAgent: configuration.userAgent,
            acceptsCompressed: true
        )
        http = try HTTPMulti(options, connections: Pace.mostAtOnce)
    }

    /// Asks everything about the subjects, each of which is there once.
    ///
    /// - Parameters:
    ///   - key: the customer's API key, of visible ASCII characters.
    ///   - end: when the answer must be there; what is under way then is dropped.
    package func ask(about subjects: [Subject], key: String, until end: MonotonicTime) -> Report {
        let asking = Asking(self, subjects.flatMap(Question.all), key: key, until: end)
        let answers = asking.run()
        var bySubject: [Subject: [Answer]] = [:]
        for (question, answer) in answers {
            bySubject[question.subject, default: []].append(answer)
        }
        return Report(answers: bySubject, requests: asking.requests)
    }

    /// Asks whether the API takes the key. Returns what is wrong, if something is, and how many requests it took.
    package func ping(key: String, until end: MonotonicTime) -> (failure: Failure?, requests: Int) {
        let dispatcher = Dispatcher<Void>(self, until: end)
        var failure: Failure? = .unavailable("SecurityTrails did not answer in time")
        dispatcher.enqueue(())
        dispatcher.run(request: { HTTPRequest(.get, configuration.baseURL + "ping", headers: headers(key)) }) {
            failure = Self.failure(ofPing: $1, key: key)
        }
        return (failure, dispatcher.requests)
    }

    private static func failure(ofPing outcome: Result<HTTPResponse, HTTPError>, key: String) -> Failure? {
        switch outcome {
        case .failure(let error): return Failure(error)
        case .success(let response) where (200..<300).contains(response.status):
            guard let isSuccess = isSuccess(ping: response.body) else { return .unreadable }
            return isSuccess ? nil : Failure(response, key: key)
        case .success(let response): return Failure(response, key: key)
        }
    }

    // MARK: - Requests

    /// The request for a page. A subject holds letters alone that need no escape, neither in a path nor in JSON.
    func request(for question: Question, page: Int, key: String) -> HTTPRequest {
        switch question.subject {
        case .domain(let name):
            let type = question.topic == .ipv6Addresses ? "aaaa" : "a"
            let url = "\(configuration.baseURL)history/\(name)/dns/\(type)?page=\(page)"
            return HTTPRequest(.get, url, headers: headers(key))
        case .ipv4(let address): return list("ipv4", address, page: page, key: key)
        case .ipv6(let address): return list("ipv6", address, page: page, key: key)
        }
    }

    private func list(_ field: String, _ address: String, page: Int, key: String) -> HTTPRequest {
        let body = Array(#"{"filter":{"\#(field)":"\#(address)"}}"#.utf8)
        let url = "\(configuration.baseURL)domains/list?page=\(page)"
        return HTTPRequest(.post(body), url, headers: headers(key) + ["Content-Type: application/json"])
    }

    private func headers(_ key: String) -> [String] {
        ["APIKEY: \(key)", "Accept: application/json"]
    }
}
