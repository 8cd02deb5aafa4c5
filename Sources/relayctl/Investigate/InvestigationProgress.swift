import Foundation

/// A line on the terminal that says how far the investigation is; elsewhere, nothing.
final class InvestigationProgress: Sendable {
    private static let barWidth = 24

    private let count: Int
    private let streams: StandardStreams
    private let isPlain: Bool
    /// A bar that would fill the line is left out.
    private let hasRoomForBar: Bool

    init(_ context: Context, count: Int) {
        streams = context.streams
        isPlain = context.isPlain(context.streams.errors)
        self.count = count
        hasRoomForBar = (context.width(of: streams.errors) ?? 80) > Self.barWidth + 32
    }

    func show(_ done: Int) {
        guard !isPlain else { return }
        let filled = Self.barWidth * done / max(count, 1)
        let bar =
            String(repeating: "█", count: filled) + String(repeating: "░", count: Self.barWidth - filled) + " "
        streams.writeToErrors("\r\u{1B}[K\(hasRoomForBar ? bar : "")asked about \(done) of \(count)")
    }

    /// Clears the line.
    func end() {
        if !isPlain { streams.writeToErrors("\r\u{1B}[K") }
    }
}
