import Foundation

/// How much a test run repeats. Some tests try the same thing with hundreds of cases, each of which takes a second.
/// `swift test` takes a sample of them, another one each time; `THOROUGH=1 swift test` takes them all, as CI does.
package enum Thorough {
    package static let isAsked = ProcessInfo.processInfo.environment["THOROUGH"] == "1"

    /// How often something is generated: PROPERTY_COUNT if it is set, else as often as this kind of run does it.
    package static func count(sample: Int, all: Int) -> Int {
        ProcessInfo.processInfo.environment["PROPERTY_COUNT"].flatMap(Int.init) ?? (isAsked ? all : sample)
    }
}

extension Array {
    /// Every element of that many, from a random one on; all of them in a thorough run.
    package func sample(oneIn step: Int) -> [Element] {
        guard !Thorough.isAsked, count > step else { return self }
        return stride(from: Int.random(in: 0..<step), to: count, by: step).map { self[$0] }
    }
}
