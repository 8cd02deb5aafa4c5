import HTTPClient

/// When the next request of an invocation may go out. SecurityTrails limits how many a second it takes, and says so only
/// sometimes.
struct Pace {
    /// Requests in flight at most, whatever rate is stated.
    static let mostAtOnce = 16
    /// Seconds for which the first request goes alone.
    private static let aloneFor = 1.0
    /// Seconds in which a stated rate's requests of one second go out: a little more than one, since they do not all
    /// travel equally fast.
    private static let second = 1.05
    /// Seconds between two requests after a 429, and until the next one where no other time is asked for.
    private static let caution = 1.1

    /// What is known of the limit.
    private enum Stage {
        /// Nothing; the first request is to find out.
        case first
        /// That no rate is stated, and how many answers came back without a 429.
        case unstated(answers: Int)
        /// Requests a second.
        case stated(Int)
        /// That it was met.
        case exceeded
    }

    private var stage = Stage.first
    private let rate: Int?
    private var sent: [Exchange] = []
    private var pausedUntil: MonotonicTime
    private var startedAt: MonotonicTime?

    /// - Parameter rate: requests a second that the operator has set, which no header changes.
    init(rate: Int?, now: MonotonicTime) {
        self.rate = rate
        pausedUntil = now
    }

    /// When another request may go out; nil: not before one of those in flight has ended.
    mutating func opening(inFlight: Int, now: MonotonicTime) -> MonotonicTime? {
        if case .first = stage {
            guard let startedAt else { return now }
            let end = startedAt + Self.aloneFor
            guard now >= end else { return end }
            stage = afterFirst
        }
        guard inFlight < Self.mostAtOnce else { return nil }
        switch stage {
        case .first: return nil
        case .unstated(let answers): return inFlight < (answers < 3 ? 3 : 8) ? max(pausedUntil, now) : nil
        case .stated(let rate): return max(pausedUntil, opening(rate, in: Self.second, now: now))
        case .exceeded: return max(pausedUntil, opening(1, in: Self.caution, now: now))
        }
    }

    /// A request was started.
    mutating func started(_ exchange: Exchange, now: MonotonicTime) {
        startedAt = startedAt ?? now
        sent.append(exchange)
        if sent.count > 2 * Self.longestWindow { sent.removeFirst(Self.longestWindow) }
    }

    /// A request ended: with a response that was no 429, or without one.
    mutating func ended(with response: HTTPResponse?) {
        switch stage {
        case .first: stage = afterFirst
        case .unstated(let answers): stage = .unstated(answers: answers + 1)
        case .stated, .exceeded: return
        }
        if rate == nil, let stated = response?.headers["X-RateLimit-Limit-second"].flatMap(Int.init), stated >= 1 {
            stage = .stated(min(stated, Self.longestWindow))
        }
    }

    /// A request ended with 429. Returns when the next may go out.
    mutating func exceeded(retryAfter: Double?, now: MonotonicTime) -> MonotonicTime {
        stage = .exceeded
        pausedUntil = max(pausedUntil, now + (retryAfter ?? Self.caution))
        return pausedUntil
    }

    /// The highest rate that is worth counting.
    private static let longestWindow = 1000

    private var afterFirst: Stage {
        rate.map { .stated(min($0, Self.longestWindow)) } ?? .unstated(answers: 0)
    }

    /// When a window of `seconds` holds fewer than `count` requests. They are counted from when they went out on a
    /// connection that stands, for that is when the server sees them.
    private func opening(_ count: Int, in seconds: Double, now: MonotonicTime) -> MonotonicTime {
        let times = sent.compactMap { $0.sentAt ?? ($0.isOver ? nil : now) }.suffix(count)
        guard times.count == count, let first = times.min() else { return now }
        return first + seconds
    }
}
