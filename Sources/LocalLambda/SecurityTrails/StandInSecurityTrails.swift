import Foundation
import Loopback

/// SecurityTrails' API on loopback, by a scenario: `GET /v1/ping`, `GET /v1/history/VALUE/dns/a` and `…/aaaa`,
/// `POST /v1/domains/list`. Every request is kept, so that a test sees what was asked, when, and how often.
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
        /// The `page` of the query; 1 where there is none.
        package let page: Int
        /// What is asked about; nil for a ping.
        package let observable: String?
        /// The header fields.
        package let headers: [HTTPServer.Field]
        /// The body; empty where there was none.
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

    /// `http://127.0.0.1:PORT/v1/`, for `SECURITYTRAILS_API_URL`.
    package var baseURL: String {
        server.origin + "/v1/"
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
        let question = Question(request)
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

    private func answers(to question: Question) -> Scenario.Answers? {
        if let answers = scenario.paths?[question.path] { return answers }
        let observable = question.observable.flatMap { scenario.observables?[$0] }
        let pages: [Scenario.Answers]? =
            switch question.kind {
            case .ping: [scenario.ping ?? [.json(["success": true])]]
            case .a: observable?.a
            case .aaaa: observable?.aaaa
            case .list: observable?.list
            case .unknown: nil
            }
        // A ping may carry a page and means nothing by it.
        let page = question.kind == .ping ? 1 : question.page
        guard let pages, pages.indices.contains(page - 1) else { return nil }
        return pages[page - 1]
    }
}

/// What a request asks SecurityTrails.
private struct Question {
    enum Kind: String {
        case ping, a, aaaa, list, unknown
    }

    let kind: Kind
    let observable: String?
    let path: String
    let page: Int

    init(_ request: HTTPServer.Request) {
        path = request.path.removingPercentEncoding ?? request.path
        page =
            URLComponents(string: "?" + request.query)?.queryItems?.first { $0.name == "page" }
            .map { Int($0.value ?? "") ?? 0 } ?? 1
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if path == "/v1/ping" {
            kind = .ping
            observable = nil
        } else if path.hasPrefix("/v1/history/"), segments.count >= 6, segments[segments.count - 2] == "dns" {
            kind = Kind(rawValue: segments[segments.count - 1]) ?? .unknown
            observable = segments[3..<segments.count - 2].joined(separator: "/")
        } else if path == "/v1/domains/list", request.method == "POST" {
            kind = .list
            observable = (try? JSONValue(parsing: request.body))?["filter"]?.object?.values.first?.string
        } else {
            kind = .unknown
            observable = nil
        }
    }

    /// What tells successive calls of the same kind.
    var key: String {
        kind == .ping || kind == .unknown ? path : "\(kind) \(page) \(observable ?? "")"
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
