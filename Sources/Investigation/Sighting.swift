import Loopback

/// A sighting, with its relations and its table brought together.
package struct Sighting: Sendable, Equatable {
    /// A value that the observable is related to, with its row of the table.
    package struct Related: Sendable, Equatable {
        package let entity: Entity
        /// Whether the relation goes from this to the observable (`Sub-domain_Of`).
        package let isSource: Bool
        /// The row's cells in the order of the columns; empty if the table has no row of it.
        package let cells: [JSONValue]
    }

    package let observable: Entity
    package let description: String
    package let count: Int
    /// `YYYY-MM-DD` each.
    package let start: String?
    package let end: String?
    /// `Resolved_To`; nil if there are no relations.
    package let relation: String?
    /// The table's columns.
    package let columns: [String]
    /// Newest first, if there are dates; then those that only the table has.
    package let related: [Related]
    /// A table that is about the observable itself, such as a registration's.
    package let facts: [(name: String, value: JSONValue)]
    package let json: JSONValue

    /// First columns of tables that have a row for each related value.
    private static let valueColumns = ["Address", "Domain", "Subdomain", "Name server", "Mail server", "Server"]

    init?(_ json: JSONValue) {
        guard let observable = Entity(json["observables"]?.array?.first) else { return nil }
        self.observable = observable
        self.json = json
        description = json["description"]?.string ?? json["title"]?.string ?? ""
        count = json["count"]?.integer ?? 0
        start = json["observed_time"]?["start_time"]?.string.map { String($0.prefix(10)) }
        end = json["observed_time"]?["end_time"]?.string.map { String($0.prefix(10)) }
        let table = Table(json["data"])
        columns = table.columns

        let relations = (json["relations"]?.array ?? []).compactMap { Self.relation($0, of: observable) }
        relation = relations.first?.name
        var rows = table.rowsByValue
        var related = relations.map { relation in
            Related(
                entity: relation.entity,
                isSource: relation.isSource,
                cells: rows.removeValue(forKey: relation.entity.value) ?? []
            )
        }
        let isAboutValues = rows.count < table.rows.count || table.columns.first.map(Self.valueColumns.contains) == true
        if isAboutValues {
            let type = related.first?.entity.type ?? (table.columns.first == "Address" ? "ip" : "domain")
            for row in table.rows {
                guard let value = row.first?.string, rows.removeValue(forKey: value) != nil else { continue }
                let kind = type == "ip" && value.contains(":") ? "ipv6" : type
                related.append(
                    Related(
                        entity: Entity(type: kind, value: value),
                        isSource: related.first?.isSource ?? false,
                        cells: row
                    )
                )
            }
        }
        self.related = Self.newestFirst(related, lastSeen: table.columns.firstIndex(of: "Last seen"))
        facts =
            isAboutValues || table.rows.count != 1
            ? [] : Array(zip(table.columns, table.rows[0])).map { (name: $0, value: $1) }
    }

    /// Whether a related value has been seen first and not, so far, last.
    var isCurrent: Bool {
        related.contains { cell("First seen", of: $0) != .null && cell("Last seen", of: $0) == .null }
    }

    /// The cell of the column of that name.
    package func cell(_ name: String, of related: Related) -> JSONValue {
        guard let index = columns.firstIndex(of: name), related.cells.indices.contains(index) else { return .null }
        return related.cells[index]
    }

    package static func == (one: Sighting, other: Sighting) -> Bool {
        one.json == other.json
    }

    private static func relation(
        _ json: JSONValue,
        of observable: Entity
    ) -> (name: String, entity: Entity, isSource: Bool)? {
        guard let source = Entity(json["source"]), let related = Entity(json["related"]) else { return nil }
        let name = json["relation"]?.string ?? "Related_To"
        let isSource =
            if related.isSame(as: observable) {
                true
            } else if source.isSame(as: observable) {
                false
            } else {
                // The observable is written in another way: in punycode, say.
                name == "Sub-domain_Of" || source.type != observable.type
            }
        return (name, isSource ? source : related, isSource)
    }

    /// By the day on which each was last seen; those without one stay where they are at the end.
    private static func newestFirst(_ related: [Related], lastSeen: Int?) -> [Related] {
        guard let lastSeen else { return related }
        let days = related.map { $0.cells.indices.contains(lastSeen) ? $0.cells[lastSeen].string ?? "9999" : "" }
        return zip(days, related).enumerated()
            .sorted { $0.element.0 == $1.element.0 ? $0.offset < $1.offset : $0.element.0 > $1.element.0 }
            .map(\.element.1)
    }
}

/// A sighting's `data`.
private struct Table {
    var columns: [String] = []
    var rows: [[JSONValue]] = []

    init(_ json: JSONValue?) {
        columns = (json?["columns"]?.array ?? []).compactMap { $0["name"]?.string }
        rows = (json?["rows"]?.array ?? []).compactMap(\.array)
    }

    var rowsByValue: [String: [JSONValue]] {
        var byValue: [String: [JSONValue]] = [:]
        for row in rows { if let value = row.first?.string { byValue[value] = row } }
        return byValue
    }
}

extension JSONValue {
    /// A cell as text; empty for null.
    var cellText: String {
        switch self {
        case .null: ""
        case .string(let text): text
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .bool(let value): String(value)
        case .array, .object: String(decoding: text(), as: UTF8.self)
        }
    }
}
