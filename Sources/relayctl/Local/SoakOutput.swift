import Foundation
import LocalLambda
import Loopback

/// How `relayctl replay --soak` shows what it finds: a line for each tenth and each condition, for a person or a machine.
struct SoakOutput {
    private let context: Context
    private let isJSON: Bool
    private let count: Int

    init(_ context: Context, isJSON: Bool, count: Int) {
        self.context = context
        self.isJSON = isJSON
        self.count = count
    }

    /// Says what is going to happen.
    func begin(executable: String, concurrency: Int) {
        let way = concurrency == 1 ? "one at a time, with a freeze now and then" : "\(concurrency) at once"
        let line = "Soaking \(executable) with \(count) invocations, \(way)."
        if isJSON { return context.say(line) }
        context.print(line)
        context.print("TENTH  P50 ms  P99 ms  MAX ms  MEMORY MB  DESCRIPTORS  THREADS  WRONG")
    }

    /// Shows how far it is, on a terminal.
    var progress: @Sendable (Int) -> Void {
        guard !context.isPlain(context.streams.errors), !isJSON else { return { _ in } }
        return { [context, count] done in context.streams.writeToErrors("\r\(done) of \(count)\u{1b}[K") }
    }

    /// Shows a tenth.
    func show(_ tenth: Soak.Tenth) {
        let latency = Latency(tenth.latencies)
        let holdings = tenth.holdings
        if isJSON {
            let object: JSONValue = [
                "tenth": .integer(tenth.number), "p50": milliseconds(latency.percentile(50)),
                "p99": milliseconds(latency.percentile(99)), "calmP99": milliseconds(tenth.calmP99),
                "memory": .integer(holdings.memory), "descriptors": .integer(holdings.descriptors),
                "threads": .integer(holdings.threads), "wrong": .array(tenth.violations.map(JSONValue.string)),
            ]
            context.printAsIs("\(object)")
            return
        }
        if !context.isPlain(context.streams.errors) { context.streams.writeToErrors("\r\u{1b}[K") }
        let times = [50, 99, 100].map { String(format: "%8.2f", latency.percentile($0) * 1000) }.joined()
        let rest = String(
            format: "%11.1f%13d%9d%7d",
            Double(holdings.memory) / 1_048_576,
            holdings.descriptors,
            holdings.threads,
            tenth.violations.count
        )
        context.print(String(format: "%5d", tenth.number) + times + rest)
        for violation in tenth.violations.prefix(5) { context.print("       " + violation) }
    }

    /// Sums up; returns how many conditions do not hold.
    func end(_ conditions: [Soak.Condition]) -> Int {
        for condition in conditions {
            if isJSON {
                let object: JSONValue = [
                    "condition": .string(condition.name), "holds": .bool(condition.holds),
                    "text": .string(condition.text),
                ]
                context.printAsIs("\(object)")
            } else {
                context.print("\(condition.holds ? "=" : "!") \(condition.name): \(condition.text)")
            }
        }
        return conditions.count { !$0.holds }
    }

    private func milliseconds(_ seconds: Double) -> JSONValue {
        .number((seconds * 1_000_000).rounded() / 1000)
    }
}
