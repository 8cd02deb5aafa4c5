import Foundation
import Loopback
import TestSupport
import Testing

/// `deploy/setup`, beside stand-ins for the programs that change a machine.
@Suite("deploy/setup")
final class SetupTests {
    private let folder: URL

    /// A machine with a Swift toolchain and none of the packages, whose apt-get installs them.
    init() throws {
        folder = try temporaryFolder("setup")
        for name in ["swift", "sudo"] { try program(name, "echo \"\(name) $*\" >> calls\n[ $# = 0 ] || exec \"$@\"") }
        try program("dpkg-query", "exit 1")
        try aptGet()
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// An apt-get that notes what it is called for.
    private func aptGet(then ending: String = "exit 0") throws {
        try program("apt-get", "echo \"apt-get $*\" >> calls\necho \"$DEBIAN_FRONTEND\" >> frontends\n\(ending)")
    }

    private func program(_ name: String, _ script: String) throws {
        try writeExecutable("#!/bin/sh\ncd '\(folder.path)'\n\(script)\n", to: folder.appendingPathComponent(name).path)
    }

    /// - Parameter user: the number of whoever runs it; 0 is root.
    private func setup(_ options: String..., user: Int = 0) throws -> (
        status: Int32, output: String, lines: [Substring]
    ) {
        try program("id", "echo \(user)")
        let (process, output, errors) = (Process(), Pipe(), Pipe())
        process.executableURL = project.appendingPathComponent("deploy/setup")
        process.arguments = options
        process.environment = ["PATH": "\(folder.path):/usr/local/bin:/usr/bin:/bin"]
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let lines = String(decoding: said, as: UTF8.self).split(separator: "\n")
        return (process.terminationStatus, String(decoding: printed, as: UTF8.self), lines)
    }

    private func lines(of name: String) -> [Substring] {
        let text = try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        return text?.split(separator: "\n") ?? []
    }

    @Test("The lists are updated before anything is installed, by sudo unless it is root", arguments: [0, 1000])
    func order(user: Int) throws {
        let (status, output, said) = try setup(user: user)
        #expect(status == 0 && output.isEmpty)
        let calls = lines(of: "calls").filter { $0.hasPrefix("apt-get ") }
        #expect(calls.map { $0.split(separator: " ")[1] } == ["update", "install"])
        #expect(lines(of: "calls").count { $0.hasPrefix("sudo ") } == (user == 0 ? 0 : 2))
        let installed = try #require(calls.last?.split(separator: " ").dropFirst(2))
        #expect(Set(["curl", "libcurl4-openssl-dev", "libssl-dev", "libidn2-dev"]).isSubset(of: installed))
        #expect(!installed.contains("zip"))
        #expect(said.first?.hasPrefix("deploy/setup: installing libcurl4-openssl-dev ") == true)
        // Nothing asks a question on the way.
        #expect(installed.contains("--yes") && lines(of: "frontends").last == "noninteractive")
    }

    @Test("--lambda installs what makes the zip, too")
    func lambda() throws {
        #expect(try setup("--lambda").status == 0)
        let installed = try #require(lines(of: "calls").last?.split(separator: " "))
        #expect(Set(["curl", "zip", "binutils", "g++", "libzstd-dev"]).isSubset(of: installed))
    }

    @Test("It says and does nothing if everything is installed")
    func installed() throws {
        try program("dpkg-query", "echo installed")
        let (status, output, said) = try setup("--lambda")
        #expect(status == 0 && output.isEmpty && said.isEmpty && lines(of: "calls").isEmpty)
    }

    @Test("A failure of apt-get ends with a line of its own, after what apt-get says")
    func failure() throws {
        try aptGet(then: "[ \"$1\" = update ] && exit 0\necho 'E: Unable to locate package' >&2\nexit 100")
        let (status, _, said) = try setup()
        #expect(status == 1)
        #expect(said.suffix(2).first == "E: Unable to locate package")
        #expect(
            said.last == "deploy/setup: the packages could not be installed; what apt-get says about it is above"
        )
    }

    @Test("Lists that can't be updated are said, and do not stop it")
    func noNetwork() throws {
        try aptGet(then: "[ \"$1\" != update ]")
        let (status, _, said) = try setup()
        #expect(status == 0)
        #expect(said.last == "deploy/setup: the lists of packages could not be updated")
        #expect(lines(of: "calls").count == 2)
    }

    @Test("Help goes to standard output, and an option that is none is one line and status 2")
    func options() throws {
        let help = try setup("--help")
        #expect(help.status == 0 && help.lines.isEmpty)
        #expect(help.output.contains("deploy/setup --lambda "))
        let unknown = try setup("--lamda")
        #expect(unknown.status == 2 && unknown.lines == ["deploy/setup: unknown option --lamda"])
        #expect(lines(of: "calls").isEmpty)
    }
}
