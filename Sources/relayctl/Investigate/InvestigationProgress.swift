import Foundation

/// A line on the terminal that says how far the investigation is; elsewhere, nothing.
final class InvestigationProgress: Sendable {
    private static let barWidth = 24

    private let count: Int
    private let context: Context
    private let isPlain: Bool

    init(_ context: Context, count: Int) {
        self.context = context
        isPlain = context.isPlain(context.streams.errors)
        self.count = count
    }

    /// Shows how many were asked about: beside a bar if there is room for one, and cut if it would wrap.
    func show(_ done: Int) {
        guard !isPlain else { return }
        let width = context.width(of: context.streams.errors) ?? 80
        let filled = Self.barWidth * done / max(count, 1)
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "░", count: Self.barWidth - filled) + " "
        let line = (width > Self.barWidth + 32 ? bar : "") + "asked about \(done) of \(count)"
        context.streams.writeToErrors("\r\u{1B}[K" + line.prefix(width - 1))
    }

    /// Clears the line.
    func end() {
        if !isPlain { context.streams.writeToErrors("\r\u{1B}[K") }
    }
}
