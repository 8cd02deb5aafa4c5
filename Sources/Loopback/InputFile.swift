import Foundation
import JSON

/// Something that the operator wrote or named can't be used; the description is one line that says what and where.
package protocol InputError: Error, CustomStringConvertible {}

/// Why a file's contents can't be used: `FILE: REASON` or `FILE:LINE:COLUMN: REASON`.
package struct FileError: InputError, Equatable {
    package let description: String

    /// - Parameter place: the line and column, if the reason belongs to one.
    package init(_ file: InputFile, place: (line: Int, column: Int?)? = nil, _ reason: String) {
        let place = place.map { ":\($0.line)" + ($0.column.map { ":\($0)" } ?? "") } ?? ""
        description = "\(file.name)\(place): \(reason)"
    }

    init(_ file: InputFile, _ error: JSONError, in text: Data) {
        description = "\(file.name):\(error.explanation(in: text))"
    }
}

/// A file that the operator named, which may be a pipe, or standard input.
package struct InputFile: Sendable {
    /// What messages call it.
    package let name: String
    private let source: Source

    private enum Source: Sendable {
        case path(String)
        case descriptor(Int32)
    }

    /// - Parameters:
    ///   - name: a path, from `folder` on; `-` is standard input.
    ///   - folder: the working directory.
    ///   - standardInput: the descriptor that is read for `-`.
    package init(_ name: String, in folder: String? = nil, standardInput: Int32 = STDIN_FILENO) {
        if name == "-" {
            self.name = "standard input"
            source = .descriptor(standardInput)
        } else {
            self.name = name
            source = .path(name.hasPrefix("/") ? name : folder.map { $0 + "/" + name } ?? name)
        }
    }

    /// Where it is; nil for standard input.
    package var path: String? {
        if case .path(let path) = source { path } else { nil }
    }

    /// All that it holds.
    ///
    /// - Parameter limit: the most bytes that it may hold.
    package func contents(limit: Int = 1 << 20) throws(FileError) -> Data {
        let file =
            switch source {
            case .path(let path): open(path, O_RDONLY | O_CLOEXEC)
            case .descriptor(let descriptor): dup(descriptor)
            }
        guard file >= 0 else { throw errno == ENOENT ? FileError(self, "no such file") : unreadable() }
        defer { close(file) }
        var contents = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while contents.count <= limit {
            let count = read(file, &buffer, buffer.count)
            guard count >= 0 || errno == EINTR else { throw unreadable() }
            if count == 0 { return contents }
            contents += buffer.prefix(max(count, 0))
        }
        throw FileError(self, "is larger than \(limit >> 20) MB")
    }

    /// The text that it holds, in UTF-8, without a byte order mark, lines ended by `\n`.
    package func text(limit: Int = 1 << 20) throws(FileError) -> String {
        let contents = try contents(limit: limit)
        let text = contents.starts(with: [0xEF, 0xBB, 0xBF]) ? contents.dropFirst(3) : contents
        guard let text = String(validating: text, as: UTF8.self) else { throw FileError(self, "is not UTF-8") }
        return text.replacing("\r\n", with: "\n")
    }

    /// The JSON value that it holds.
    package func json(limit: Int = 1 << 20) throws(FileError) -> JSONValue {
        try json(contents(limit: limit))
    }

    /// The JSON value of its contents.
    package func json(_ contents: Data) throws(FileError) -> JSONValue {
        do {
            return try JSONValue(parsing: contents)
        } catch {
            throw FileError(self, error, in: contents)
        }
    }

    private func unreadable() -> FileError {
        FileError(self, "can't be read: \(systemMessage())")
    }
}

// MARK: - Folders

extension InputFile {
    /// Whether something is there.
    package var exists: Bool {
        path.map { access($0, F_OK) == 0 } ?? true
    }

    /// Whether it is a folder.
    package var isFolder: Bool {
        var status = stat()
        return path.map { stat($0, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// The names of what is in the folder, sorted.
    package func names() throws(FileError) -> [String] {
        guard let path, let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw unreadable()
        }
        return names.sorted()
    }

    /// A file in the folder.
    package func file(_ child: String) -> InputFile {
        InputFile(name.hasSuffix("/") ? name + child : name + "/" + child, at: (path ?? "") + "/" + child)
    }

    /// A file in the same folder.
    package func beside(_ sibling: String) -> InputFile {
        func replaced(_ path: String) -> String {
            path.lastIndex(of: "/").map { path[...$0] + sibling } ?? sibling
        }
        return InputFile(replaced(name), at: replaced(path ?? ""))
    }

    private init(_ name: String, at path: String) {
        self.name = name
        source = .path(path)
    }
}
