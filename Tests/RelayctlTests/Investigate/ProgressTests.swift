import Foundation
import TestSupport
import Testing

@Suite("How far an investigation is, on a terminal", .waits)
struct ProgressTests {
    /// 13 domains, which are asked about in two requests.
    private static let text = (1...13).map { "host\($0).example" }.joined(separator: " ")

    @Test(
        "On a wide terminal a bar says it; on a narrow one the words do, and nothing wraps",
        arguments: [100, 30, 12]
    )
    func fits(columns: Int) async throws {
        let lines = try await passing(columns: columns)
        #expect(lines.contains { $0.contains("█") } == (columns == 100))
        #expect(lines.contains { $0.hasSuffix("asked about 10 of 13".prefix(columns - 1)) })
        #expect(lines.allSatisfy { $0.count < columns })
    }

    /// The lines that others took the place of.
    private func passing(columns: Int) async throws -> [Substring] {
        let terminal = try Terminal()
        terminal.resize(columns: columns)
        let folder = try ProjectFolder()
        // `swift test` sets NO_COLOR itself.
        let (process, _, _) = try folder.start(
            ["investigate", Self.text],
            input: .nullDevice,
            terminal: terminal.device,
            environment: ["NO_COLOR": "", "TERM": "xterm"]
        )
        while process.isRunning {
            // What nobody reads would stop it.
            _ = terminal.shown
            try await Task.sleep(for: .milliseconds(5))
        }
        process.waitUntilExit()
        #expect(process.terminationStatus == 3, "\(terminal.shown)")
        let erased = "\r\u{1B}[K"
        let pieces = terminal.shown.components(separatedBy: erased)
        // The first is what stood there before, and the last what came afterwards.
        return pieces.dropFirst().dropLast().map { $0[...] }
    }
}
