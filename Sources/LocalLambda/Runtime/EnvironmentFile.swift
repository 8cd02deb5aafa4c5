import Foundation
import Loopback

/// Variables in a file: `NAME=VALUE` a line, `export` before it or not, the value in quotes or not; `#` begins a comment
/// line.
package enum EnvironmentFile {
    /// Reads the file. Messages name the line, and never a value.
    package static func read(_ file: InputFile) throws(FileError) -> [String: String] {
        var variables: [String: String] = [:]
        for (number, line) in try file.text().split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let match = line.wholeMatch(of: /(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)/) else {
                throw FileError(file, place: (number + 1, nil), "is not of the form NAME=VALUE")
            }
            guard let value = unquoted(match.2) else {
                throw FileError(file, place: (number + 1, nil), "a quote that begins does not end")
            }
            variables[String(match.1)] = value
        }
        return variables
    }

    /// The value without its quotes; nil if only one of them is there.
    private static func unquoted(_ value: Substring) -> String? {
        guard let quote = value.first, quote == "\"" || quote == "'" else { return String(value) }
        guard value.count >= 2, value.last == quote else { return nil }
        return String(value.dropFirst().dropLast())
    }
}
