import JSON

/// Which version of CTIM the entities here are of (https://github.com/threatgrid/ctim).
package let schemaVersion = "1.0.17"

/// "This observable was seen, related to these others"
/// (https://github.com/threatgrid/ctim/blob/master/doc/structures/sighting.md).
package struct Sighting {
    /// `transient:sighting-` and a random UUID: the entity is stored nowhere.
    package let id: String
    /// Who says so.
    package let source: String
    /// Where to read on; left out where it is longer than the schema allows.
    package let sourceURI: String
    /// One line.
    package let title: String
    /// One sentence; cut where the schema ends it.
    package let description: String
    /// How often it was seen.
    package let count: Int
    /// When: a moment in UTC, as RFC 3339.
    package let observedTime: String
    /// What was asked for.
    package let observable: Observable
    /// What it is related to; each relation is made when it is written, for there can be a great many.
    package let relations: Relations

    /// Related values, and how each becomes a relation.
    package typealias Relations = LazyMapCollection<[String], ObservedRelation>

    /// A sighting.
    package init(
        id: String,
        source: String,
        sourceURI: String,
        title: String,
        description: String,
        count: Int,
        observedTime: String,
        observable: Observable,
        relations: Relations
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
    }

    /// The brackets that are still open behind the last relation.
    private static let closing = 2

    /// Writes the entity, whose `confidence` is always high, with as many of its relations as fit.
    ///
    /// - Parameter limit: the bytes that the writer's text may take inside another JSON text, when all is closed.
    /// - Returns: how many relations were written.
    package func write(to writer: inout JSONWriter, within limit: Int) -> Int {
        var written = 0
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
                $0.member("start_time", observedTime)
                $0.member("end_time", observedTime)
            }
            $0.key("observables")
            $0.array { observable.write(to: &$0) }
            $0.key("relations")
            $0.array {
                for relation in relations {
                    guard $0.write(within: limit - Self.closing, relation.write) else { break }
                    written += 1
                }
            }
        }
        return written
    }
}

/// One observable's relation to another
/// (https://github.com/threatgrid/ctim/blob/master/doc/structures/sighting.md#propertyrelations-observedrelationobject).
package struct ObservedRelation: Sendable, Equatable {
    /// Who found it.
    package static let origin = "SecurityTrails Enrichment Module"

    /// The domain.
    package let source: Observable
    /// The address that it resolved to.
    package let related: Observable

    /// "`source` resolved to `related`."
    package init(source: Observable, related: Observable) {
        self.source = source
        self.related = related
    }

    /// Writes the entity; always true.
    func write(to writer: inout JSONWriter) -> Bool {
        writer.object {
            $0.member("origin", Self.origin)
            $0.member("relation", "Resolved_To")
            $0.key("source")
            source.write(to: &$0)
            $0.key("related")
            related.write(to: &$0)
        }
        return true
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
