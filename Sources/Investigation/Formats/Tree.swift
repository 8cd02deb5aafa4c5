import Extraction

extension Findings {
    /// The observables as a tree of lines: relations, what they lead to, errors where they belong, links at the end.
    ///
    /// - Parameters:
    ///   - limit: how many related values of a sighting are shown; nil: all.
    ///   - isColored: whether the terminal's colours may be used.
    package func tree(limit: Int? = 10, isColored: Bool = false) -> String {
        let style = Style(isColored: isColored)
        var lines: [String] = []
        for notice in otherNotices { lines.append(style.notice(notice)) }
        for observable in observables {
            if !lines.isEmpty { lines.append("") }
            lines.append(style.bold(observable.value.printable()) + style.faint("  \(observable.kind.rawValue)"))
            var branches = sightings(of: observable).map { branch(of: $0, limit: limit, style) }
            branches += notices(about: observable.value).map { [style.notice($0)] }
            if branches.isEmpty {
                branches = [[style.faint(unasked.contains(observable.value) ? "not asked" : "nothing found")]]
            }
            lines += joined(branches)
        }
        if !links.isEmpty {
            lines += ["", "Read on:"]
            lines += links.map { "  " + $0.url.printable() }
        }
        return lines.joined(separator: "\n")
    }

    /// A sighting's line, and those of its related values below it.
    private func branch(of sighting: Sighting, limit: Int?, _ style: Style) -> [String] {
        var title = sighting.description.printable()
        if let relation = sighting.relation { title = relation.printable() + style.faint("  " + title) }
        title += style.faint("  \(sighting.count)")
        if let start = sighting.start, let end = sighting.end, sighting.columns.contains("First seen") {
            title += style.faint(", \(start.printable()) to \(sighting.isCurrent ? "today" : end.printable())")
        }
        let shown = sighting.related.prefix(limit ?? .max)
        let width = min(shown.map { $0.entity.value.printable().count }.max() ?? 0, 40)
        var branches = shown.map { related -> [String] in
            let value = related.entity.value.printable()
            let details = details(of: related, in: sighting)
            guard !details.isEmpty else { return [value] }
            return [value + String(repeating: " ", count: max(width - value.count, 0)) + "  " + style.faint(details)]
        }
        let left = sighting.related.count - shown.count
        if left > 0 { branches.append([style.faint("… \(left) more; --all shows them")]) }
        for fact in sighting.facts where fact.value != .null {
            branches.append([fact.name.printable() + style.faint("  " + fact.value.cellText.printable())])
        }
        return [title] + joined(branches)
    }

    private func details(of related: Sighting.Related, in sighting: Sighting) -> String {
        var details: [String] = []
        let (first, last) = (sighting.cell("First seen", of: related), sighting.cell("Last seen", of: related))
        if first != .null || last != .null {
            let start = first == .null ? "?" : first.cellText
            details.append("\(start) to \(last == .null ? "today" : last.cellText)")
        }
        for (column, cell) in zip(sighting.columns, related.cells).dropFirst() {
            guard cell != .null, column != "First seen", column != "Last seen", !cell.cellText.isEmpty else { continue }
            details.append(column == "Organizations" ? cell.cellText : "\(column): \(cell.cellText)")
        }
        return details.joined(separator: ", ").printable()
    }

    private func joined(_ branches: [[String]]) -> [String] {
        branches.enumerated().flatMap { number, lines in
            let isLast = number == branches.count - 1
            return lines.enumerated().map { index, line in
                (index == 0 ? (isLast ? "└─ " : "├─ ") : (isLast ? "   " : "│  ")) + line
            }
        }
    }
}

/// The terminal's colours.
private struct Style {
    let isColored: Bool

    func bold(_ text: String) -> String { colored(text, "1") }
    func faint(_ text: String) -> String { colored(text, "2") }

    func notice(_ notice: Notice) -> String {
        let kind = notice.isWarning ? colored("warning:", "33") : colored("error:", "31")
        return "\(kind) \(notice.message.printable())"
    }

    private func colored(_ text: String, _ code: String) -> String {
        isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
