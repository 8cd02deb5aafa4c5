import LocalLambda
import Loopback

/// How `relayctl replay --faults` shows what it finds: a line each, for a person or for a machine.
final class FaultOutput: Sendable {
    private let context: Context
    private let isJSON: Bool
    private let counts = Monitor((all: 0, wrong: 0))

    init(_ context: Context, isJSON: Bool) {
        self.context = context
        self.isJSON = isJSON
    }

    /// Shows what became of a fault.
    func show(_ finding: Fault.Finding) {
        counts.with { counts in
            counts.all += 1
            if finding.wrong != nil { counts.wrong += 1 }
        }
        if isJSON {
            let object: JSONValue = [
                "name": .string(finding.name), "matches": .bool(finding.wrong == nil),
                "wrong": finding.wrong.map(JSONValue.string) ?? .null,
                "seconds": .number((finding.seconds * 1000).rounded() / 1000),
            ]
            context.print(json: "\(object)")
        } else {
            context.print(finding.wrong.map { "! \(finding.name): \($0)" } ?? "= \(finding.name)")
        }
    }

    /// Sums up; returns how many were not taken as they must be.
    func end() -> Int {
        let counts = counts.with { $0 }
        if !isJSON {
            context.print(
                counts.wrong == 0 ? "All \(counts.all) withstood." : "\(counts.wrong) of \(counts.all) not withstood."
            )
        }
        return counts.wrong
    }
}
