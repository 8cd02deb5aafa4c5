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

    @Test("It is made anew where it is missing, or older than a source or the package's description")
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
        for length in [1, 2, 3, 3 * 64 * 1024, 3 * 64 * 1024 + 1] {
            // The least that passes for a zip: the directory's entry of an executable bootstrap.
            var entry = [UInt8](repeating: 0, count: 46)
            entry.replaceSubrange(0..<4, with: [0x50, 0x4B, 0x01, 0x02])
            entry[28] = 9
            entry[40] = 0o111
            let bytes = [UInt8](repeating: 7, count: length) + entry + "bootstrap".utf8
            let file = folder.appendingPathComponent("a.zip")
            try Data(bytes).write(to: file)
            let package = try DeploymentPackage(path: file.path)
            let expected = "<" + Data(bytes).base64EncodedString() + ">"
            #expect(package.request(before: Array("<".utf8), after: Array(">".utf8)) == Array(expected.utf8))
            #expect(package.size == bytes.count)
        }
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
