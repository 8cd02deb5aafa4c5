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
        /// Those whose response was too large: nothing more is taken for them.
        var oversized: Set<String> = []
        /// Calls of `next` that wait.
        var waiting = 0
        var nextCalls = 0
        var initError: FunctionError?
        var isOver = false
        var complaints: [String] = []
    }

    private let server: HTTPServer
    private let state: Monitor<State>

    /// Starts the Runtime API on a free port.
    ///
    /// - Parameter isManaged: whether it is that of Managed Instances, where AWS's emulator refuses a second post after
    ///   a 413 with 400 and not with 403.
    package init(functionARN: String = LambdaFunction().arn, isManaged: Bool = false) throws {
        let state = Monitor(State())
        self.state = state
        var limits = HTTPServer.Limits()
        // A process that is frozen says nothing for as long as it likes.
        limits.idle = nil
        server = try HTTPServer(limits: limits) { request in
            switch Call(request) {
            case .next: return next(request, state, functionARN: functionARN)
            case .response(let id): return state.with { $0.take(response: request.body, id: id, isManaged) }
            case .error(let id): return state.with { $0.take(error: FunctionError(request), id: id, isManaged) }
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

    /// Waits until a `next` waits that no invocation is meant for; false if none did in time.
    package func waitForFreeLoop(seconds: Double) -> Bool {
        state.wait(seconds: seconds) { state in
            if state.waiting > state.queue.count { return true }
            return state.isOver ? false : nil
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
    package func processEnded() {
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

    /// An error that Lambda, and not the runtime, tells of.
    init(type: String, message: String) {
        self.init(
            type: type,
            body: JSONValue.object(["errorType": .string(type), "errorMessage": .string(message)]).text()
        )
    }

    /// What the caller gets if all loops of a process are busy.
    static let unavailable = RuntimeAPIServer.FunctionError(
        type: "Runtime.Unavailable",
        message: "the process has no free loop"
    )

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
    state.with { state in
        state.nextCalls += 1
        state.waiting += 1
    }
    defer { state.with { $0.waiting -= 1 } }
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
    /// What a second post is answered with after a response that was too large.
    private func afterOversized(_ id: String, _ isManaged: Bool) -> HTTPServer.Reply? {
        guard oversized.contains(id), !isManaged else { return nil }
        return .refused(403, type: "InvalidStateTransition", message: "Transition from Responded is not allowed")
    }

    fileprivate mutating func take(response: Data, id: String, _ isManaged: Bool) -> HTTPServer.Reply {
        if let refusal = afterOversized(id, isManaged) { return refusal }
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

    fileprivate mutating func take(
        error: RuntimeAPIServer.FunctionError,
        id: String,
        _ isManaged: Bool
    ) -> HTTPServer.Reply {
        if let refusal = afterOversized(id, isManaged) { return refusal }
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
