import Foundation
import LocalLambda
import Loopback

/// How a replay shows what it does: lines for a person, or JSON for a machine; progress on a terminal.
struct ReplayOutput {
    /// How many events had which verdict.
    struct Tally {
        var asExpected = 0
        var recorded = 0
        var notCompared = 0
        var failures = 0

        mutating func count(_ verdict: Verdict) {
            switch verdict {
            case .notCompared: notCompared += 1
            case .recorded: recorded += 1
            case .asExpected: asExpected += 1
            case .differs: failures += 1
            }
        }

        /// One line: `All as expected.` is said only if all were compared.
        var text: String {
            var parts: [String] = []
            if failures > 0 {
                parts.append("\(failures) of \(failures + asExpected + recorded + notCompared) not as expected")
            }
            if notCompared > 0 { parts.append("not compared: \(notCompared)") }
            if recorded > 0 { parts.append("recorded: \(recorded)") }
            if parts.isEmpty { return "All as expected." }
            if failures == 0, asExpected > 0 { parts.insert("\(asExpected) as expected", at: 0) }
            let text = parts.joined(separator: ", ")
            return text.prefix(1).uppercased() + text.dropFirst() + "."
        }
    }

    private let context: Context
    private let isJSON: Bool
    private let isVerbose: Bool
    private let isLoadTest: Bool
    private let count: Int
    private let nameWidth: Int
    private let pathWidth: Int

    init(_ context: Context, isJSON: Bool, isVerbose: Bool, isLoadTest: Bool, events: [RecordedEvent]) {
        self.context = context
        self.isJSON = isJSON
        self.isVerbose = isVerbose
        self.isLoadTest = isLoadTest
        count = events.count
        nameWidth = min(40, events.map(\.name.count).max() ?? 0)
        pathWidth = min(40, events.map { requestLine(ofEvent: $0.event).path.count }.max() ?? 0)
    }

    /// Says what is going to happen.
    func begin(executable: String, demonstration: Demonstration) {
        let address = demonstration.variables["SECURITYTRAILS_API_URL"] ?? ""
        let upstream =
            demonstration.standIn == nil
            ? "SecurityTrails is \(address)."
            : "A stand-in with made-up data answers for SecurityTrails."
        let line = "Replaying \(counted(count, "event")) through \(abbreviated(executable)). \(upstream)"
        if isJSON { context.say(line) } else { context.print(line) }
        guard !isJSON else { return }
        if !isLoadTest, count > 1 { context.print(Verdict.legend) }
        guard isLoadTest else { return }
        let columns = ["MIN", "P50", "P90", "P99", "MAX ms", "PER S", "ERRORS"].map {
            padded($0, 9, .right)
        }
        context.print(padded("NAME", nameWidth) + columns.joined() + "  MEMORY MB")
    }

    /// Shows how far a load test is, on a terminal.
    var progress: @Sendable (Int, Int) -> Void {
        guard !context.isPlain(context.streams.errors), !isJSON else { return { _, _ in } }
        return { [context] done, all in
            guard done % 50 == 0 || done == all else { return }
            context.streams.writeToErrors(done == all ? "\r\u{1b}[K" : "\r\(done) of \(all)\u{1b}[K")
        }
    }

    /// Shows what became of an event.
    func show(_ event: RecordedEvent, _ run: Player.Run, _ verdict: Verdict) {
        if isJSON {
            context.print(json: "\(object(event, run, verdict))")
        } else {
            context.print(isLoadTest ? row(event, run) : line(event, run, verdict))
            if isVerbose { context.print(readableText(run.first.outcome)) }
            if case .differs(let lines) = verdict { context.print(indented(lines)) }
        }
    }

    /// Sums up.
    func end(_ tally: Tally) {
        guard !isJSON, count > 1 || tally.asExpected == 0 else { return }
        context.print(tally.text)
    }

    // MARK: - Lines

