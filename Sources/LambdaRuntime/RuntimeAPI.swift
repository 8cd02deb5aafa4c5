import HTTPClient

/// The process is of no more use: Lambda starts another when it exits with a status other than 0.
package struct RuntimeLost: Error, Equatable {
    /// What was asked for, and what came instead.
    package let message: String
}

/// What the Runtime API said to a response or an error.
enum Acceptance: Equatable {
    /// 202.
    case accepted
    /// 413: larger than Lambda takes.
    case tooLarge
    /// 400, 410 or another status that leaves the process usable: the id is unknown, answered already or timed out.
    case refused(Int)
}

/// Where the runtime gets invocations from: the Runtime API, or a test.
protocol InvocationSource {
    /// Waits for the next invocation, as long as it takes: the process may be frozen meanwhile. Calling it ends the
    /// billed time of the one before.
    func next() throws(RuntimeLost) -> Invocation
    /// Posts the answer to an invocation.
    func respond(_ payload: [UInt8], to requestID: String) throws(RuntimeLost) -> Acceptance
    /// Says that an invocation has no answer.
    func report(_ error: FunctionError, for requestID: String) throws(RuntimeLost) -> Acceptance
}

/// The Lambda Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), over one connection that is
/// kept alive.
struct RuntimeAPI: InvocationSource {
    /// Seconds for Lambda to take an answer.
    private static let postTimeout = 10.0
    /// An event is 6 MB at most.
    private static let eventLimit = 8 << 20

    private let base: String
    private let connection: HTTPConnection

    /// The API that Lambda names in `AWS_LAMBDA_RUNTIME_API`: `host:port`; local tools set a scheme or a path as well.
    init(_ environment: [String: String]) throws(RuntimeLost) {
        guard let address = environment["AWS_LAMBDA_RUNTIME_API"], !address.isEmpty else {
            throw RuntimeLost(message: "AWS_LAMBDA_RUNTIME_API is not set: AWS Lambda starts this executable")
        }
        let root = address.hasPrefix("http://") || address.hasPrefix("https://") ? address : "http://" + address
        base = root + (root.hasSuffix("/") ? "" : "/") + "2018-06-01/runtime/"
        // A process that was frozen for a day finds its connection as it left it.
        let options = HTTPOptions(bodyLimit: Self.eventLimit, idleConnectionLifetime: .max >> 32)
        do { connection = try HTTPConnection(options) } catch { throw Self.lost("Runtime API", error) }
    }

    func next() throws(RuntimeLost) -> Invocation {
        let call = "invocation/next"
        let response = try exchange(HTTPRequest(.get, base + call), call, timeout: nil)
        guard response.status == 200 else { throw Self.lost(call, status: response.status) }
        guard let invocation = Invocation(response, began: .now) else {
            throw RuntimeLost(message: "\(call): no request id in the answer")
        }
        return invocation
    }

    func respond(_ payload: [UInt8], to requestID: String) throws(RuntimeLost) -> Acceptance {
        try post(payload, "invocation/\(requestID)/response", headers: [Self.json])
    }

    func report(_ error: FunctionError, for requestID: String) throws(RuntimeLost) -> Acceptance {
        try post(error.json, "invocation/\(requestID)/error", headers: Self.headers(of: error))
    }

    /// Says that the process cannot start. Whatever the answer, the process ends.
    func reportInit(_ error: FunctionError) throws(RuntimeLost) {
        _ = try post(error.json, "init/error", headers: Self.headers(of: error))
    }

    // MARK: - Exchanges

    private static let json = "Content-Type: application/json"

    private static func headers(of error: FunctionError) -> [String] {
        [json, "Lambda-Runtime-Function-Error-Type: \(error.kind.rawValue)"]
    }

    private func post(_ body: [UInt8], _ call: String, headers: [String]) throws(RuntimeLost) -> Acceptance {
        let request = HTTPRequest(.post(body), base + call, headers: headers)
        let response = try exchange(request, call, timeout: Self.postTimeout)
        switch response.status {
        case 200..<300: return .accepted
        case 413: return .tooLarge
        case 400, 410: return .refused(response.status)
        default: throw Self.lost(call, status: response.status)
        }
    }

    private func exchange(_ request: HTTPRequest, _ call: String, timeout: Double?) throws(RuntimeLost) -> HTTPResponse
    {
        do {
            return try connection.exchange(request, timeout: timeout)
        } catch {
            throw Self.lost(call, error)
        }
    }

    private static func lost(_ call: String, status: Int) -> RuntimeLost {
        RuntimeLost(message: "\(call): the Runtime API answered \(status)")
    }

    private static func lost(_ call: String, _ error: HTTPError) -> RuntimeLost {
        RuntimeLost(message: "\(call): the Runtime API is lost: \(error.reason)")
    }
}
