import Foundation
import Loopback

/// The response over several lines, its body as JSON if it is that, and each table of a sighting as one below it; or
/// what came in place of a response.
package func readableText(_ outcome: ExecutionEnvironment.Outcome) -> String {
    guard case .response(let bytes) = outcome else { return ResponseSummary(outcome).text }
    guard var response = try? JSONValue(parsing: bytes) else { return String(decoding: bytes, as: UTF8.self) }
    var tables: [String] = []
    if let body = bodyJSON(response) {
        response["body"] = changingSightings(of: body) { sighting in
            guard let table = TextTable(sighting["data"]) else { return sighting }
            var sighting = sighting
            sighting["data"] = .string("\(table.rows.count) row\(table.rows.count == 1 ? "" : "s"), below")
            tables.append("\n" + printable(sighting["description"]?.string ?? "") + "\n" + table.text)
            return sighting
        }
    }
    return ([String(decoding: response.text(pretty: true), as: UTF8.self)] + tables).joined(separator: "\n")
}

/// A sighting's table in columns of text.
struct TextTable {
    let headings: [String]
    let rows: [[String]]
    private let isNumber: [Bool]

    /// The most characters of a cell.
    private static let widest = 60

    /// nil for what is no table.
    init?(_ json: JSONValue?) {
        guard let columns = json?["columns"]?.array, let rows = json?["rows"]?.array else { return nil }
        headings = columns.map { Self.cell($0["name"] ?? .null) }
        isNumber = columns.map { ["integer", "number"].contains($0["type"]?.string) }
        self.rows = rows.map { ($0.array ?? []).map(Self.cell) }
    }

    var text: String {
        let lines = [headings] + rows
        let widths = headings.indices.map { column in
            lines.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return lines.map { line in
            let cells = zip(line, zip(widths, isNumber)).map { cell, column in
                let blanks = String(repeating: " ", count: column.0 - cell.count)
                return column.1 ? blanks + cell : cell + blanks
            }
            let text = "  " + cells.joined(separator: "  ")
            return String(text.prefix(upTo: text.lastIndex { $0 != " " }.map(text.index(after:)) ?? text.startIndex))
        }.joined(separator: "\n")
    }

    private static func cell(_ value: JSONValue) -> String {
        let text =
            switch value {
            case .null: "-"
            case .string(let text): printable(text)
            default: LocalLambda.text(value)
            }
        return text.count > widest ? text.prefix(widest - 1) + "…" : text
    }
}

/// A text that can't move a terminal's cursor, change its colors, or turn the direction of what follows.
private func printable(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { printable, scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
            printable += "\\u{\(String(scalar.value, radix: 16))}"
        default: printable.unicodeScalars.append(scalar)
        }
    }
}
