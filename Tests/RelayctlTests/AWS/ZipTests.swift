import Foundation
import TestSupport
import Testing

@Suite("The zip on its way to AWS (moto)", .waits, .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why))
struct ZipTests {
    private let stage: StageOnAWS

    init() throws {
        stage = try StageOnAWS()
    }

    @Test("A zip that Lambda could not run is refused in one line, before AWS is asked")
    func refused() throws {
        func refusal() throws -> String {
            let outcome = try stage.deploy()
            #expect(outcome.status == 1 && outcome.output.isEmpty && outcome.errorLines.count == 1)
            #expect(try stage.aws.record().calls.isEmpty)
            return outcome.errors
        }
        try stage.settings(#""architecture": "x86_64""#)
        try stage.zip("other CPU", machine: 183)
        #expect(try refusal().contains("is for arm64, the function for x86_64: package on such a machine, or set"))
        try stage.zip("unknown CPU", machine: 243)
        #expect(try refusal().contains("'bootstrap' is for a CPU that Lambda does not have (ELF machine 243)"))
        try stage.zip("another name", name: "bin/bootstrap")
        #expect(try refusal().contains("holds no 'bootstrap' at its top; 'relayctl package' makes one that does"))
        try stage.zip("mode", mode: 0o644)
        #expect(try refusal().contains("'bootstrap' is not executable for everybody"))
        try stage.zip("for its owner", mode: 0o100700)
        #expect(try refusal().contains("'bootstrap' is not executable for everybody (-rwx------)"))
        try stage.zip("a link", mode: 0o120777)
        #expect(try refusal().contains("'bootstrap' is no regular file (lrwxrwxrwx)"))
        try stage.zip("empty", content: "b''")
        #expect(try refusal().contains("'bootstrap' is empty"))
        try stage.zip("from Windows", content: "b'#!/bin/sh\\r\\nexit\\r\\n'")
        #expect(try refusal().contains("'bootstrap' is a script whose first line ends as on Windows"))
        try stage.zip("text", content: "b'hello'")
        #expect(try refusal().contains("'bootstrap' is neither an ELF executable nor a script"))
        try stage.zip("too large", filler: 50 * 1024 * 1024)
        #expect(try refusal().contains("Lambda takes 50 MB"))
        try stage.folder.write("no zip", to: ".build/lambda/securitytrails-relay.zip")
        #expect(try refusal().contains("is no zip; 'relayctl package' makes one"))
    }

    @Test("The executable inside the zip is looked at, and not what lies beside it")
    func insideTheZip() throws {
        let beside = stage.folder.url.appendingPathComponent(".build/lambda/bootstrap")
        try Data([0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 14) + [183, 0]).write(to: beside)
        try stage.settings(#""architecture": "x86_64""#)
        try stage.zip("x86_64", machine: 62)
        try stage.expect(0, try stage.deploy())
    }

    @Test("48 MB go to AWS, and come back in a rollback, with less than 60 MB of memory")
    func memory() throws {
        for number in 1...2 {
            try stage.zip("large \(number)", filler: 48 * 1024 * 1024)
            #expect(try peakMemory("deploy", "dev", "--no-verify") < 60_000_000)
        }
        #expect(try peakMemory("rollback", "dev") < 60_000_000)
    }

    /// Runs relayctl, which must succeed. Returns the most bytes of memory that it had at a time.
    private func peakMemory(_ words: String...) throws -> Int {
        let (process, _, _) = try stage.folder.start(words, input: .nullDevice)
        var peak = 0
        while process.isRunning {
            let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            if let line = status?.firstMatch(of: /VmHWM:\s+([0-9]+) kB/), let kibibytes = Int(line.output.1) {
                peak = kibibytes * 1024
            }
            usleep(1_000)
        }
        #expect(process.terminationStatus == 0 && peak > 0)
        return peak
    }
}
