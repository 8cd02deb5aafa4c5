import Extraction
import Loopback

extension Findings {
    /// Columns of every sighting's table, but for the first, which is the related value.
    private var columns: [String] {
        var columns = ["First seen", "Last seen", "Organizations"]
        for sighting in sightings where sighting.facts.isEmpty {
            for column in sighting.columns.dropFirst() where !columns.contains(column) { columns.append(column) }
        }
        return columns
    }

    /// A row for each relation, with its row of the table (RFC 4180).
    ///
    /// A cell that a spreadsheet would take for a formula begins with an apostrophe.
    package var csv: String {
        let columns = columns
        var lines = [["Observable", "Type", "Relation", "Related", "Related type"] + columns]
        for sighting in sightings {
            for related in sighting.related {
                lines.append(
                    [
                        sighting.observable.value, sighting.observable.type, sighting.relation ?? "",
                        related.entity.value, related.entity.type,
                    ] + columns.map { sighting.cell($0, of: related).cellText }
                )
            }
        }
        return lines.map { $0.map(Self.csvCell).joined(separator: ",") + "\r\n" }.joined()
    }

    static func csvCell(_ text: String) -> String {
        // Blanks before it do not hinder a spreadsheet.
        let first = text.unicodeScalars.first { !$0.properties.isWhitespace }
        let isFormula =
            first.map { "=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains($0) } == true
            || text.unicodeScalars.first.map { $0 == "\t" || $0 == "\r" || $0 == "\n" } == true
        let cell = (isFormula ? "'" : "") + text.printable()
        guard cell.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" || $0.value < 0x20 }) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }

    /// For a ticket: a heading for each observable, a table for each sighting.
    ///
    /// - Parameter limit: how many related values of a sighting are shown; nil: all.
    package func markdown(limit: Int? = 10) -> String {
        var lines = ["# SecurityTrails"]
        for notice in otherNotices { lines += ["", Self.markdown(notice)] }
        for observable in observables {
            lines += ["", "## \(Self.code(observable.value)) (\(observable.kind.rawValue))"]
            let sightings = sightings(of: observable)
            let notices = notices(about: observable.value)
            for notice in notices { lines += ["", Self.markdown(notice)] }
            if sightings.isEmpty, notices.isEmpty { lines += ["", "Nothing found."] }
            for sighting in sightings { lines += [""] + markdown(sighting, limit: limit) }
        }
        if !links.isEmpty {
            lines += ["", "## Links", ""]
            lines += links.map { "- [\(Self.escaped($0.title))](\(Self.linkTarget($0.url)))" }
        }
        return lines.joined(separator: "\n")
    }

    private func markdown(_ sighting: Sighting, limit: Int?) -> [String] {
        var lines = ["\(Self.escaped(sighting.description)): \(sighting.count)"]
        let facts = sighting.facts.filter { $0.value != .null }
        if !facts.isEmpty {
            lines += ["", "| | |", "| --- | --- |"]
            lines += facts.map { "| \(Self.escaped($0.name)) | \(Self.code($0.value.cellText)) |" }
        }
        guard !sighting.related.isEmpty else { return lines }
        let others = sighting.columns.dropFirst()
        let head = [sighting.relation ?? "Related"] + others
        lines += ["", "| \(head.map(Self.escaped).joined(separator: " | ")) |"]
        lines.append("|" + String(repeating: " --- |", count: head.count))
        let shown = sighting.related.prefix(limit ?? .max)
        for related in shown {
            let cells = others.map { Self.escaped(sighting.cell($0, of: related).cellText) }
            lines.append("| \(([Self.code(related.entity.value)] + cells).joined(separator: " | ")) |")
        }
        let left = sighting.related.count - shown.count
        if left > 0 { lines += ["", "… \(left) more."] }
        return lines
    }

    private static func markdown(_ notice: Notice) -> String {
        "> **\(notice.isWarning ? "Warning" : "Error")**: \(escaped(notice.message))"
    }

    /// A value that is neither a link nor markup.
    private static func code(_ text: String) -> String {
        let text = text.printable().replacing("`", with: "'").replacing("|", with: "\\|")
        return text.isEmpty ? "" : "`\(text)`"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.printable() {
            if "\\`*_{}[]<>()#!|~&$@".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }

    private static func linkTarget(_ url: String) -> String {
        var result = ""
        for byte in url.utf8 {
            let isPlain = byte > 0x20 && byte < 0x7F && !"()<>\\\"'`|[]".utf8.contains(byte)
            result +=
                isPlain
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        return result
    }
}
