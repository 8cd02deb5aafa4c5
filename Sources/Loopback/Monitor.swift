import Foundation

/// A value that several threads read, change and wait for.
///
/// `@unchecked Sendable`: the value is touched nowhere but between `lock` and `unlock` of the condition.
package final class Monitor<Value>: @unchecked Sendable {
    private let condition = NSCondition()
    private var value: Value

    package init(_ value: Value) {
        self.value = value
    }

    /// Reads or changes the value, and wakes whoever waits for it.
    package func with<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return try body(&value)
    }

    /// Waits until `body` has something to return; nil once `seconds` have passed without (nil: no bound).
    package func wait<Result>(seconds: Double? = nil, _ body: (inout Value) -> Result?) -> Result? {
        condition.lock()
        defer { condition.unlock() }
        let end = seconds.map { Date(timeIntervalSinceNow: $0) }
        while true {
            if let result = body(&value) {
                condition.broadcast()
                return result
            }
            guard let end else {
                condition.wait()
                continue
            }
            guard condition.wait(until: end) else { return body(&value) }
        }
    }
}
