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

    private let connection: RuntimeConnection

    /// The API that Lambda names in `AWS_LAMBDA_RUNTIME_API`: `host:port`; local tools set a scheme or a path as well.
    init(_ environment: [String: String]) throws(RuntimeLost) {
        guard let text = environment["AWS_LAMBDA_RUNTIME_API"], !text.isEmpty else {
            throw RuntimeLost(message: "AWS_LAMBDA_RUNTIME_API is not set: AWS Lambda starts this executable")
        }
        guard let address = RuntimeConnection.Address(text) else {
            throw RuntimeLost(message: "AWS_LAMBDA_RUNTIME_API is not of the form HOST:PORT")
        }
        connection = RuntimeConnection(address, bodyLimit: Self.eventLimit)
    }

    func next() throws(RuntimeLost) -> Invocation {
        let call = "invocation/next"
        let response = try exchange(call, headers: "", body: nil, timeout: nil)
        guard response.status == 200 else { throw Self.lost(call, status: response.status) }
        guard let invocation = Invocation(response, began: .now) else {
            throw RuntimeLost(message: "\(call): no request id in the answer")
        }
        return invocation
    }

    func respond(_ payload: [UInt8], to requestID: String) throws(RuntimeLost) -> Acceptance {
        try post(payload, "invocation/\(requestID)/response", headers: Self.json)
    }

    func report(_ error: FunctionError, for requestID: String) throws(RuntimeLost) -> Acceptance {
        try post(error.json, "invocation/\(requestID)/error", headers: Self.headers(of: error))
    }

    /// Says that the process cannot start. Whatever the answer, the process ends.
    func reportInit(_ error: FunctionError) throws(RuntimeLost) {
        _ = try post(error.json, "init/error", headers: Self.headers(of: error))
    }

    // MARK: - Exchanges

    private static let json = "Content-Type: application/json\r\n"

    private static func headers(of error: FunctionError) -> String {
        json + "Lambda-Runtime-Function-Error-Type: \(error.kind.rawValue)\r\n"
    }

    private func post(_ body: [UInt8], _ call: String, headers: String) throws(RuntimeLost) -> Acceptance {
        let response = try exchange(call, headers: headers, body: body, timeout: Self.postTimeout)
        switch response.status {
        case 200..<300: return .accepted
        case 413: return .tooLarge
        case 400, 410: return .refused(response.status)
        default: throw Self.lost(call, status: response.status)
        }
    }

    private func exchange(
        _ call: String,
        headers: String,
        body: [UInt8]?,
        timeout: Double?
    ) throws(RuntimeLost) -> RuntimeConnection.Response {
        do throws(RuntimeConnection.Lost) {
            return try connection.exchange("2018-06-01/runtime/" + call, headers: headers, body: body, timeout: timeout)
        } catch {
            throw RuntimeLost(message: "\(call): the Runtime API is lost: \(error.reason)")
        }
    }

    private static func lost(_ call: String, status: Int) -> RuntimeLost {
        RuntimeLost(message: "\(call): the Runtime API answered \(status)")
    }
}

extension RuntimeConnection {
    /// Where the API listens.
    struct Address {
        /// Host and port as they were given, for the `Host` field.
        let authority: String
        let host: String
        let port: String
        /// What stands in front of each call's path; it has no slash at its end.
        let path: String

        /// Reads `HOST:PORT`, or an http URL; an IPv6 address stands in brackets. Nil for anything else.
        init?(_ text: String) {
            var rest = text[...]
            if rest.hasPrefix("http://") { rest = rest.dropFirst(7) }
            let authority = rest.prefix { $0 != "/" }
            var path = rest.dropFirst(authority.count)
            while path.last == "/" { path.removeLast() }
            let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
            let port = authority.dropFirst(host.count)
            let number = port.isEmpty ? 80 : UInt16(port.dropFirst()) ?? 0
            guard !host.isEmpty, host != "[]", host != "]", number > 0, !authority.contains("@"),
                text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { return nil }
            self.authority = String(authority)
            self.host = String(host.drop { $0 == "[" }.prefix { $0 != "]" })
            self.port = String(number)
            self.path = String(path)
        }
    }
}
