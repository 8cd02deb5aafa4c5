import Foundation
import Loopback

/// Whether sightings are valid: CTIM 1.0.17 (https://github.com/threatgrid/ctim, `sighting.cljc`, `common.cljc`,
/// `data_table.cljc` and `vocabularies.cljc`), and the list around them as the platform takes it.
package enum SightingCheck {
    /// What is wrong with the sightings of a response, a line each; empty if it has none.
    package static func violations(by outcome: ExecutionEnvironment.Outcome) -> [String] {
        guard case .response(let bytes) = outcome, let response = try? JSONValue(parsing: bytes),
            let sightings = bodyJSON(response)?["data"]?["sightings"]
        else { return [] }
        return violations(inList: sightings)
    }

    /// What is wrong with an answer's `sightings`.
    package static func violations(inList sightings: JSONValue) -> [String] {
        let shape = JSONShape.object(required: ["count": .count, "docs": .list(.anyObject)])
        let wrong = shape.violations(by: sightings, at: "sightings")
        guard wrong.isEmpty, let docs = sightings["docs"]?.array else { return wrong }
        var more: [String] = []
        if docs.isEmpty { more.append("sightings: an empty list") }
        if sightings["count"] != .integer(docs.count) {
            more.append("sightings.count: \(text(sightings["count"])) for \(docs.count)")
        }
        let ids = docs.compactMap { $0["id"]?.string }
        if Set(ids).count < ids.count { more.append("sightings: an id stands twice") }
        return more + docs.enumerated().flatMap { violations(in: $1, at: "sightings.\($0)") }
    }

    /// What is wrong with one sighting.
    package static func violations(in sighting: JSONValue, at path: String = "sighting") -> [String] {
        shape.violations(by: sighting, at: path)
            + orderViolations(sighting["observed_time"], "\(path).observed_time")
            + tableViolations(sighting["data"], "\(path).data")
    }

    private static func orderViolations(_ times: JSONValue?, _ path: String) -> [String] {
        guard let start = times?["start_time"]?.string.flatMap(moment),
            let end = times?["end_time"]?.string.flatMap(moment), start > end
        else { return [] }
        return ["\(path): the start is after the end"]
    }

    // MARK: - Tables

    private static func tableViolations(_ table: JSONValue?, _ path: String) -> [String] {
        guard let columns = table?["columns"]?.array, let rows = table?["rows"]?.array else { return [] }
        var wrong: [String] = []
        if columns.isEmpty { wrong.append("\(path): no column") }
        if rows.isEmpty { wrong.append("\(path): no row") }
        if let count = table?["row_count"]?.integer, count != rows.count {
            wrong.append("\(path).row_count: \(count) for \(rows.count)")
        }
        for (number, row) in rows.enumerated() {
            guard let cells = row.array else { continue }
            if cells.count != columns.count {
                wrong.append("\(path).rows.\(number): \(cells.count) values for \(columns.count) columns")
            }
            for (cell, (column, value)) in zip(columns, cells).enumerated() {
                wrong += cellViolations(value, column, "\(path).rows.\(number).\(cell)")
            }
        }
        return wrong
    }

    /// A value is of its column's type, or null if the column says that it may be.
    private static func cellViolations(_ value: JSONValue, _ column: JSONValue, _ path: String) -> [String] {
        guard value != .null else { return column["required"] == .bool(false) ? [] : ["\(path): null"] }
        return column["type"]?.string.flatMap { columnTypes[$0] }?.violations(by: value, at: path) ?? []
    }

    private static let columnTypes: [String: JSONShape] = [
        "string": .string(), "markdown": markdown, "integer": .integer, "number": .number, "url": .uri,
        "observable": observable,
    ]

    private static let table = JSONShape.object(
        required: [
            "columns": .list(
                .object(
                    required: ["name": .string(least: 1), "type": .word(Set(columnTypes.keys), of: "type of column")],
                    optional: ["description": markdown, "required": .truth, "short_description": .string()]
                )
            ),
            "rows": .list(.list(.anything)),
        ],
        optional: ["row_count": .count]
    )

    // MARK: - The schema

    private static let short = JSONShape.string(most: 1_024)
    private static let medium = JSONShape.string(most: 2_048)
    private static let markdown = JSONShape.string(most: 5_000)
    private static let level = JSONShape.word(
        ["Info", "Low", "Medium", "High", "None", "Unknown"],
        of: "level of confidence or severity"
    )

    private static let shape = JSONShape.object(
        required: [
            "type": .word(["sighting"], of: "type of this entity"),
            "schema_version": .word(["1.0.17"], of: "version that this relay writes"),
            "id": .string(most: 2_048, least: 1),
            "observed_time": period,
            "confidence": level,
            "count": .count,
        ],
        optional: [
            "revision": .count, "external_ids": .list(.string()), "external_references": .list(reference),
            "timestamp": .time, "language": short, "tlp": .word(["red", "amber", "green", "white"], of: "TLP"),
            "title": short, "description": markdown, "short_description": medium,
            "source": medium, "source_uri": .uri,
            "internal": .truth, "severity": level, "resolution": short, "data": table, "sensor": short,
            "sensor_coordinates": device, "targets": .list(target),
            "observables": .list(observable), "relations": .list(relation),
        ]
    )

    private static let period = JSONShape.object(required: ["start_time": .time], optional: ["end_time": .time])

    private static let reference = JSONShape.object(
        required: ["source_name": medium],
        optional: ["description": markdown, "url": .uri, "hashes": .list(.string()), "external_id": .string()]
    )

    private static let device = JSONShape.object(
        required: ["type": short, "observables": .list(observable)],
        optional: ["os": .string()]
    )

    private static let target = JSONShape.object(
        required: ["type": short, "observables": .list(observable), "observed_time": period],
        optional: ["os": .string()]
    )

    private static let observable = JSONShape.object(
        required: ["type": .word(observableTypes, of: "type of observable"), "value": .string(least: 1)]
    )

    private static let relation = JSONShape.object(
        required: [
            "origin": .string(), "relation": .word(relations, of: "relation between names and addresses"),
            "source": observable, "related": observable,
        ],
        optional: ["origin_uri": .uri, "relation_info": .anyObject]
    )

    /// Those of the schema's types that SecurityTrails can know of.
    private static let observableTypes: Set<String> = ["domain", "hostname", "ip", "ipv6", "url", "email"]

    /// Those of the schema's relations that can hold between them.
    private static let relations: Set<String> = [
        "Resolved_To", "Related_To", "Sub-domain_Of", "Supra-domain_Of", "Root_Domain_Of", "FQDN_Of", "Contains",
        "Contained_Within", "Refers_To", "Redirects_To",
    ]
}
