import Foundation
import LocalLambda
import Loopback
import Testing

@Suite struct EnvironmentFileTests {
    private func read(_ text: String) throws -> [String: String] {
        let folder = try temporaryFolder("environment")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("file")
        try Data(text.utf8).write(to: file)
        return try EnvironmentFile.read(InputFile(file.path))
    }

    @Test("Names and values are read, with quotes, export, comments and empty lines")
    func values() throws {
        let text = "# a comment\n\nA=1\nexport B=\"two words\"\n  C='x=y' \nD=\nE=\"\"\n"
        #expect(try read(text) == ["A": "1", "B": "two words", "C": "x=y", "D": "", "E": ""])
    }

    @Test("A file from Windows is read like any other")
    func windows() throws {
        #expect(try read("\u{FEFF}A=1\r\n# a comment\r\nB='2'\r\n") == ["A": "1", "B": "2"])
    }

    @Test(
        "A line that makes no sense is named by its number, and not repeated",
        arguments: [
            ("A=1\nsecret-value\n", "2: is not of the form NAME=VALUE"),
            ("A=\"secret-value\n", "1: a quote that begins does not end"),
            ("A='secret-value\"\n", "1: a quote that begins does not end"),
            ("A=\"\n", "1: a quote that begins does not end"),
        ]
    )
    func faults(text: String, message: String) throws {
        let error = #expect(throws: FileError.self) { try read(text) }
        #expect(error?.description.hasSuffix("/file:\(message)") == true)
    }
}
