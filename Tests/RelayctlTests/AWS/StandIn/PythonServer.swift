import Foundation
import TestSupport

/// A server in Python among the tests, as a process that ends with the instance.
final class PythonServer: Sendable {
    let port: Int
    private let process = Process()
    private let input = Pipe()

    /// Starts it, and waits until it says where it listens: `PORT n`.
    init(_ name: String, _ arguments: String...) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let script = project.appendingPathComponent("Tests/RelayctlTests/AWS/StandIn").appendingPathComponent(name)
        process.arguments = ["python3", script.path] + arguments
        // botocore would ask the machine's own metadata service for credentials.
        process.environment = hermeticEnvironment.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while !text.contains("\n") || !text.contains("PORT ") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw CocoaError(.executableLoad) }
            text += String(decoding: data, as: UTF8.self)
        }
        guard let port = Int(text.split(separator: "PORT ").last?.prefix { $0.isNumber } ?? "") else {
            throw CocoaError(.executableLoad)
        }
        self.port = port
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
