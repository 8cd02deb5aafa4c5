import Foundation

/// What a command of the tests gets of the tests' own environment: what its programs are found by. Whoever runs them may
/// have a customer's keys there.
package let hermeticEnvironment = ProcessInfo.processInfo.environment
    .filter { ["PATH", "LD_LIBRARY_PATH", "TMPDIR"].contains($0.key) }
    .merging(["HOME": "/nonexistent", "NO_COLOR": "1"]) { $1 }

/// Writes a script that can be run at once.
///
/// A child process writes it, so that no process that another test starts meanwhile inherits a descriptor that is open for
/// writing: until that is closed, Linux does not run the file (`ETXTBSY`).
package func writeExecutable(_ script: String, to path: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", #"printf %s "$0" > "$1" && chmod 700 "$1""#, script, path]
    process.environment = hermeticEnvironment
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
}
