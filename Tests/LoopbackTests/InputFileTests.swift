import Foundation
import Loopback
import Testing

@Suite("A file that the operator named")
struct InputFileTests {
    private let folder: URL

    init() throws {
        folder = try temporaryFolder("input")
    }

    private func file(_ text: String) throws -> InputFile {
        try Data(text.utf8).write(to: folder.appendingPathComponent("file"))
        return InputFile("file", in: folder.path)
    }

    @Test("A text comes without a byte order mark, and its lines end as on Linux")
    func text() throws {
        #expect(try file("\u{FEFF}one\r\ntwo\n").text() == "one\ntwo\n")
    }

    @Test(
        "What can't be read is one line with the path as it was given",
        arguments: [
            ("absent", "absent: no such file"), (".", ".: can't be read: Is a directory"),
            ("/dev/zero", "/dev/zero: is larger than 1 MB"), ("binary", "binary: is not UTF-8"),
        ]
    )
    func unreadable(path: String, message: String) throws {
        try Data([0xFF]).write(to: folder.appendingPathComponent("binary"))
        let error = #expect(throws: FileError.self) { try InputFile(path, in: folder.path).text() }
        #expect(error?.description == message)
    }

    @Test(
        "Where JSON is wrong is told by line and column, and the text is not repeated",
        arguments: [
            ("{\"key\":\n  x}", "2:3: unexpected character"),
            ("\u{FEFF}{\"é\": ]", "1:7: unexpected character"),
            ("[1,\n2", "2:2: the text ends too early"),
            ("", "1:1: the text ends too early"),
            ("1 2", "1:3: more text after the end"),
        ]
    )
    func json(text: String, message: String) throws {
        let error = #expect(throws: FileError.self) { try file(text).json() }
        #expect(error?.description == "file:\(message)")
    }

    @Test("Standard input is read from the descriptor that was handed over")
    func standardInput() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data("[1, x]".utf8))
        try pipe.fileHandleForWriting.close()
        let file = InputFile("-", standardInput: pipe.fileHandleForReading.fileDescriptor)
        let error = #expect(throws: FileError.self) { try file.json() }
        #expect(error?.description == "standard input:1:5: unexpected character")
    }
}
