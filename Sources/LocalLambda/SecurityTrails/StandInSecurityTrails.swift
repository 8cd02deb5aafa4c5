import Foundation
import Loopback

/// SecurityTrails' API on loopback, by a scenario: `GET /v1/ping`, what `Scenario.Question` names, and any path that the
/// scenario has. Every request is kept, so that a test sees what was asked, when, and how often.
package final class StandInSecurityTrails: Sendable {
    /// A limit over a sliding second: a request beyond it is answered 429.
    package struct RateLimit: Sendable {
        /// Requests in any second.
        package var perSecond: Int
        /// Whether each answer says so in `X-RateLimit-Limit-second`.
        package var isStated: Bool
        /// The 429's `Retry-After`.
        package var retryAfter: String?

        /// A limit.
        package init(perSecond: Int, isStated: Bool = false, retryAfter: String? = nil) {
            self.perSecond = perSecond
            self.isStated = isStated
            self.retryAfter = retryAfter
        }
    }

    /// A request that came.
    package struct Request: Sendable {
        /// `GET` or `POST`.
        package let method: String
        /// Path and query as they were sent.
        package let target: String
        /// The path, percent-decoded.
        package let path: String
        /// The `page` of the query; 1 if there is none.
        package let page: Int
        /// What is asked about; nil for a ping.
        package let observable: String?
        /// The header fields.
        package let headers: [HTTPServer.Field]
        /// The body; empty if there was none.
        package let body: Data
        /// When it came.
        package let arrival: ContinuousClock.Instant
        /// Which connection it came on, counted from 1.
        package let connection: Int
        /// Whether it was one too many for the rate limit.
        package let isOverLimit: Bool

        /// The value of the first header field of that name, whatever its case.
        package subscript(header: String) -> String? {
            headers.first { $0.name.lowercased() == header.lowercased() }?.value
        }
    }

    fileprivate struct State {
        var scenario: Scenario
        var requests: [Request] = []
        var calls: [String: Int] = [:]
    }

    private let server: HTTPServer
    private let state: Monitor<State>

    /// Starts the stand-in.
    ///
    /// - Parameters:
    ///   - port: 0 for any that is free.
    ///   - tls: who it says it is; nil: plain HTTP.
    package init(
        _ scenario: Scenario = .demonstration,
        port: Int = 0,
        tls: TLSIdentity? = nil,
        rateLimit: RateLimit? = nil
    ) throws {
        let state = Monitor(State(scenario: scenario))
        self.state = state
        let scheme = tls == nil ? "http" : "https"
        server = try HTTPServer(port: port, tls: tls) { request in
            let reply = state.with { state in
                state.answer(request, rateLimit: rateLimit).reply(
                    origin: "\(scheme)://\(request["Host"] ?? "127.0.0.1")"
                )
            }
            return rateLimit.map(reply.stating) ?? reply
        }
    }

    /// `http://127.0.0.1:PORT`, without a path.
    package var origin: String {
        server.origin
    }

    /// `http://127.0.0.1:PORT/v1/`, for `SECURITYTRAILS_API_URL`.
    package var baseURL: String {
        origin + "/v1/"
    }

    /// The requests that came since the start or the last `load`, in order.
    package var requests: [Request] {
        state.with { $0.requests }
    }

    /// How many connections were opened so far.
    package var connectionCount: Int {
        server.connectionCount
    }

    /// Answers by another scenario from now on, from its first answers, and forgets what was asked before.
    package func load(_ scenario: Scenario) {
        state.with { $0 = State(scenario: scenario) }
    }

    /// Ends the server and its connections.
    package func stop() {
        server.stop()
    }
}

