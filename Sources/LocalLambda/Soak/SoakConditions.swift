import Foundation

extension Soak {
    /// Something that must hold at the end.
    package struct Condition: Sendable {
        /// A word for it.
        package let name: String
        package let holds: Bool
        /// What was measured, and what was allowed.
        package let text: String
    }

    /// The tenths' conditions; `count` is the number of all invocations, `concurrency` how many ran at once.
    package static func conditions(_ tenths: [Tenth], count: Int, concurrency: Int) -> [Condition] {
        guard tenths.count == 10 else { return [] }
        let wrong = tenths.reduce(0) { $0 + $1.violations.count }
        let answers = Condition(
            name: "answers",
            holds: wrong == 0,
            text: wrong == 0 ? "\(count), none lost, none another's" : "\(wrong) of \(count) not as expected"
        )
        let always = [
            answers, flat("descriptors", tenths.map(\.holdings.descriptors), most: spareDescriptors * concurrency),
            flat("threads", tenths.map(\.holdings.threads), most: 0),
        ]
        return count < leastForFigures ? always : always + [memory(tenths), p99(tenths, count: count)]
    }

    /// With fewer invocations, the memory of answers is not full in the second tenth, and times mean nothing.
    private static let leastForFigures = 20_000

    /// With fewer invocations, so few are slower than 99 of 100 that a busy machine decides.
    private static let leastForSteadyTimes = 100_000

    /// Connections to SecurityTrails that a loop keeps: a few more or fewer, by what was asked last.
    private static let spareDescriptors = 4

    private static func memory(_ tenths: [Tenth]) -> Condition {
        // A large event or body passes through memory now and then: the least of three tenths tells what stays.
        let (early, late) = (tenths[1...3].map(\.holdings.memory), tenths[7...9].map(\.holdings.memory))
        let growth = Double((late.min() ?? 0) - (early.min() ?? 0)) / 1_048_576
        return Condition(
            name: "memory",
            holds: growth <= 1,
            text: String(format: "%+.1f MB from the second tenth to the last, at most +1 MB", growth)
        )
    }

    private static func p99(_ tenths: [Tenth], count: Int) -> Condition {
        let ratio = tenths[9].calmP99 / max(tenths[0].calmP99, 1e-9)
        let most = count >= leastForSteadyTimes ? 1.3 : 3
        return Condition(
            name: "p99",
            holds: ratio <= most,
            text: String(format: "in the last tenth %.2f times the first's, at most %.1f times", ratio, most)
        )
    }

    private static func flat(_ name: String, _ counts: [Int], most: Int) -> Condition {
        let growth = counts[9] - counts[1]
        return Condition(
            name: name,
            holds: growth <= most,
            text: "\(counts[9]), \(growth >= 0 ? "+" : "")\(growth) from the second tenth to the last, at most +\(most)"
        )
    }
}
