import JSON

/// What a sighting's observable is related to, all in the same way
/// (https://github.com/threatgrid/ctim/blob/master/doc/structures/sighting.md#propertyrelations-observedrelationobject).
package struct Relations: Sendable {
    /// Kinds of relations, of those in CTIM's vocabulary.
    package enum Name: String, Sendable {
        /// A name resolved to an address.
        case resolvedTo = "Resolved_To"
        /// A name is below another one.
        case subdomainOf = "Sub-domain_Of"
        /// Any other connection.
        case relatedTo = "Related_To"
    }

    /// Who found them.
    package static let origin = "SecurityTrails Enrichment Module"

    /// The kind of relation.
    package let name: Name
    /// Whether the sighting's observable is the source of the relations; it is what is related otherwise.
    package let observableIsSource: Bool
    /// The other end of each relation.
    package let others: [Observable]

    /// Relations of an observable to others.
    package init(_ name: Name, observableIsSource: Bool, _ others: [Observable]) {
        self.name = name
        self.observableIsSource = observableIsSource
        self.others = others
    }

    /// Writes the relation of `observable` to one of the others.
    func write(_ other: Observable, of observable: Observable, to writer: inout JSONWriter) {
        let (source, related) = observableIsSource ? (observable, other) : (other, observable)
        writer.object {
            $0.member("origin", Self.origin)
            $0.member("relation", name.rawValue)
            $0.key("source")
            source.write(to: &$0)
            $0.key("related")
            related.write(to: &$0)
        }
    }
}
