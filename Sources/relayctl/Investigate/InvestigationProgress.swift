import Foundation

/// A line on the terminal that says how far the investigation is; elsewhere, nothing.
final class InvestigationProgress: Sendable {
    private let count: Int
    private let streams: StandardStreams
    private let isPlain: Bool

    init(_ context: Context, count: Int) {
        streams = context.streams
        isPlain = context.isPlain(context.streams.errors)
        self.count = count
    }

    func show(_ done: Int) {
        guard !isPlain else { return }
        let width = 24
        let filled = width * done / max(count, 1)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        streams.writeToErrors("\r\u{1B}[K\(bar) asked about \(done) of \(count)")
    }

    /// Clears the line.
    func end() {
        if !isPlain { streams.writeToErrors("\r\u{1B}[K") }
    }
}
