import Deployment
import Foundation
import HTTPClient
import Loopback

/// A deployment's steps on standard error: a line each, with a tick and its time; on a terminal a bar for the upload and
/// a spinner while AWS is at work.
final class StepOutput {
    private let isDryRun: Bool
    private let isPlain: Bool
    private let context: Context
    private var title = ""
    private var began = MonotonicTime.now
    private var turns = 0
    private var barAt = MonotonicTime.now

    init(_ context: Context, isDryRun: Bool) {
        isPlain = context.isPlain(context.streams.errors)
        self.context = context
        self.isDryRun = isDryRun
    }

    func show(_ event: DeploymentEvent) {
        switch event {
        case .began(let step):
            title = step.printable()
            began = .now
            passing("…")
        case .uploaded(let sent, let total):
            // libcurl tells it with every piece.
            guard sent == total || MonotonicTime.now - barAt > 0.05 else { return }
            barAt = .now
            passing(bar(sent, total))
        case .waiting:
            turns += 1
            passing(["|", "/", "-", "\\"][turns % 4])
        case .ended(let outcome, let detail): end(outcome, detail)
        case .warning(let text): line(colored("warning: ", 33) + text.printable(keepingLines: true))
        case .note(let text): line("note: " + text.printable(keepingLines: true))
        }
    }

    private func end(_ outcome: DeploymentEvent.Outcome, _ detail: String?) {
        let seconds = MonotonicTime.now - began
        let words = [
            colored("✓", 32), title.padding(toLength: 14, withPad: " ", startingAt: 0), word(for: outcome),
            detail?.printable(),
            seconds < 0.1 ? nil : "(\(tenths(seconds)) s)",
        ]
        line(words.compactMap(\.self).joined(separator: " "))
    }

    private func word(for outcome: DeploymentEvent.Outcome) -> String? {
        switch outcome {
        case .found: nil
        case .created where isDryRun: "create"
        case .changed where isDryRun: "change"
        case .deleted where isDryRun: "delete"
        default: outcome.rawValue
        }
    }

    private func bar(_ sent: Int, _ total: Int) -> String {
        let width = 24
        let filled = width * sent / max(total, 1)
        let rate = Double(sent) / max(MonotonicTime.now - began, 0.001) / 1_000_000
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
            + " \(sent / 1_000_000) of \(total / 1_000_000) MB, "
            + "\(tenths(rate)) MB/s"
    }

    /// A number to one decimal. (Foundation's formats would load ICU's tables.)
    private func tenths(_ number: Double) -> Double {
        (number * 10).rounded() / 10
    }

    /// A line that the next one takes the place of; only on a terminal, and cut where that would wrap it.
    private func passing(_ text: String) {
        guard !isPlain else { return }
        let width = context.width(of: context.streams.errors) ?? 80
        context.streams.writeToErrors("\r\u{1B}[K" + "  \(title) \(text)".prefix(width - 1))
    }

    private func line(_ text: String) {
        context.streams.writeToErrors((isPlain ? "" : "\r\u{1B}[K") + text + "\n")
    }

    private func colored(_ text: String, _ color: Int) -> String {
        isPlain ? text : "\u{1B}[\(color)m\(text)\u{1B}[0m"
    }
}
