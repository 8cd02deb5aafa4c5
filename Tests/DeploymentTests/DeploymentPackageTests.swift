import Foundation
import Testing

@testable import Deployment

@Suite("The zip that is deployed")
final class DeploymentPackageTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("package-" + UUID().uuidString)

    init() throws {
        for name in ["Sources/Relay/Relay.swift", "Package.swift"] { try write("", to: name, minutesAgo: 10) }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    @Test("The archives that are looked for are those that Package.swift links")
    func archives() throws {
        let text = try String(contentsOf: project.appendingPathComponent("Package.swift"), encoding: .utf8)
        let list = try #require(text.firstMatch(of: /let archives = \[([^\]]*)\]/)).output.1
        let linked = list.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map { $0.filter { $0 != "\"" } }
        #expect(Packaging.archives == linked.map { String($0) })
    }

    @Test("It is made again if it is missing, or older than a source or the package's description")
    func outdated() throws {
        let zip = ".build/lambda/securitytrails-relay.zip"
        #expect(Packaging.isOutdated(folder))
        try write("zip", to: zip, minutesAgo: 5)
        #expect(!Packaging.isOutdated(folder))
        for name in ["Sources/Relay/Relay.swift", "Package.swift"] {
            try write("", to: name, minutesAgo: 1)
            #expect(Packaging.isOutdated(folder))
            try write("", to: name, minutesAgo: 10)
        }
    }

    @Test("A request holds the zip in base64, whatever its length, between what comes before and after")
    func request() throws {
        for length in [0, 1, 2, 3, 3 * 64 * 1024, 3 * 64 * 1024 + 1] {
            let bytes = zip(of: Data("#!/bin/sh\n".utf8) + Data(repeating: 7, count: length))
            let file = folder.appendingPathComponent("a.zip")
            try Data(bytes).write(to: file)
            let package = try DeploymentPackage(path: file.path)
            let expected = "<" + Data(bytes).base64EncodedString() + ">"
            let body = package.body(before: Array("<".utf8), after: Array(">".utf8))
            #expect(Data(body.pieces().joined()) == Data(expected.utf8) && body.count == expected.utf8.count)
            #expect(package.size == bytes.count)
        }
    }

    @Test("The CPU is that of the executable's ELF header; a script is for any", arguments: [nil, 62, 183] as [UInt8?])
    func architecture(machine: UInt8?) throws {
        let header = [0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 14)
        let file = folder.appendingPathComponent("a.zip")
        try zip(of: machine.map { Data(header + [$0, 0]) } ?? Data("#!/bin/sh".utf8)).write(to: file)
        let expected: StageSettings.Architecture? = machine.map { $0 == 62 ? .x86 : .arm }
        #expect(try DeploymentPackage(path: file.path).architecture == expected)
    }

    /// A zip of an executable `bootstrap` that is stored as it is (APPNOTE.TXT, 4.3).
    private func zip(of content: Data) -> Data {
        func little(_ values: (Int, Int)...) -> Data {
            Data(values.flatMap { value, bytes in (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } })
        }
        let crc = ~content.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        let name = Data("bootstrap".utf8)
        // Version, flags, method, time, CRC, both sizes, the name's length and that of the extra field.
        let entry = little(
            (20, 2),
            (0, 4),
            (0, 4),
            (Int(crc), 4),
            (content.count, 4),
            (content.count, 4),
            (name.count, 2),
            (0, 2)
        )
        let file = little((0x0403_4B50, 4)) + entry + name + content
        let directory =
            little((0x0201_4B50, 4), (3 << 8 | 20, 2)) + entry + little((0, 6), (0o100755 << 16, 4), (0, 4)) + name
        let end = little((0x0605_4B50, 4), (0, 4), (1, 2), (1, 2), (directory.count, 4), (file.count, 4), (0, 2))
        return file + directory + end
    }

    private func write(_ text: String, to name: String, minutesAgo minutes: Double) throws {
        let file = folder.appendingPathComponent(name)
        let parent = file.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        let time = Date(timeIntervalSinceNow: -60 * minutes)
        try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: file.path)
    }
}
