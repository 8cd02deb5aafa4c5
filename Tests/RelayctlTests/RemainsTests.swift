import Deployment
import Foundation
import Loopback
import TestSupport
import Testing

@Suite("What a signal leaves of a command", .waits)
struct RemainsTests {
    private let folder: ProjectFolder
    private let temporary: URL

    init() throws {
        folder = try ProjectFolder(environment: ["RELAY_JWT": ""])
        temporary = try temporaryFolder("remains")
        // A package is built by a compiler that never ends.
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("programs"),
            withIntermediateDirectories: false
        )
        try folder.write("#!/bin/sh\nexec sleep 1000\n", to: "programs/swift", mode: 0o755)
    }

    private static let commands =
        [
            ["serve", "--port", "0", "--exec", built("bootstrap").path],
            ["replay", "--tls", "--repeat", "1000000", "--exec", built("bootstrap").path, event],
            ["bench", "--n", "1000000", "--exec", built("bootstrap").path],
            ["bench", "upstream", "--exec", built("bootstrap").path],
            ["investigate", "--web", "--exec", built("bootstrap").path],
        ] + (Packaging.missingArchives.isEmpty ? [["package"]] : [])
    private static let event = project.appendingPathComponent("Tests/Events/rest-version.json").path

    @Test(
        "No temporary folder and no child, whatever the command and whenever the signal comes",
        arguments: commands,
        [SIGINT, SIGTERM]
    )
    func nothing(words: [String], number: Int32) throws {
        defer { try? FileManager.default.removeItem(at: temporary) }
        if words == ["package"] { try folder.write("", to: "Package.swift") }
        // At once after the first child, and later, between its work and the next.
        for pause in [0, 0.07, 0.4] as [Double] {
            let path = "\(folder.url.path)/programs:" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
            let (process, output, _) = try folder.start(
                words,
                input: .nullDevice,
                environment: ["TMPDIR": temporary.path, "PATH": path]
            )
            // What it prints is read, so that it goes on.
            output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
            defer { output.fileHandleForReading.readabilityHandler = nil }
            let end = Date(timeIntervalSinceNow: 60)
            while children(of: process.processIdentifier).isEmpty, process.isRunning, Date() < end { usleep(2_000) }
            try #require(process.isRunning, "\(words)")
            Thread.sleep(forTimeInterval: pause)
            kill(process.processIdentifier, number)
            process.waitUntilExit()
            // Two of them wait for the signal, and end in an orderly way.
            let isOrderly = ["serve", "investigate"].contains(words[0])
            #expect(process.terminationStatus == (isOrderly ? 0 : number))
            #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == [])
            #expect(survivors(of: folder.url.path, temporary.path) == [])
        }
    }

    private func children(of id: pid_t) -> [String] {
        processes { _, stat in stat.split(separator: ")").last?.split(separator: " ")[1] == "\(id)" }
    }

    /// Processes that were started in one of the folders, by their environment or their arguments, and still run after
    /// five seconds.
    private func survivors(of places: String...) -> [String] {
        for _ in 0..<250 {
            let left = processes { id, _ in
                let own = ["environ", "cmdline", "cwd"].map { file in
                    file == "cwd"
                        ? (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/cwd")) ?? ""
                        : String(
                            decoding: FileManager.default.contents(atPath: "/proc/\(id)/\(file)") ?? Data(),
                            as: UTF8.self
                        )
                }
                return places.contains { place in own.contains { $0.contains(place) } }
            }
            if left.isEmpty { return [] }
            usleep(20_000)
        }
        return processes { _, _ in false } + ["a process in \(places)"]
    }

    /// The processes that are no zombies and of which `isMeant` says so, given their `stat`.
    private func processes(_ isMeant: (_ id: String, _ stat: String) -> Bool) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter { id in
            guard Int(id) != nil, let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
                !stat.contains(") Z ")
            else { return false }
            return isMeant(id, stat)
        }
    }
}
