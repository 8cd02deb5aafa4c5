import Foundation

/// A time in UTC, written without Foundation's formatters, which load ICU's tables.
package struct UTC {
    private let parts: tm
    private let milliseconds: Int

    package init(_ date: Date) {
        let count = Int((date.timeIntervalSince1970 * 1000).rounded(.down))
        milliseconds = count - count / 1000 * 1000
        var (seconds, parts) = (time_t(count / 1000), tm())
        gmtime_r(&seconds, &parts)
        self.parts = parts
    }

    /// `2024-03-12`
    package var day: String {
        String(format: "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday)
    }

    /// `18:42:10`
    package var clock: String {
        String(format: "%02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec)
    }

    /// `18:42:10.250`
    package var preciseClock: String {
        clock + String(format: ".%03d", milliseconds)
    }

    /// `2024-03-12T18:42:10Z` (RFC 3339)
    package var second: String {
        "\(day)T\(clock)Z"
    }

    /// `12/Mar/2024:18:42:10 +0000`, as in the Common Log Format.
    package var commonLog: String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return String(format: "%02d/", parts.tm_mday)
            + "\(months[Int(parts.tm_mon)])/\(parts.tm_year + 1900):\(clock) +0000"
    }
}
