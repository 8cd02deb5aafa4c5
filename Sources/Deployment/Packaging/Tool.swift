import Foundation

/// A program of the build machine.
package struct Tool {
    /// Its name, found on the PATH.
    let name: String

    /// What signs for AWS, which is no program's business but those that sign in.
    private static let secrets: Set = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]

    package init(name: String) {
        self.name = name
    }

    /// Runs it and returns what it printed on standard output; its standard error is this process's.
    ///
    /// - Parameters:
    ///   - input: what it reads on standard input.
    ///   - folder: where it runs.
    ///   - environment: variables laid over this process's, of which those that are secret are left out.
    @discardableResult
    package func run(
        _ arguments: [String],
        input: Data? = nil,
        in folder: URL? = nil,
        environment: [String: String] = [:],
        quietly: Bool = false
    ) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.environment = ProcessInfo.processInfo.environment.filter { !Self.secrets.contains($0.key) }
            .merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = folder }
        let output = Pipe()
        process.standardOutput = output
        if quietly { process.standardError = FileHandle.nullDevice }
        let source = Pipe()
        process.standardInput = input == nil ? FileHandle.nullDevice : source
        try process.run()
        if let input {
            try source.fileHandleForWriting.write(contentsOf: input)
            try source.fileHandleForWriting.close()
        }
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let status = process.terminationStatus
            throw status == 127 ? PackagingError(missing: name) : PackagingError("\(name) failed with status \(status)")
        }
        return printed
    }
}

/// Why there is no zip.
package struct PackagingError: Error, CustomStringConvertible {
    /// What and where, in a line; an audit's findings follow, a line each.
    package let description: String
    /// Whether a program is missing.
    let isMissingTool: Bool

    init(_ description: String) {
        self.description = description
        isMissingTool = false
    }

    init(missing tool: String) {
        description = "\(tool) is not there: deploy/setup --lambda installs it"
        isMissingTool = true
    }
}
