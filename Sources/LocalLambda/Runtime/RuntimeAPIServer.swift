import Foundation
import Loopback

/// Lambda's Runtime API on loopback, for one process: it hands out invocations and takes what comes back.
/// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
package final class RuntimeAPIServer: Sendable {
    /// What Lambda takes in a response: 6 MB, and the 100 bytes beyond that it lets pass.
    package static let responseLimit = 6 * 1024 * 1024 + 100

    /// An invocation to be handed out.
    package struct Invocation: Sendable {
        /// The request id.
        package var id: String
        /// The event.
        package var event: Data
        /// When Lambda would end the process.
        package var deadline: Date

        /// An invocation with `seconds` to run.
        package init(_ event: Data, id: String = UUID().uuidString.lowercased(), seconds: Double) {
            self.id = id
            self.event = event
            self.deadline = Date(timeIntervalSinceNow: seconds)
        }
    }

    /// An error that the runtime reported, or that Lambda finds in its place.
    package struct FunctionError: Error, Equatable, Sendable {
        /// The type: of the header `Lambda-Runtime-Function-Error-Type`, as it came.
        package let type: String?
        /// What was posted.
        package let body: Data

        /// The message of the body, or the body.
        package var message: String {
            (try? JSONValue(parsing: body))?["errorMessage"]?.string ?? String(decoding: body, as: UTF8.self)
        }
    }

    /// What became of an invocation, and the seconds from its `next` to that.
    package struct Answer: Sendable {
        /// The response's bytes, or the error.
        package let result: Result<Data, FunctionError>
        /// Seconds from the moment it was handed out.
        package let seconds: Double
    }

    /// A call of the runtime.
    package enum Call: Equatable, Sendable {
        /// `GET invocation/next`
        case next
        /// `POST invocation/ID/response`
        case response(id: String)
        /// `POST invocation/ID/error`
        case error(id: String)
        /// `POST init/error`
        case initError
        /// Anything else.
        case unknown
    }

    fileprivate struct State {
        var queue: [Invocation] = []
        var begun: [String: ContinuousClock.Instant] = [:]
        var answers: [String: Answer] = [:]
        /// Those whose response was too large: an error for them is still taken.
        var oversized: Set<String> = []
        var nextCalls = 0
        var initError: FunctionError?
        var isOver = false
        var complaints: [String] = []
    }

    private let server: HTTPServer
    private let state: Monitor<State>

    /// Starts the Runtime API on a free port.
    package init(functionARN: String = LambdaFunction().arn) throws {
        let state = Monitor(State())
        self.state = state
        var limits = HTTPServer.Limits()
        // A process that is frozen says nothing for as long as it likes.
        limits.idle = nil
        server = try HTTPServer(limits: limits) { request in
            switch Call(request) {
            case .next: return next(request, state, functionARN: functionARN)
            case .response(let id): return state.with { $0.take(response: request.body, id: id) }
            case .error(let id): return state.with { $0.take(error: FunctionError(request), id: id) }
            case .initError: return state.with { $0.take(initError: FunctionError(request)) }
            case .unknown: return .refused(404, type: "NotFound", message: "no such call")
            }
        }
    }

    /// `127.0.0.1:PORT`, for AWS_LAMBDA_RUNTIME_API.
    package var address: String {
        "127.0.0.1:\(server.port)"
    }

    /// How often `next` was called so far.
    package var nextCalls: Int {
        state.with { $0.nextCalls }
    }

    /// What the runtime did and should not have: an answer to an unknown id, one that is too large. Read once.
    package func takeComplaints() -> [String] {
        state.with { state in
            defer { state.complaints = [] }
            return state.complaints
        }
    }

    /// What `init/error` brought, if it was called.
    package var initError: FunctionError? {
        state.with { $0.initError }
    }

    /// Waits until `next` was called more than `count` times; false if the time or the process ended before.
    package func wait(forNextAfter count: Int, seconds: Double) -> Bool {
        state.wait(seconds: seconds) { state in
            if state.nextCalls > count { return true }
            return state.isOver || state.initError != nil ? false : nil
        } ?? false
    }

    /// Hands out the invocation to the next `next`, and waits for its answer until its deadline; nil if that, or the
    /// process, came first.
    package func answer(to invocation: Invocation) -> Answer? {
        state.with { $0.queue.append(invocation) }
        let answer: Answer?? = state.wait(seconds: invocation.deadline.timeIntervalSinceNow) { state in
            if let answer = state.answers.removeValue(forKey: invocation.id) { return answer }
            return state.isOver ? .some(nil) : nil
        }
        state.with { state in
            state.queue.removeAll { $0.id == invocation.id }
            state.begun[invocation.id] = nil
        }
        return answer ?? nil
    }

    /// The process has ended: nobody needs to wait for it.
    func processEnded() {
        state.with { $0.isOver = true }
    }

    /// Ends the Runtime API and its connections.
    package func stop() {
        state.with { $0.isOver = true }
        server.stop()
    }
}

