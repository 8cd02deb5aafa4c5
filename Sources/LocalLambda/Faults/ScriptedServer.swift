import Foundation
import Loopback

/// A server that answers by a list: the first request with the first step, the second with the second, and so on.
/// What came is kept. A Runtime API that does what no Runtime API should is made of it.
package final class ScriptedServer: Sendable {
    /// What a request is answered with.
    package enum Step: Sendable {
        /// This reply.
        case reply(HTTPServer.Reply)
        /// These bytes as they are, line ends included; then the connection ends, or waits for the next request.
        case bytes(String, keepAlive: Bool = false)
        /// The reply that the closure makes of the request.
        case answer(@Sendable (HTTPServer.Request) -> HTTPServer.Reply)
    }

    private struct State {
        var steps: ArraySlice<Step>
        var requests: [HTTPServer.Request] = []
    }

    private let server: HTTPServer
    private let state: Monitor<State>

    /// Starts the server on a free port; requests beyond the list's end are answered with `afterwards`.
    package init(
        _ steps: [Step],
        afterwards: HTTPServer.Reply = .drop,
        tls: TLSIdentity? = nil
    ) throws {
        let state = Monitor(State(steps: steps[...]))
        self.state = state
        server = try HTTPServer(tls: tls) { request in
            let step = state.with { state in
                state.requests.append(request)
                return state.steps.popFirst()
            }
            switch step {
            case .reply(let reply): return reply
            case .bytes(let text, let keepAlive): return .raw(text, keepAlive: keepAlive)
            case .answer(let answer): return answer(request)
            case nil: return afterwards
            }
        }
    }

    /// `127.0.0.1:PORT`, the form of AWS_LAMBDA_RUNTIME_API.
    package var address: String {
        "127.0.0.1:\(server.port)"
    }

    /// `http://127.0.0.1:PORT`, or https.
    package var origin: String {
        server.origin
    }

    /// The requests that came, in order.
    package var requests: [HTTPServer.Request] {
        state.with { $0.requests }
    }

    /// How many connections were opened so far.
    package var connectionCount: Int {
        server.connectionCount
    }

    /// Waits until that many requests have come; false if they had not after `seconds`.
    package func wait(forRequests count: Int, seconds: Double = 10) -> Bool {
        state.wait(seconds: seconds) { $0.requests.count >= count ? true : nil } ?? false
    }

    /// Waits until the server has closed all its connections; false if it has not after 20 seconds.
    package func waitForNoConnection() -> Bool {
        server.waitForNoConnection()
    }

    /// Ends the server and its connections.
    package func stop() {
        server.stop()
    }
}

extension HTTPServer.Reply {
    /// The Runtime API's answer to `next`: an invocation.
    ///
    /// - Parameters:
    ///   - id: nil leaves the header out.
    ///   - deadline: when Lambda would end the process.
    ///   - headers: more of them.
    package static func invocation(
        _ event: Data,
        id: String? = UUID().uuidString.lowercased(),
        deadline: Date = Date(timeIntervalSinceNow: 30),
        headers: [HTTPServer.Field] = []
    ) -> HTTPServer.Reply {
        let milliseconds = Int(deadline.timeIntervalSince1970 * 1000)
        var fields = [HTTPServer.Field("Content-Type", "application/json")]
        if let id { fields.append(HTTPServer.Field("Lambda-Runtime-Aws-Request-Id", id)) }
        fields.append(HTTPServer.Field("Lambda-Runtime-Deadline-Ms", String(milliseconds)))
        return .response(200, fields + headers, event)
    }

    /// The Runtime API's answer to a response or an error that it takes.
    package static let accepted = HTTPServer.Reply.json(202, ["status": "OK"])

    /// The Runtime API's answer to what it does not take.
    package static func refused(_ status: Int, type: String, message: String) -> HTTPServer.Reply {
        .json(status, ["errorMessage": .string(message), "errorType": .string(type)])
    }
}