    private func line(_ event: RecordedEvent, _ run: Player.Run, _ verdict: Verdict) -> String {
        let (method, path) = requestLine(ofEvent: event.event)
        let summary = ResponseSummary(run.first.outcome)
        return [
            String(verdict.mark), padded(event.name, nameWidth), padded(method, 7), padded(path, pathWidth),
            padded(summary.status.map(String.init) ?? "-", 3, .right),
            padded(milliseconds(run.first.latency) + " ms", 10, .right), summary.text + remark(verdict, summary),
        ].joined(separator: " ")
    }

    /// An error that is as recorded is there on purpose, and says so.
    private func remark(_ verdict: Verdict, _ summary: ResponseSummary) -> String {
        guard case .asExpected = verdict, summary.isFailure else { return "" }
        return " (on purpose)"
    }

    private func row(_ event: RecordedEvent, _ run: Player.Run) -> String {
        let latency = Latency(run.latencies)
        let times = [0, 50, 90, 99, 100].map { milliseconds(latency.percentile($0)) }
        let rate = String(Int(Double(run.latencies.count) / max(run.seconds, 1e-9)))
        let memory = "\(megabytes(run.memory.early)) > \(megabytes(run.memory.end))"
        let cells = times + [rate, String(run.deviations)]
        return padded(event.name, nameWidth) + cells.map { padded($0, 9, .right) }.joined() + "  " + memory
    }

    private func indented(_ lines: [String]) -> String {
        lines.flatMap { $0.split(separator: "\n") }.map { "      \($0)" }.joined(separator: "\n")
    }

    private func abbreviated(_ path: String) -> String {
        let folder = context.workingDirectory + "/"
        return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
    }

    // MARK: - JSON

    private func object(_ event: RecordedEvent, _ run: Player.Run, _ verdict: Verdict) -> JSONValue {
        let (method, path) = requestLine(ofEvent: event.event)
        let summary = ResponseSummary(run.first.outcome)
        let latency = Latency(run.latencies)
        var object: JSONValue = [
            "name": .string(event.name), "method": .string(method), "path": .string(path),
            "status": summary.status.map(JSONValue.integer) ?? .null,
            "sightings": .integer(summary.sightings), "relations": .integer(summary.relations),
            "links": .integer(summary.links), "summary": .string(summary.text),
            "errors": .array(summary.errors.map { ["type": .string($0.type), "code": .string($0.code)] }),
            "milliseconds": rounded(run.first.latency * 1000),
            "peakMemory": .integer(run.memory.end),
        ]
        switch verdict {
        case .notCompared: object["matches"] = .null
        case .recorded, .asExpected: object["matches"] = true
        case .differs(let lines):
            object["matches"] = false
            object["differences"] = .array(lines.map(JSONValue.string))
        }
        if isLoadTest {
            object["invocations"] = .integer(run.latencies.count)
            object["deviations"] = .integer(run.deviations)
            object["perSecond"] = rounded(Double(run.latencies.count) / max(run.seconds, 1e-9))
            object["earlyPeakMemory"] = .integer(run.memory.early)
            for percent in [50, 90, 99] { object["p\(percent)"] = rounded(latency.percentile(percent) * 1000) }
        }
        return object
    }
}

/// To a thousandth: what is beyond is noise.
private func rounded(_ number: Double) -> JSONValue {
    .number((number * 1000).rounded() / 1000)
}

private enum Side {
    case left, right
}

private func padded(_ text: String, _ width: Int, _ side: Side = .left) -> String {
    let blanks = String(repeating: " ", count: max(0, width - text.count))
    return side == .left ? text + blanks : blanks + text
}

private func milliseconds(_ seconds: Double) -> String {
    String(format: seconds < 0.01 ? "%.2f" : "%.0f", seconds * 1000)
}

private func megabytes(_ bytes: Int) -> String {
    String(format: "%.1f", Double(bytes) / 1_048_576)
}
