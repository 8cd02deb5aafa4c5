import JSON

/// Which version of CTIM the entities here are of (https://github.com/threatgrid/ctim).
package let schemaVersion = "1.0.17"

/// "This observable was seen, related to these others"
/// (https://github.com/threatgrid/ctim/blob/master/doc/structures/sighting.md).
package struct Sighting {
    /// When something was seen: moments in UTC, as RFC 3339.
    package struct ObservedTime: Sendable, Equatable {
        /// The beginning.
        package let start: String
        /// The end, not before the beginning; nil if it is not known.
        package let end: String?

        /// A time.
        package init(start: String, end: String?) {
            self.start = start
            self.end = end
        }
    }

    /// `transient:sighting-` and a random UUID: the entity is stored nowhere.
    package let id: String
    /// Who says so.
    package let source: String
    /// Where to read on; left out if it is longer than the schema allows.
    package let sourceURI: String
    /// One line.
    package let title: String
    /// One sentence; cut where the schema ends it.
    package let description: String
    /// How often it was seen.
    package let count: Int
    /// When.
    package let observedTime: ObservedTime
    /// What was asked for.
    package let observable: Observable
    /// What it is related to.
    package let relations: Relations
    /// What is known about each of the related values.
    package let table: DataTable?

    /// A sighting.
    package init(
        id: String,
        source: String,
        sourceURI: String,
        title: String,
        description: String,
        count: Int,
        observedTime: ObservedTime,
        observable: Observable,
        relations: Relations,
        table: DataTable? = nil
    ) {
        self.id = id
        self.source = source
        self.sourceURI = sourceURI
        self.title = title
        self.description = description
        self.count = count
        self.observedTime = observedTime
        self.observable = observable
        self.relations = relations
        self.table = table
    }

    /// How much of a sighting was written.
    package struct Written: Equatable {
        /// The relations.
        package var relations = 0
        /// The rows of the table.
        package var rows = 0
        /// Bytes that the table takes inside another JSON text.
        package var tableSize = 0
        /// Whether everything was written.
        package var isWhole = true

        /// Nothing of it.
        package init() {}
    }

    /// The brackets that are still open behind the last relation, or the table.
    private static let closing = 2
    private static let closingTable = 1

    /// Writes the entity, whose `confidence` is always high, with as many of its relations and of the table's rows as fit.
    ///
    /// - Parameters:
    ///   - limit: the bytes that the writer's text may take inside another JSON text, when all is closed.
    ///   - tableLimit: the bytes of it that the table may take; it is left out if no row fits.
    package func write(to writer: inout JSONWriter, within limit: Int, table tableLimit: Int = .max) -> Written {
        var written = Written()
        writer.object {
            $0.member("type", "sighting")
            $0.member("schema_version", schemaVersion)
            $0.member("id", id)
            $0.member("source", source)
            if sourceURI.utf16.count <= Limit.uri { $0.member("source_uri", sourceURI) }
            $0.member("title", title)
            $0.member("description", Limit.cut(description, to: Limit.description))
            $0.member("confidence", "High")
            $0.member("internal", false)
            $0.member("count", count)
            $0.key("observed_time")
            $0.object {
                $0.member("start_time", observedTime.start)
                if let end = observedTime.end { $0.member("end_time", end) }
            }
            $0.key("observables")
            $0.array { observable.write(to: &$0) }
            $0.key("relations")
            $0.array {
                for other in relations.others {
                    let stands = $0.write(within: limit - Self.closing) {
                        relations.write(other, of: observable, to: &$0)
                        return true
                    }
                    guard stands else { break }
                    written.relations += 1
                }
            }
            written.isWhole = written.relations == relations.others.count
            guard let table else { return }
            let start = $0.embeddedCount
            let room = tableLimit < .max - start ? min(limit - Self.closingTable, start + tableLimit) : limit - 1
            let stands = $0.write(within: room) {
                $0.key("data")
                written.rows = table.write(to: &$0, within: room)
                return written.rows > 0
            }
            if !stands { written.rows = 0 }
            written.tableSize = $0.embeddedCount - start
            written.isWhole = written.isWhole && written.rows == table.rowCount
        }
        return written
    }
}

/// The schema's longest texts, in UTF-16 units.
private enum Limit {
    static let description = 5_000
    static let uri = 2_048

    static func cut(_ text: String, to limit: Int) -> String {
        text.utf16.count <= limit ? text : String(text.unicodeScalars.prefix(limit / 2))
    }
}
