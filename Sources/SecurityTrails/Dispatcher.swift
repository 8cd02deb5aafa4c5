import HTTPClient

/// A request to the API, without what is the same in all of them.
package struct APIRequest: Hashable, Sendable {
    /// The path below the API's base, and the query.
    let path: String
    /// The JSON that is posted; nil for GET.
    let body: [UInt8]?

    init(_ path: String, posting body: [UInt8]? = nil) {
        self.path = path
        self.body = body
    }
}

/// What came back.
struct APIResponse {
    let status: Int
    let body: [UInt8]
}

/// One page of a question, to be asked for.
struct Job {
    let question: Int
    let page: Int
    let request: APIRequest
}

/// Gets what the jobs of one invocation ask for: from memory, or by requests, as many at once as the pace allows, each
/// once more if that is promising, until there are none left or time has run out.
final class Dispatcher {
    /// Why nothing more is sent.
    enum Stop {
        /// The key is not taken.
        case keyRefused
        /// The server is not to be trusted, or this machine is not able to ask it.
        case untrusted
        /// The account may not ask any more.
        case exhausted
        /// Nobody could be reached; those under way that have reached nobody either are dropped.
        case unreachable
        /// Time or room has run out.
        case outOfTime
    }

    /// Bytes of records from which on no more are taken: there are then more than an answer of 6 MB can carry. Beside
    /// them, the bodies under way hold 32 MiB at most.
    private static let heldLimit = 24 << 20
    /// Seconds for a request.
    private static let requestTimeout = 10.0
    /// Seconds between two looks for an answer that another thread has asked for.
    private static let look = 0.005

    /// A job and what has been tried.
    private struct Attempt {
        let job: Job
        var wasRetried = false
        var met429 = false
    }

    private let http: HTTPMulti
    private let baseURL: String
    private let headers: [String]
    private let memory: Memory.Share?
    private let trace: ((String) -> Void)?
    private let end: MonotonicTime
    private var queue = Queue<Job>()
    private var retries: [(at: MonotonicTime, attempt: Attempt)] = []
    private var underWay: [ObjectIdentifier: Attempt] = [:]
    /// Jobs that another thread asks for at this moment.
    private var elsewhere: [Job] = []
    private var arrived = Queue<(Job, Result<APIResponse, HTTPError>)>()
    private var held = 0

    /// Why nothing more is sent; the first reason counts.
    private(set) var stop: Stop?
    /// Requests sent.
    private(set) var requests = 0
    /// Jobs whose answer was in memory.
    private(set) var hits = 0
    /// Whether anything was answered, with whatever status.
    private(set) var hasBeenAnswered = false
    /// When requests may go out, and what was found out about that.
    private(set) var pace: Pace

    /// - Parameters:
    ///   - key: the customer's API key, of visible ASCII characters.
    ///   - pace: what is known of the limits that this key has.
    ///   - memory: where earlier answers are; nil: nowhere.
    ///   - trace: is told of each request and what came of it.
    ///   - end: when all must have been asked; what is under way then is dropped.
    init(
        _ http: HTTPMulti,
        baseURL: String,
        key: String,
        pace: Pace,
        memory: Memory.Share?,
        trace: ((String) -> Void)?,
        until end: MonotonicTime
    ) {
        self.http = http
        self.baseURL = baseURL
        headers = ["APIKEY: \(key)", "Accept: application/json"]
        self.memory = memory
        self.trace = trace
        self.end = end
        self.pace = pace
    }

    // MARK: - What to ask

    /// Adds a job behind those that wait, unless its answer is known.
    func enqueue(_ job: Job) {
        if let response = memory?.recall(job.request) {
            hits += 1
            arrived.append((job, .success(response)))
        } else {
            queue.append(job)
        }
    }

    /// Takes out the jobs that wait and have become pointless.
    func drop(where isPointless: (Job) -> Bool) {
        queue.removeAll(where: isPointless)
        retries.removeAll { isPointless($0.attempt.job) }
        elsewhere.removeAll(where: isPointless)
    }

    /// Sends nothing more. What is under way is still received.
    func end(_ reason: Stop) {
        stop = stop ?? reason
        if reason == .keyRefused { memory?.forget() }
    }

    /// Counts what the records that were received take, in bytes.
    func hold(_ bytes: Int) {
        held += bytes
    }

    /// Says what became of a job that `next` returned: a response that may be given again, or nothing of the kind.
    func settle(_ job: Job, keeping response: APIResponse?) {
        memory?.settle(job.request, with: response)
    }

    // MARK: - What came back