extension RuntimeAPIServer.Call {
    init(_ request: HTTPServer.Request) {
        let prefix = "/2018-06-01/runtime/"
        guard request.path.hasPrefix(prefix) else {
            self = .unknown
            return
        }
        let words = request.path.dropFirst(prefix.count).split(separator: "/").map(String.init)
        switch (request.method, words.count, words.first, words.last) {
        case ("GET", 2, "invocation", "next"): self = .next
        case ("POST", 3, "invocation", "response"): self = .response(id: words[1])
        case ("POST", 3, "invocation", "error"): self = .error(id: words[1])
        case ("POST", 2, "init", "error"): self = .initError
        default: self = .unknown
        }
    }
}

extension RuntimeAPIServer.FunctionError {
    fileprivate init(_ request: HTTPServer.Request) {
        self.init(type: request["Lambda-Runtime-Function-Error-Type"], body: request.body)
    }

    fileprivate static let oversized = RuntimeAPIServer.FunctionError(
        type: "Function.ResponseSizeTooLarge",
        body: JSONValue.object([
            "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
            "errorType": "Function.ResponseSizeTooLarge",
        ]).text()
    )
}

/// Waits for an invocation, as the runtime's `next` does: without end.
private func next(
    _ request: HTTPServer.Request,
    _ state: Monitor<RuntimeAPIServer.State>,
    functionARN: String
) -> HTTPServer.Reply {
    state.with { $0.nextCalls += 1 }
    let invocation: RuntimeAPIServer.Invocation?? = state.wait { state in
        // A `next` whose caller is gone must not take what is another's.
        if state.isOver || !request.isConnected() { return .some(nil) }
        guard !state.queue.isEmpty else { return nil }
        let invocation = state.queue.removeFirst()
        state.begun[invocation.id] = .now
        return invocation
    }
    guard let invocation = invocation ?? nil else { return .drop }
    return .invocation(
        invocation.event,
        id: invocation.id,
        deadline: invocation.deadline,
        headers: [
            HTTPServer.Field("Lambda-Runtime-Invoked-Function-Arn", functionARN),
            HTTPServer.Field("Lambda-Runtime-Trace-Id", traceHeader()),
        ]
    )
}

extension RuntimeAPIServer.State {
    fileprivate mutating func take(response: Data, id: String) -> HTTPServer.Reply {
        guard let begun = begun[id] else { return unknown(id, "a response") }
        self.begun[id] = nil
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        guard response.count <= RuntimeAPIServer.responseLimit else {
            complaints.append("a response of \(response.count) bytes; Lambda takes \(RuntimeAPIServer.responseLimit)")
            oversized.insert(id)
            answers[id] = RuntimeAPIServer.Answer(result: .failure(.oversized), seconds: seconds)
            return .refused(413, type: "RequestEntityTooLarge", message: "Exceeded maximum allowed payload size.")
        }
        answers[id] = RuntimeAPIServer.Answer(result: .success(response), seconds: seconds)
        return .accepted
    }

    fileprivate mutating func take(error: RuntimeAPIServer.FunctionError, id: String) -> HTTPServer.Reply {
        guard oversized.remove(id) == nil else { return .accepted }
        guard let begun = begun[id] else { return unknown(id, "an error") }
        self.begun[id] = nil
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        answers[id] = RuntimeAPIServer.Answer(result: .failure(error), seconds: seconds)
        return .accepted
    }

    fileprivate mutating func take(initError error: RuntimeAPIServer.FunctionError) -> HTTPServer.Reply {
        initError = error
        return .accepted
    }

    private mutating func unknown(_ id: String, _ what: String) -> HTTPServer.Reply {
        complaints.append("\(what) to the unknown or finished request id \(id)")
        return .refused(400, type: "InvalidRequestID", message: "Invalid request ID")
    }
}
