import Foundation
import LocalLambda
import Loopback

/// Whether an event's answer was what it must be.
enum Verdict {
    /// There is nothing to compare it with, and nothing wrong with it.
    case notCompared
    /// It was written to a file, to compare others with.
    case recorded
    case asExpected
    /// What is not as it must be, a line or several each.
    case differs([String])

    /// The character in front of the event's line.
    var mark: Character {
        switch self {
        case .notCompared: " "
        case .recorded: "R"
        case .asExpected: "="
        case .differs: "!"
        }
    }

    /// What the marks mean.
    static let legend = "Marks: = as expected, ! not as expected, none: nothing to compare it with."

    init(_ run: Player.Run, of event: RecordedEvent) {
        let comparison = Self.comparison(run, event.expectation)
        var wrong = comparison ?? Self.unexpectedFailures(run.first.outcome)
        wrong += SightingCheck.violations(by: run.first.outcome)
        wrong += run.first.complaints
        if let deviation = run.deviation {
            wrong.append("\(run.deviations) of the repetitions had another answer, the first of them:")
            wrong += RecordedAnswer(run.first.outcome).difference(to: RecordedAnswer(deviation.outcome))
        }
        if !wrong.isEmpty {
            self = .differs(wrong)
        } else {
            self = comparison == nil ? .notCompared : .asExpected
        }
    }

    /// How the answer differs from what is expected; nil if nothing is.
    private static func comparison(_ run: Player.Run, _ expectation: RecordedEvent.Expectation) -> [String]? {
        switch expectation {
        case .nothing: nil
        // SecurityTrails itself knows other things than the stand-in.
        case .answer where run.requests == nil: nil
        case .answer(let answer): answer.difference(to: RecordedAnswer(run.first.outcome))
        case .conditions(let response, let upstream):
            response.violations(by: run.first.outcome, began: run.began)
                + upstream.violations(by: run.requests ?? [])
        }
    }

    /// What nothing but a recorded answer can make right: no response, or one that says that it failed.
    private static func unexpectedFailures(_ outcome: ExecutionEnvironment.Outcome) -> [String] {
        let summary = ResponseSummary(outcome)
        switch outcome {
        case .timedOut, .ended: return ["no answer: \(summary.text)"]
        case .error: return [summary.text]
        case .response:
            if let status = summary.status, status >= 500 { return ["status \(status)"] }
            return summary.errors.filter { $0.type == "fatal" }.map { "fatal: \($0.code)" }
        }
    }
}
