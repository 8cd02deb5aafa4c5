#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The time of day, in seconds since 1970.
package func secondsSince1970() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// A moment of the system's monotonic clock: it never jumps, unlike the time of day. (The standard library's clocks
/// would bring the concurrency runtime into an executable that uses none.)
package struct MonotonicTime: Comparable, Sendable {
    private let nanoseconds: Int64

    /// The current moment.
    package static var now: MonotonicTime {
        var time = Glibc.timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// The moment as the system's calls take it.
    var timespec: timespec {
        .init(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }

    /// Whether one moment came before the other.
    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The moment `seconds` later.
    package static func + (moment: MonotonicTime, seconds: Double) -> MonotonicTime {
        // A century is for ever here, and far from the end of the type.
        let bounded = Double.minimum(Double.maximum(seconds, -3e9), 3e9)
        return MonotonicTime(nanoseconds: moment.nanoseconds + Int64(bounded * 1e9))
    }

    /// The seconds from `earlier` to `later`.
    package static func - (later: MonotonicTime, earlier: MonotonicTime) -> Double {
        Double(later.nanoseconds - earlier.nanoseconds) / 1e9
    }
}
