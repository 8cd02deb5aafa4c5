import HTTPClient

/// Sends the requests of one invocation: as many at once as the pace allows, each once more where that is promising,
/// until there are none left or time has run out.
final class Dispatcher<Job> {
    /// Why nothing more is sent.
    enum Stop {
        /// Each further request would fail in the same way.
        case refused
        /// Nobody could be reached; those under way that have reached nobody either are dropped.
        case unreachable
        /// Time or room has run out.
        case outOfTime
    }

    /// Bytes of values from which on no more are taken: there are then more than an answer of 6 MB can carry. Beside
    /// them, the bodies under way hold 32 MiB at most.
    private static var heldLimit: Int { 8 << 20 }

    /// A job and what has been tried.
    private struct Attempt {
        let job: Job
        var wasRetried = false
        var met429 = false
    }

    private let client: Client
    private let end: MonotonicTime
    private var pace: Pace
    private var queue: [Job] = []
    private var queueHead = 0
    private var retries: [(at: MonotonicTime, attempt: Attempt)] = []
    private var underWay: [ObjectIdentifier: Attempt] = [:]

    /// Why nothing more is sent; set it to end the sending. What is under way is still received.
    var stop: Stop?
    /// Bytes that the values received take; the receiver keeps count.
    var held = 0
    /// Requests sent.
    private(set) var requests = 0
    /// Whether anything was answered, with whatever status.
    private(set) var hasBeenAnswered = false

    init(_ client: Client, until end: MonotonicTime) {
        self.client = client
        self.end = end
        pace = Pace(rate: client.configuration.requestsPerSecond, now: .now)
    }

    /// Adds a job behind those that wait.
    func enqueue(_ job: Job) {
        queue.append(job)
    }

    /// Sends and receives until all is done.
    ///
    /// - Parameters:
    ///   - request: a job's request, asked for when it may go out; nil where the job has become pointless.
    ///   - receive: takes what a job came to, after its retry.
    func run(request: (Job) -> HTTPRequest?, receive: (Job, Result<HTTPResponse, HTTPError>) -> Void) {
        while true {
            let opening = sendAll(request, receive)
            guard MonotonicTime.now < end, held <= Self.heldLimit else {
                stop = stop ?? .outOfTime
                break
            }
            guard !underWay.isEmpty || opening != nil, stop != .unreachable || client.http.hasSent else { break }
            do {
                for (exchange, outcome) in try client.http.wait(until: min(opening ?? end, end)) {
                    guard let attempt = underWay.removeValue(forKey: ObjectIdentifier(exchange)) else { continue }
                    trace(exchange, outcome)
                    // What cannot be read in time, or kept, counts as not answered.
                    guard MonotonicTime.now < end, held <= Self.heldLimit else {
                        stop = stop ?? .outOfTime
                        break
                    }
                    if !retry(attempt, after: outcome) { receive(attempt.job, outcome) }
                }
            } catch {
                underWay.values.forEach { receive($0.job, .failure(error)) }
                break
            }
        }
        client.http.cancelAll()
    }

    // MARK: - Sending

    /// Sends every request that may go out now. Returns when the next may, where time alone is in its way.
    private func sendAll(
        _ request: (Job) -> HTTPRequest?,
        _ receive: (Job, Result<HTTPResponse, HTTPError>) -> Void
    ) -> MonotonicTime? {
        while stop == nil {
            let now = MonotonicTime.now
            guard now < end, let due = queueHead < queue.count ? now : retries.map(\.at).min(),
                let opening = pace.opening(inFlight: underWay.count, now: now)
            else { return nil }
            guard max(due, opening) <= now else { return max(due, opening) }
            let attempt = takeNext(now)
            guard let request = request(attempt.job) else { continue }
            do {
                let exchange = try client.http.start(request, timeout: Client.requestTimeout)
                requests += 1
                underWay[ObjectIdentifier(exchange)] = attempt
                pace.started(exchange, now: now)
            } catch {
                stop = .refused
                receive(attempt.job, .failure(error))
            }
        }
        return nil
    }

    /// A retry that is due, else the job that waits longest.
    private func takeNext(_ now: MonotonicTime) -> Attempt {
        if let index = retries.firstIndex(where: { $0.at <= now }) { return retries.remove(at: index).attempt }
        queueHead += 1
        return Attempt(job: queue[queueHead - 1])
    }

    // MARK: - Receiving

    /// Lets the pace know, and puts a request off for another try where that is promising. Returns whether it did.
    private func retry(_ attempt: Attempt, after outcome: Result<HTTPResponse, HTTPError>) -> Bool {
        let now = MonotonicTime.now
        var attempt = attempt
        let moment: MonotonicTime
        switch outcome {
        case .success(let response) where response.status == 429:
            hasBeenAnswered = true
            moment = pace.exceeded(retryAfter: response.retryAfter, now: now)
            if attempt.met429 { stop = stop ?? .refused }
            // Until that moment nothing else may go out either.
            if moment >= end { stop = stop ?? .outOfTime }
            attempt.met429 = true
        case .success(let response):
            hasBeenAnswered = true
            pace.ended(with: response)
            guard [502, 503, 504].contains(response.status), !attempt.wasRetried else { return false }
            attempt.wasRetried = true
            moment = now + Double.random(in: 0.1...0.3)
        case .failure(let error):
            pace.ended(with: nil)
            guard error.isWorthARetry, !attempt.wasRetried else { return false }
            attempt.wasRetried = true
            moment = now + Double.random(in: 0.1...0.3)
        }
        guard stop == nil, moment < end else { return false }
        retries.append((moment, attempt))
        return true
    }

    private func trace(_ exchange: Exchange, _ outcome: Result<HTTPResponse, HTTPError>) {
        guard let trace = client.trace else { return }
        switch outcome {
        case .success(let response): trace("\(exchange.request.url): \(response.status), \(response.body.count) bytes")
        case .failure(let error): trace("\(exchange.request.url): \(error.reason)")
        }
    }
}

extension HTTPError {
    /// Whether the same request may well succeed a moment later.
    fileprivate var isWorthARetry: Bool {
        switch self {
        case .cannotResolve, .cannotConnect, .connectionLost: true
        case .connectTimedOut, .answerTimedOut, .certificate, .bodyTooLarge, .client: false
        }
    }
}
