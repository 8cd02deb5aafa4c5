import Foundation
import TestSupport
import Testing

/// The checks of Tests/Tools/check-page, which drives the page in headless Chromium; made once.
enum PageChecks {
    static let names = [
        "What is in the text appears as chips, and what is left out with the reason",
        "The graph has a node for each value and an edge for each relation of the relay's",
        "The timeline has a bar for each address from its first day to its last",
        "The timeline says what a name resolved to on a day",
        "The slider's thumb is above the timeline's cursor",
        "The table has a row for each relation, is filtered and sorted",
        "A click on a node shows what is known of it",
        "A value is investigated too, in the same graph",
        "A type is filtered out and comes back",
        "A search finds nodes",
        "The graph is saved as SVG and PNG",
        "A link holds the observables, and asks nothing by itself",
        "Everything is done with the keyboard only, and told to a screen reader",
        "Arrow keys move in the timeline, and closing the details leads back to it",
        "Tab reaches everything, and the focus is always seen",
        "Everything that can be used has a name for a screen reader",
        "Nothing moves if motion is to be reduced",
        "More than 60 related values are a group, which opens",
        "Fourteen organizations are told apart, and those beyond 18 are counted",
        "400 nodes are laid out within a second and dragged at 30 frames a second",
        "An error of SecurityTrails is told where the eye falls",
        "What has no relation leaves the room to the rest",
        "Neither the JWT nor the API key reaches the browser",
        "No error on the console, and no request to any other host: the relay on this machine",
        "The details leave the graph in sight and its tools in one line, two on a phone",
        "A screen of 320 pixels needs no scrolling to the side",
        "A dark desktop gets a dark page, which can be made light",
        "Names, organizations and errors that are markup stay text",
        "No error on the console, and no request to any other host: a hostile relay",
    ]

    /// Whether Debian's `chromium` and `chromium-driver`, and Python, are there.
    static let canBeMade = ["chromium", "chromedriver", "python3"].allSatisfy { name in
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains { folder in
            FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)")
        }
    }

    /// What a test that is skipped says.
    static let why: Comment = "needs Debian's chromium and chromium-driver, and Python"

    /// What each check ended with.
    static let results = Task {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: made()) }
        }
    }

    private static func made() -> [String: String] {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", project.appendingPathComponent("Tests/Tools/check-page").path, built("relayctl").path,
        ]
        process.environment = hermeticEnvironment
        process.standardOutput = output
        guard (try? process.run()) != nil else { return [:] }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        var results: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "\t", maxSplits: 2).map(String.init)
            guard parts.count > 1 else { continue }
            results[parts[1]] = parts[0] == "ok" ? "ok" : parts.last
        }
        return results
    }
}

@Suite(
    "The page, in headless Chromium",
    .enabled(if: PageChecks.canBeMade, PageChecks.why)
)
struct PageTests {
    @Test("Does what it should", arguments: PageChecks.names)
    func check(name: String) async {
        #expect(await PageChecks.results.value[name] == "ok")
    }
}
