/// How long many invocations of one event took.
package struct Latency: Sendable {
    private let sorted: [Double]

    /// Seconds each.
    package init(_ seconds: [Double]) {
        sorted = seconds.sorted()
    }

    /// The time, in seconds, that `percent` of the invocations took at most (nearest rank); 0 if there were none.
    package func percentile(_ percent: Int) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let rank = (sorted.count * percent + 99) / 100
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }
}