extension StandInSecurityTrails.State {
    fileprivate mutating func answer(
        _ request: HTTPServer.Request,
        rateLimit: StandInSecurityTrails.RateLimit?
    ) -> Scenario.Answer {
        let question = Inquiry(request)
        let isOverLimit = rateLimit.map { limit in
            requests.count { !$0.isOverLimit && request.arrival - $0.arrival < .seconds(1) } >= limit.perSecond
        }
        requests.append(question.record(request, isOverLimit: isOverLimit ?? false))
        if isOverLimit == true {
            let headers = rateLimit?.retryAfter.map { ["Retry-After": $0] } ?? [:]
            return .json(["message": "You've exceeded the request limit."], status: 429, headers: headers)
        }
        guard let answers = answers(to: question), !answers.list.isEmpty else {
            return scenario.fallback
                ?? .json(["message": .string("no rule for \(question.path)")], status: 598)
        }
        let number = calls[question.key, default: 0]
        calls[question.key] = number + 1
        return answers.list[min(number, answers.list.count - 1)]
    }

    private func answers(to question: Inquiry) -> Scenario.Answers? {
        if let answers = scenario.paths?[question.path] { return answers }
        switch question.kind {
        // A ping may carry a page and means nothing by it.
        case .ping: return scenario.ping ?? [.json(["success": true])]
        case .unknown: return nil
        case .about(let asked):
            let pages = question.observable.flatMap(known)?.pages[asked] ?? []
            return pages.indices.contains(question.page - 1) ? pages[question.page - 1] : nil
        }
    }

    /// What is known of a value; an IPv6 address may be spelled in any way.
    private func known(_ value: String) -> Scenario.Observable? {
        if let observable = scenario.observables?[value] { return observable }
        guard let address = addressBytes(value) else { return nil }
        return scenario.observables?.first { addressBytes($0.key) == address }?.value
    }
}

/// The bytes of an IPv6 address; nil for any other text.
private func addressBytes(_ text: String) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 16)
    return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
}

/// What a request asks SecurityTrails.
private struct Inquiry {
    enum Kind {
        case ping
        case about(Scenario.Question)
        case unknown
    }

    let kind: Kind
    let observable: String?
    let path: String
    let page: Int

    init(_ request: HTTPServer.Request) {
        let encoded = request.path
        path = encoded.utf8.contains(UInt8(ascii: "%")) ? encoded.removingPercentEncoding ?? encoded : encoded
        let number = request.query.split(separator: "&").first { $0.hasPrefix("page=") }?.dropFirst("page=".count)
        page = number.map { Int($0) ?? 0 } ?? 1
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let last = segments[segments.count - 1]
        var name: String?
        var observable: String?
        if path.hasPrefix("/v1/history/"), segments.count >= 6, segments[segments.count - 2] == "dns" {
            name = last
            observable = segments[3..<segments.count - 2].joined(separator: "/")
        } else if path.hasPrefix("/v1/history/"), segments.count >= 5, last == "whois" {
            name = "history-whois"
            observable = segments[3..<segments.count - 1].joined(separator: "/")
        } else if path.hasPrefix("/v1/domain/"), segments.count == 5 {
            name = last
            observable = segments[3]
        } else if path == "/v1/domains/list", request.method == "POST" {
            name = "list"
            observable = (try? JSONValue(parsing: request.body))?["filter"]?.object?.values.first?.string
        }
        self.observable = observable
        if path == "/v1/ping" {
            kind = .ping
        } else {
            kind = name.flatMap(Scenario.Question.init).map(Kind.about) ?? .unknown
        }
    }

    /// What tells successive calls of the same kind.
    var key: String {
        if case .about(let question) = kind { "\(question.rawValue) \(page) \(observable ?? "")" } else { path }
    }

    func record(_ request: HTTPServer.Request, isOverLimit: Bool) -> StandInSecurityTrails.Request {
        StandInSecurityTrails.Request(
            method: request.method,
            target: request.target,
            path: path,
            page: page,
            observable: observable,
            headers: request.headers,
            body: request.body,
            arrival: request.arrival,
            connection: request.connection,
            isOverLimit: isOverLimit
        )
    }
}

extension HTTPServer.Reply {
    fileprivate func stating(_ limit: StandInSecurityTrails.RateLimit) -> Self {
        guard limit.isStated, case .respond(var response) = action else { return self }
        response.headers.append(HTTPServer.Field("X-RateLimit-Limit-second", String(limit.perSecond)))
        return Self(.respond(response), after: delay)
    }
}
