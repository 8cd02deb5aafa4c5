import HTTPClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a function made of an event.
package struct FunctionResponse: Sendable {
    /// What goes back to whoever invoked the function: JSON.
    package let payload: [UInt8]
    /// What the log says of it, before the duration.
    package let summary: String
    /// The same, for a JSON log.
    package let fields: [(String, Log.Value)]

    /// A response.
    package init(payload: [UInt8], summary: String, fields: [(String, Log.Value)] = []) {
        self.payload = payload
        self.summary = summary
        self.fields = fields
    }
}

/// A Lambda function's process: asks for events, has each answered, and posts the responses back.
package enum Runtime {
    /// Answers one event. A `FunctionError` is reported to Lambda, and the process goes on.
    package typealias Handler = (Invocation) throws(FunctionError) -> FunctionResponse

    /// Serves invocations until the process is of no more use, says so in the log, and exits with status 1: Lambda then
    /// starts another. There are as many loops as Lambda asks for (`AWS_LAMBDA_MAX_CONCURRENCY`, on Lambda Managed
    /// Instances), a thread each.
    ///
    /// - Parameter makeHandler: makes a loop's handler, and makes it ready for its first event; its error is reported as
    ///   an error of init.
    package static func run(
        environment: [String: String],
        log: Log,
        makeHandler: @escaping @Sendable () throws(FunctionError) -> Handler
    ) -> Never {
        // A log that nobody reads any more is not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        forbidCoreFiles()
        let concurrency = environment["AWS_LAMBDA_MAX_CONCURRENCY"].flatMap(Int.init) ?? 1
        runLoop(environment, log, makeHandler) {
            for _ in 1..<min(max(concurrency, 1), 1000)
            where !startThread({ runLoop(environment, log, makeHandler) {} }) {
                log.write(.error, "no thread could be started for one of \(concurrency) loops")
            }
        }
    }

    /// The memory holds keys, and a crash must not leave them in a file.
    private static func forbidCoreFiles() {
        #if canImport(Glibc)
            let core = __rlimit_resource_t(RLIMIT_CORE.rawValue)
        #else
            let core = RLIMIT_CORE
        #endif
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = setrlimit(core, &none)
    }

    /// One loop, from the making of its handler to the end of the process.
    ///
    /// - Parameter startOthers: called when the handler is made. What keeps one loop from starting keeps them all, and is
    ///   reported once.
    private static func runLoop(
        _ environment: [String: String],
        _ log: Log,
        _ makeHandler: () throws(FunctionError) -> Handler,
        startOthers: () -> Void
    ) -> Never {
        do throws(RuntimeLost) {
            try run(RuntimeAPI(environment), log, makeHandler, startOthers)
        } catch {
            log.write(.fatal, error.message)
        }
        // Without what libraries do at exit: other loops may still use them.
        _exit(1)
    }

    private static func run(
        _ api: RuntimeAPI,
        _ log: Log,
        _ makeHandler: () throws(FunctionError) -> Handler,
        _ startOthers: () -> Void
    ) throws(RuntimeLost) {
        let handler: Handler
        do throws(FunctionError) {
            handler = try makeHandler()
        } catch {
            log.write(.fatal, error.message, fields: error.logFields)
            return try api.reportInit(error)
        }
        startOthers()
        try serve(api, log, handler)
    }

    /// The loop: next, handle, respond or report.
    static func serve(_ source: some InvocationSource, _ log: Log, _ handler: Handler) throws(RuntimeLost) -> Never {
        while true {
            let invocation = try source.next()
            let outcome = Result { () throws(FunctionError) in try handler(invocation) }
            switch outcome {
            case .success(let response):
                try respond(response, to: invocation, source, log)
            case .failure(let error):
                log.write(.error, error.message, requestID: invocation.requestID, fields: error.logFields)
                try report(error, for: invocation, source, log)
            }
        }
    }

    private static func respond(
        _ response: FunctionResponse,
        to invocation: Invocation,
        _ source: some InvocationSource,
        _ log: Log
    ) throws(RuntimeLost) {
        switch try source.respond(response.payload, to: invocation.requestID) {
        case .accepted:
            let milliseconds = Int(((MonotonicTime.now - invocation.began) * 1000).rounded())
            log.write(
                .info,
                "\(response.summary) in \(milliseconds) ms",
                requestID: invocation.requestID,
                fields: response.fields + [("durationMs", .number(milliseconds))] + invocation.logFields
            )
        case .tooLarge:
            let size = response.payload.count
            let error = FunctionError(.responseTooLarge, "Lambda refused a response of \(size) bytes as too large")
            // That was the answer: a second one to the same invocation would end the process.
            log.write(.error, error.message, requestID: invocation.requestID, fields: error.logFields)
        case .refused(let status):
            log.write(.warn, "the response was refused with \(status)", requestID: invocation.requestID)
        }
    }

    private static func report(
        _ error: FunctionError,
        for invocation: Invocation,
        _ source: some InvocationSource,
        _ log: Log
    ) throws(RuntimeLost) {
        let acceptance = try source.report(error, for: invocation.requestID)
        guard acceptance != .accepted else { return }
        log.write(.warn, "the error was refused: \(acceptance)", requestID: invocation.requestID)
    }

    /// Runs `body` on a thread of its own. Returns whether one could be started.
    private static func startThread(_ body: @escaping @Sendable () -> Never) -> Bool {
        final class Box {
            let body: () -> Never
            init(_ body: @escaping () -> Never) { self.body = body }
        }
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        let start: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { box in
            box.map { Unmanaged<Box>.fromOpaque($0).takeRetainedValue().body() }
        }
        let status = pthread_create(&thread, nil, start, box.toOpaque())
        if status == 0 { pthread_detach(thread) } else { box.release() }
        return status == 0
    }
}

extension FunctionError {
    fileprivate var logFields: [(String, Log.Value)] {
        [("errorType", .string(kind.rawValue)), ("errorMessage", .string(message)), ("stackTrace", .strings([]))]
    }
}

extension Invocation {
    fileprivate var logFields: [(String, Log.Value)] {
        [("xrayTraceId", traceID), ("tenantId", tenantID)].compactMap { name, value in
            value.map { (name, .string($0)) }
        }
    }
}
