import Extraction

extension Findings {
    /// The observables and what they are related to, in Graphviz's language.
    package var dot: String {
        var lines = ["digraph investigation {", "  rankdir=LR;", "  node [shape=box, fontname=\"sans-serif\"];"]
        for observable in observables {
            lines.append("  \(Self.quoted(observable.value)) [style=\"filled,bold\", fillcolor=\"#dbeafe\"];")
        }
        var edges: Set<String> = []
        for sighting in sightings {
            for related in sighting.related {
                let ends = [sighting.observable.value, related.entity.value].map(Self.quoted)
                let edge = (related.isSource ? ends.reversed() : ends).joined(separator: " -> ")
                let label = Self.quoted(sighting.relation ?? "Related_To")
                if edges.insert(edge + label).inserted { lines.append("  \(edge) [label=\(label)];") }
            }
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.printable().replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
