/// How long many invocations of one event took.
public struct Latency: Sendable {
    private let sorted: [Double]

    /// Seconds each.
    public init(_ seconds: [Double]) {
        sorted = seconds.sorted()
    }

    /// The time, in seconds, that `percent` of the invocations took at most (nearest rank); 0 where there were none.
    public func percentile(_ percent: Int) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let rank = (sorted.count * percent + 99) / 100
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }
}
