import HTTPClient

/// SecurityTrails' API (https://docs.securitytrails.com/reference), asked in parallel, at the pace that it allows, and
/// within the time there is. Connections are kept from call to call.
package final class Client {
    /// Where the API is and how it is asked.
    package struct Configuration: Sendable {
        /// The API's base, with a slash at its end.
        package var baseURL: String
        /// What is asked about each subject.
        package var lookups: [Lookup]
        /// Requests a second; nil: what the API's answers say.
        package var requestsPerSecond: Int?
        /// Who asks.
        package var userAgent: String
        /// What the API's certificate is verified with.
        package var authorities: HTTPOptions.Authorities
        /// Seconds for which an answer is remembered; 0: it is not.
        package var cacheSeconds: Double
        /// Bytes of answers that are remembered at most.
        package var cacheBytes: Int

        /// A configuration.
        package init(
            baseURL: String,
            lookups: [Lookup] = Lookup.standard,
            requestsPerSecond: Int? = nil,
            userAgent: String,
            authorities: HTTPOptions.Authorities,
            cacheSeconds: Double = 0,
            cacheBytes: Int = 32 << 20
        ) {
            self.baseURL = baseURL
            // Answers are told in one order, whatever the order of the words.
            self.lookups = Lookup.all.filter { lookups.contains($0) }
            self.requestsPerSecond = requestsPerSecond
            self.userAgent = userAgent
            self.authorities = authorities
            self.cacheSeconds = cacheSeconds
            self.cacheBytes = cacheBytes
        }
    }

    /// Is told what happens, observables included: for a log at DEBUG only.
    package typealias Trace = (String) -> Void

    /// The answers to what was asked, and what it took.
    package struct Report: Sendable {
        /// Each subject's answers, in the order of `Lookup.all`.
        package let answers: [Subject: [Answer]]
        /// Requests sent.
        package let requests: Int
        /// Answers, or pages of them, that were remembered.
        package let hits: Int
    }

    /// Bytes of an answer, decoded, at most.
    private static let bodyLimit = 2 << 20

    private let configuration: Configuration
    private let http: HTTPMulti
    private let memory: Memory
    private var paces = Paces()

    /// A client that is ready to ask; nothing is connected yet.
    package init(
        _ configuration: Configuration,
        memory: Memory = Memory()
    ) throws(HTTPError) {
        self.configuration = configuration
        self.memory = memory
        let options = HTTPOptions(
            connectTimeout: 3,
            bodyLimit: Self.bodyLimit,
            // A frozen process does not see connections being closed: one that idled for long may be dead.
            idleConnectionLifetime: 55,
            usesProxyOfEnvironment: true,
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
    ///   - pages: pages of an answer that are read at most; nil: all of them.
    ///   - end: when the answer must be there; what is under way then is dropped.
    ///   - trace: is told of each request and what came of it.
    package func ask(
        about subjects: [Subject],
        key: String,
        pages: Int?,
        until end: MonotonicTime,
        trace: Trace? = nil
    ) -> Report {
        let questions = subjects.flatMap { subject in
            configuration.lookups.filter { $0.applies(subject) }.map { Question(subject: subject, lookup: $0) }
        }
        let owner = Memory.Digest(key: key)
        let dispatcher = dispatcher(key, owner, memory: share(of: owner), trace: trace, until: end)
        var inquiry = Inquiry(questions, dispatcher, key: key, pages: pages, today: .today)
        var bySubject: [Subject: [Answer]] = [:]
        bySubject.reserveCapacity(subjects.count)
        for (question, answer) in zip(questions, inquiry.run()) {
            bySubject[question.subject, default: []].append(answer)
        }
        if dispatcher.requests > 0 {
            paces.learn(dispatcher.stop == .keyRefused ? nil : dispatcher.pace.continued, of: owner, now: .now)
        }
        return Report(answers: bySubject, requests: dispatcher.requests, hits: dispatcher.hits)
    }

    /// Asks whether the API takes the key. Returns what is wrong, if something is, and how many requests it took.
    package func ping(key: String, until end: MonotonicTime, trace: Trace? = nil) -> (failure: Failure?, requests: Int)
    {
        let owner = Memory.Digest(key: key)
        let dispatcher = dispatcher(key, owner, memory: nil, trace: trace, until: end)
        var failure: Failure? = .unavailable("SecurityTrails did not answer in time")
        dispatcher.enqueue(Job(question: 0, page: 1, request: APIRequest("ping")))
        while let (_, outcome) = dispatcher.next() {
            failure = Self.failure(ofPing: outcome, key: key)
            if case .success(let response) = outcome, response.refusesKey {
                share(of: owner)?.forget()
                paces.learn(nil, of: owner, now: .now)
            }
        }
        return (failure, dispatcher.requests)
    }

    /// - Parameter owner: the key, as what is remembered is found by it.
    private func dispatcher(
        _ key: String,
        _ owner: Memory.Digest,
        memory: Memory.Share?,
        trace: Trace?,
        until end: MonotonicTime
    ) -> Dispatcher {
        Dispatcher(
            http,
            baseURL: configuration.baseURL,
            key: key,
            pace: paces.pace(of: owner, rate: configuration.requestsPerSecond, now: .now),
            memory: memory,
            trace: trace,
            until: end
        )
    }

    private static func failure(ofPing outcome: Result<APIResponse, HTTPError>, key: String) -> Failure? {
        switch outcome {
        case .failure(let error): return Failure(error)
        case .success(let response) where (200..<300).contains(response.status):
            guard let isSuccess = isSuccess(ping: response.body) else { return .unreadable }
            return isSuccess ? nil : Failure(response, key: key)
        case .success(let response): return Failure(response, key: key)
        }
    }

    /// What is remembered for a key; nil if nothing is to be remembered.
    private func share(of key: Memory.Digest) -> Memory.Share? {
        guard configuration.cacheSeconds > 0 else { return nil }
        return Memory.Share(
            memory,
            key: key,
            lifetime: configuration.cacheSeconds,
            capacity: configuration.cacheBytes
        )
    }
}

extension Client {
    /// Answers read from pages in the API's form, without asking anybody: reading them is what a process is warmed with.
    package static var exampleAnswers: [Answer] {
        let pages: [(Subject?, Lookup, String)] = [
            (
                Subject(domain: "example.com"), .ipv4Addresses,
                #"{"records":[{"values":[{"ip":"192.0.2.1","ip_count":1}],"organizations":["A"],"#
                    + #""first_seen":"2020-01-02","last_seen":"2021-01-02"}],"pages":1}"#
            ),
            (
                Subject(ipv4: "192.0.2.1"), .domains,
                #"{"records":[{"hostname":"example.com","alexa_rank":1}],"record_count":1,"meta":{"max_page":1}}"#
            ),
        ]
        return pages.compactMap { subject, lookup, json in
            guard let subject, let page = try? Page(Array(json.utf8), lookup, about: subject, today: .today) else {
                return nil
            }
            var progress = Progress(Question(subject: subject, lookup: lookup))
            _ = progress.add(page, number: 1, limit: 1)
            return progress.answer(today: .today)
        }
    }
}
