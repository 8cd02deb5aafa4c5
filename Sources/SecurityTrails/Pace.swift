import HTTPClient

/// When the next request of an invocation may go out. SecurityTrails limits how many a second it takes, and says so only
/// sometimes. What one invocation finds out, the next with the same key goes on with.
struct Pace {
    /// Requests in flight at most, whatever rate is stated.
    static let mostAtOnce = 16
    /// Seconds for which the first request goes alone.
    private static let aloneFor = 1.0
    /// Seconds in which a stated rate's requests of one second go out: a little more than one, since they do not all
    /// travel equally fast.
    private static let second = 1.05
    /// Seconds in which the requests of one second go out after a 429, and until the next one if no other time is asked
    /// for.
    private static let caution = 1.1
    /// Requests in flight at once if no rate is stated: until so many answers have come back, and from then on.
    private static let unstated = (first: 3, answers: 3, then: 8)
    /// Answers without another 429 after which one more request goes out at once.
    private static let recovery = 10
    /// The highest rate that is worth counting.
    private static let longestWindow = 1000

    /// What is known of the limit.
    private enum Stage {
        /// Nothing; the first request is to find out.
        case first
        /// That no rate is stated, and how many answers came back without a 429.
        case unstated(answers: Int)
        /// Requests a second, and how many are allowed at the moment.
        case stated(rate: Int, current: Int)
        /// That a limit was met that nobody states: so many requests go out at once, and in 1.1 s.
        case exceeded(atOnce: Int)
    }

    private var stage = Stage.first
    private let rate: Int?
    private var sent: [Exchange] = []
    /// When the requests of earlier invocations went out.
    private var sentEarlier: [MonotonicTime] = []
    private var pausedUntil: MonotonicTime
    private var startedAt: MonotonicTime?
    /// When a limit was last met: 429s to requests that had gone out before are no news.
    private var metAt: MonotonicTime?
    private var answersSince = 0
    private var isAnswered = false

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
        case .unstated(let answers):
            let atOnce = answers < Self.unstated.answers ? Self.unstated.first : Self.unstated.then
            return inFlight < atOnce ? max(pausedUntil, now) : nil
        case .stated(_, let current): return max(pausedUntil, opening(current, in: Self.second, now: now))
        case .exceeded(let atOnce):
            guard atOnce == 1 || inFlight < atOnce else { return nil }
            return max(pausedUntil, opening(atOnce, in: Self.caution, now: now))
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
        isAnswered = isAnswered || response != nil
        switch stage {
        case .first: stage = afterFirst
        case .unstated(let answers): stage = .unstated(answers: answers + 1)
        case .stated, .exceeded: recover()
        }
        guard rate == nil, let stated = response.flatMap(Self.statedRate) else { return }
        switch stage {
        case .first, .unstated: stage = .stated(rate: stated, current: stated)
        case .stated(let known, let current) where known != stated:
            stage = .stated(rate: stated, current: current == known ? stated : min(current, stated))
        case .stated, .exceeded: break
        }
    }

    private static func statedRate(_ response: HTTPResponse) -> Int? {
        guard let rate = response.headers["X-RateLimit-Limit-second"].flatMap(Int.init), rate >= 1 else { return nil }
        return min(rate, longestWindow)
    }

    /// A request ended with 429. Half as many go out from now on. Returns when the next may.
    mutating func exceeded(_ exchange: Exchange, retryAfter: Double?, now: MonotonicTime) -> MonotonicTime {
        pausedUntil = max(pausedUntil, now + (retryAfter ?? Self.caution))
        if let metAt, let sentAt = exchange.sentAt, sentAt < metAt { return pausedUntil }
        metAt = now
        answersSince = 0
        switch stage {
        case .first: stage = rate.map { .stated(rate: $0, current: max(1, $0 / 2)) } ?? .exceeded(atOnce: 1)
        case .unstated(let answers):
            let atOnce = answers < Self.unstated.answers ? Self.unstated.first : Self.unstated.then
            stage = .exceeded(atOnce: atOnce / 2)
        case .stated(let rate, let current): stage = .stated(rate: rate, current: max(1, current / 2))
        case .exceeded(let atOnce): stage = .exceeded(atOnce: max(1, atOnce / 2))
        }
        return pausedUntil
    }

    /// One more at once after each ten answers.
    private mutating func recover() {
        answersSince += 1
        guard answersSince == Self.recovery else { return }
        answersSince = 0
        switch stage {
        case .stated(let rate, let current): stage = .stated(rate: rate, current: min(rate, current + 1))
        case .exceeded(let atOnce): stage = .exceeded(atOnce: min(Self.unstated.then, atOnce + 1))
        case .first, .unstated: break
        }
    }

    /// What the next invocation goes on with, so that its first request need not go alone: a stated rate, with the requests
    /// that count for it, or that none is stated; not how long a 429 has it wait. Nil if neither is known. A limit that was
    /// met without being stated is found out again: it may have been another program's share.
    var continued: Pace? {
        guard isAnswered, let startedAt else { return nil }
        var next = Pace(rate: rate, now: startedAt)
        switch stage {
        case .first, .exceeded: return nil
        case .unstated: next.stage = .unstated(answers: 0)
        case .stated: next.stage = stage
        }
        next.sentEarlier = (sentEarlier + sent.compactMap(\.sentAt)).suffix(Self.longestWindow)
        return next
    }

    private var afterFirst: Stage {
        guard let rate = rate.map({ min($0, Self.longestWindow) }) else { return .unstated(answers: 0) }
        return .stated(rate: rate, current: rate)
    }

    /// When a window of `seconds` holds fewer than `count` requests. They are counted from when they went out on a
    /// connection that stands, for that is when the server sees them.
    private func opening(_ count: Int, in seconds: Double, now: MonotonicTime) -> MonotonicTime {
        var earliest = now
        var rest = count
        for exchange in sent.reversed() {
            guard let time = exchange.sentAt ?? (exchange.isOver ? nil : now) else { continue }
            earliest = min(earliest, time)
            rest -= 1
            if rest == 0 { return earliest + seconds }
        }
        for time in sentEarlier.reversed() {
            earliest = min(earliest, time)
            rest -= 1
            if rest == 0 { return earliest + seconds }
        }
        return now
    }
}

/// What a process knows of the limits of those who asked.
struct Paces {
    /// Seconds for which it is taken to be so still.
    private static let lifetime = 300.0
    /// API keys at most; one more, and all are forgotten.
    private static let capacity = 100

    private var known: [Memory.Digest: (pace: Pace, end: MonotonicTime)] = [:]

    /// The pace to begin an invocation with.
    ///
    /// - Parameter rate: requests a second that the operator has set.
    func pace(of key: Memory.Digest, rate: Int?, now: MonotonicTime) -> Pace {
        guard let (pace, end) = known[key], now < end else { return Pace(rate: rate, now: now) }
        return pace
    }

    /// Remembers what an invocation has found out; nil: nothing.
    mutating func learn(_ pace: Pace?, of key: Memory.Digest, now: MonotonicTime) {
        if known.count >= Self.capacity { known = [:] }
        known[key] = pace.map { ($0, now + Self.lifetime) }
    }
}
