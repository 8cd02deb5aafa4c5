import Foundation
import LocalLambda
import TestSupport

/// Runs the real `relayctl` of this build, in the package's folder. It ends with the instance: that of a test that has
/// failed, too.
final class Relayctl {
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    let process = Process()
    private let standardInput = Pipe()
    private let output = Pipe()

    /// Starts it; what it writes to standard output and standard error is one text.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        let bootstrap = try Executable.besideThis(orAt: nil)
        process.executableURL = URL(fileURLWithPath: bootstrap).deletingLastPathComponent()
            .appendingPathComponent("relayctl")
        process.arguments = arguments
        process.currentDirectoryURL = Self.package
        process.environment = hermeticEnvironment.merging(environment) { $1 }
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    deinit {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// Gives it the input and waits for its end.
    func finish(input: String = "") throws -> (status: Int32, output: String) {
        standardInput.fileHandleForWriting.write(Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    /// What it writes up to and including `end`; all of it where that never comes.
    func read(until end: String) -> String {
        var text = ""
        while !text.contains(end) {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { break }
            text += String(decoding: piece, as: UTF8.self)
        }
        return text
    }
}
