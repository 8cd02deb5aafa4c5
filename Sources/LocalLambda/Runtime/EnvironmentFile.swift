import Foundation
import Loopback

/// Variables in a file: `NAME=VALUE` a line, `export` before it or not, the value in quotes or not; `#` begins a comment
/// line.
package enum EnvironmentFile {
    /// Reads the file. Messages name the line, and never a value.
    package static func read(_ path: String) throws -> [String: String] {
        guard let text = String(validating: try contents(of: path, limit: 1 << 20), as: UTF8.self) else {
            throw LocalError("\(path): is not UTF-8")
        }
        var variables: [String: String] = [:]
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let match = line.wholeMatch(of: /(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)/) else {
                throw LocalError("\(path):\(number + 1): is not of the form NAME=VALUE")
            }
            variables[String(match.1)] = unquoted(match.2)
        }
        return variables
    }

    private static func unquoted(_ value: Substring) -> String {
        guard value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote else {
            return String(value)
        }
        return String(value.dropFirst().dropLast())
    }
}