    /// Sends and receives until a job has come to something, after its retry; nil if there is nothing more to come.
    func next() -> (Job, Result<APIResponse, HTTPError>)? {
        while true {
            guard MonotonicTime.now < end, held <= Self.heldLimit else {
                end(.outOfTime)
                break
            }
            if let outcome = arrived.popFirst() { return outcome }
            let opening = sendAll()
            if !arrived.isEmpty { continue }
            let isWaiting = !underWay.isEmpty || opening != nil || stop == nil && !elsewhere.isEmpty
            guard isWaiting, stop != .unreachable || http.hasSent else { break }
            receive(until: opening)
        }
        finish()
        return nil
    }

    /// Waits until something has come back, or until the moment at which more may be sent.
    private func receive(until opening: MonotonicTime?) {
        var moment = min(opening ?? end, end)
        if !elsewhere.isEmpty { moment = min(moment, .now + Self.look) }
        do {
            for (exchange, outcome) in try http.wait(until: moment) {
                guard let attempt = underWay.removeValue(forKey: ObjectIdentifier(exchange)) else { continue }
                trace(exchange, outcome)
                // What the end of the time cuts short is not an answer that came too late.
                if case .failure = outcome, end - .now < Self.look {
                    end(.outOfTime)
                    continue
                }
                guard !retry(attempt, after: outcome, exchange) else { continue }
                arrived.append((attempt.job, outcome.map { APIResponse(status: $0.status, body: $0.body) }))
            }
        } catch {
            for attempt in underWay.values { arrived.append((attempt.job, .failure(error))) }
            underWay = [:]
            http.cancelAll()
            end(.untrusted)
        }
    }

    /// Drops what is under way.
    private func finish() {
        http.cancelAll()
        underWay = [:]
        memory?.releaseAll()
    }

    // MARK: - Sending

    /// Sends every request that may go out now. Returns when the next may, if only time is in its way.
    private func sendAll() -> MonotonicTime? {
        lookElsewhere()
        while stop == nil, arrived.isEmpty {
            let now = MonotonicTime.now
            guard now < end, let due = !queue.isEmpty ? now : retries.map(\.at).min(),
                let opening = pace.opening(inFlight: underWay.count, now: now)
            else { return nil }
            guard max(due, opening) <= now else { return max(due, opening) }
            if let attempt = takeNext(now) { send(attempt, now) }
        }
        return nil
    }

    /// A retry that is due, else the job that waits longest, unless another thread asks for the same.
    private func takeNext(_ now: MonotonicTime) -> Attempt? {
        if let index = retries.firstIndex(where: { $0.at <= now }) { return retries.remove(at: index).attempt }
        guard let job = queue.popFirst() else { return nil }
        guard let memory else { return Attempt(job: job) }
        switch memory.claim(job.request) {
        case .ours: return Attempt(job: job)
        case .underWay: elsewhere.append(job)
        case .known(let response):
            hits += 1
            arrived.append((job, .success(response)))
        }
        return nil
    }

    /// Takes back the jobs whose answers another thread has got by now, or has not got.
    private func lookElsewhere() {
        guard let memory, stop == nil, !elsewhere.isEmpty else { return }
        let jobs = elsewhere
        elsewhere = []
        for job in jobs {
            switch memory.claim(job.request) {
            case .ours: retries.append((.now, Attempt(job: job)))
            case .underWay: elsewhere.append(job)
            case .known(let response):
                hits += 1
                arrived.append((job, .success(response)))
            }
        }
    }

    private func send(_ attempt: Attempt, _ now: MonotonicTime) {
        let request = attempt.job.request
        let url = baseURL + request.path
        do {
            let exchange = try http.start(
                request.body.map { HTTPRequest(.post($0), url, headers: headers + ["Content-Type: application/json"]) }
                    ?? HTTPRequest(.get, url, headers: headers),
                timeout: min(Self.requestTimeout, end - now)
            )
            requests += 1
            underWay[ObjectIdentifier(exchange)] = attempt
            pace.started(exchange, now: now)
        } catch {
            end(.untrusted)
            arrived.append((attempt.job, .failure(error)))
        }
    }

    // MARK: - Receiving

    /// Lets the pace know, and puts a request off for another try if that is promising. Returns whether it did.
    private func retry(
        _ attempt: Attempt,
        after outcome: Result<HTTPResponse, HTTPError>,
        _ exchange: Exchange
    ) -> Bool {
        let now = MonotonicTime.now
        var attempt = attempt
        let moment: MonotonicTime
        switch outcome {
        case .success(let response) where response.status == 429:
            hasBeenAnswered = true
            if APIResponse(status: 429, body: response.body).saysQuotaIsExceeded { return false }
            moment = pace.exceeded(exchange, retryAfter: response.retryAfter, now: now)
            if attempt.met429 { end(.exhausted) }
            // Until that moment nothing else may go out either.
            if moment >= end { end(.outOfTime) }
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
        guard let trace else { return }
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
