import Foundation
import Loopback
import Testing

@testable import LocalLambda

@Suite("Sightings are checked against CTIM")
struct SightingCheckTests {
    /// A sighting with all that the relay writes, and a table.
    private static let valid: JSONValue = [
        "type": "sighting", "schema_version": "1.0.17", "source": "SecurityTrails", "confidence": "High",
        "id": "transient:sighting-01234567-89ab-4def-8123-456789abcdef", "count": 2, "internal": false,
        "title": "Found in SecurityTrails", "description": "IPv4 addresses that a.example resolves to",
        "source_uri": "https://securitytrails.com/domain/a.example/dns",
        "observed_time": ["start_time": "2024-01-01T00:00:00Z", "end_time": "2024-01-01T00:00:00Z"],
        "observables": [["type": "domain", "value": "a.example"]],
        "relations": [
            [
                "origin": "SecurityTrails Enrichment Module", "relation": "Resolved_To",
                "source": ["type": "domain", "value": "a.example"], "related": ["type": "ip", "value": "192.0.2.1"],
            ]
        ],
        "data": [
            "columns": [
                ["name": "Address", "type": "string"],
                ["name": "Names on it", "type": "integer", "required": false],
            ],
            "rows": [["192.0.2.1", 7], ["192.0.2.2", nil]],
        ],
    ]

    /// The good sighting with one member changed, or without it.
    private func changed(_ path: String, _ value: JSONValue?) -> JSONValue {
        func change(_ json: JSONValue, _ names: ArraySlice<Substring>) -> JSONValue {
            guard let name = names.first else { return value ?? json }
            let isLast = names.count == 1
            if var elements = json.array, let index = Int(name) {
                elements[index] = change(elements[index], names.dropFirst())
                return .array(elements)
            }
            var json = json
            json[String(name)] = isLast ? value : change(json[String(name)] ?? [:], names.dropFirst())
            return json
        }
        return change(Self.valid, path.split(separator: ".")[...])
    }

    @Test("A sighting with a table is valid")
    func good() {
        #expect(SightingCheck.violations(in: Self.valid) == [])
    }

    static let validChanges: [(path: String, value: JSONValue?)] = [
        ("data", nil), ("relations", nil), ("observables", nil), ("title", nil), ("description", nil),
        ("source", nil), ("source_uri", nil), ("internal", nil),
        ("observed_time", ["start_time": "2024-01-01T00:00:00Z"]),
        ("observed_time.end_time", "2024-01-01T01:30:00.5+01:00"),
        ("count", 0), ("severity", "Low"), ("tlp", "white"), ("revision", 1), ("language", "en"),
        ("timestamp", "2000-02-29T23:59:59Z"), ("external_ids", ["x"]), ("resolution", "detected"),
        ("external_references", [["source_name": "SecurityTrails", "url": "https://securitytrails.com/%20"]]),
        ("relations.0.origin_uri", "https://securitytrails.com"), ("relations.0.relation_info", ["any": 1]),
        ("relations.0.relation", "Sub-domain_Of"), ("relations.0.related.type", "email"),
        ("description", .string(String(repeating: "x", count: 5_000))),
        ("title", .string(String(repeating: "x", count: 1_024))),
        ("data.row_count", 2), ("data.columns.1.type", "number"), ("data.rows.0.1", -1),
        ("data.columns.0.type", "url"), ("data.columns.0.type", "markdown"), ("data.columns.0.required", true),
        ("data.columns.0.description", "x"), ("data.columns.0.short_description", "x"),
    ]

    @Test("What the schema allows is valid", arguments: validChanges)
    func allowed(path: String, value: JSONValue?) {
        #expect(SightingCheck.violations(in: changed(path, value)) == [])
    }

    static let invalidChanges: [(path: String, value: JSONValue?, message: String)] = [
        ("type", "judgement", "sighting.type: \"judgement\""),
        ("type", nil, "sighting: no type"),
        ("schema_version", "1.0.16", "sighting.schema_version"),
        ("id", nil, "sighting: no id"),
        ("id", "", "sighting.id: is empty"),
        ("confidence", "high", "sighting.confidence: \"high\" is no level"),
        ("confidence", nil, "sighting: no confidence"),
        ("count", nil, "sighting: no count"),
        ("count", -1, "sighting.count: -1 is no whole number"),
        ("count", 1.5, "sighting.count: 1.5 is no whole number"),
        ("count", 2.0, "sighting.count: 2.0 is no whole number"),
        ("count", "1", "sighting.count: \"1\" is no whole number"),
        ("internal", "false", "sighting.internal"),
        ("foo", 1, "sighting: unknown member 'foo'"),
        ("title", .string(String(repeating: "x", count: 1_025)), "sighting.title: 1025 characters, more than 1024"),
        // One character, two UTF-16 units.
        ("title", .string(String(repeating: "😀", count: 513)), "sighting.title: 1026 characters"),
        ("description", .string(String(repeating: "x", count: 5_001)), "sighting.description: 5001"),
        ("source", .string(String(repeating: "x", count: 2_049)), "sighting.source: 2049"),
        ("source_uri", "https://a.example/a b", "sighting.source_uri"),
        ("source_uri", "https://a.example/%2", "sighting.source_uri"),
        ("source_uri", "https://bücher.example/", "sighting.source_uri"),
        ("source_uri", "", "sighting.source_uri"),
        ("source_uri", .string("https://a/" + String(repeating: "x", count: 2_039)), "sighting.source_uri"),
        ("observed_time", nil, "sighting: no observed_time"),
        ("observed_time.start_time", nil, "sighting.observed_time: no start_time"),
        ("observed_time.end_time", "2023-12-31T23:59:59Z", "the start is after the end"),
        ("observed_time.end_time", "2024-01-01T00:30:00+01:00", "the start is after the end"),
        ("observed_time.end_time", "2024-01-02", "sighting.observed_time.end_time"),
        ("observed_time.end_time", "2024-01-02T00:00:00", "sighting.observed_time.end_time"),
        ("observed_time.end_time", "2024-02-30T00:00:00Z", "sighting.observed_time.end_time"),
        ("observed_time.end_time", "2023-02-29T00:00:00Z", "sighting.observed_time.end_time"),
        ("observed_time.end_time", "2024-13-01T00:00:00Z", "sighting.observed_time.end_time"),
        ("observed_time.end_time", "2024-01-01T24:00:00Z", "sighting.observed_time.end_time"),
        ("observed_time.start_time", "1969-12-31T23:59:59Z", "sighting.observed_time.start_time"),
        ("observed_time.duration", 1, "unknown member 'duration'"),
        ("observables.0.value", "", "sighting.observables.0.value: is empty"),
        ("observables.0.type", "ipv4", "\"ipv4\" is no type of observable"),
        ("observables.0.name", "x", "unknown member 'name'"),
        ("relations.0", "x", "sighting.relations.0: no object"),
        ("relations.0.origin", nil, "sighting.relations.0: no origin"),
        ("relations.0.relation", "Resolves_To", "sighting.relations.0.relation"),
        ("relations.0.related", nil, "sighting.relations.0: no related"),
        ("relations.0.source.value", nil, "sighting.relations.0.source: no value"),
        ("relations", [:], "sighting.relations: no list"),
        ("data", [], "sighting.data: no object"),
        ("data.columns", nil, "sighting.data: no columns"),
        ("data.rows", nil, "sighting.data: no rows"),
        ("data.title", "x", "unknown member 'title'"),
        ("data.row_count", 3, "sighting.data.row_count: 3 for 2"),
        ("data.columns.0.type", "text", "\"text\" is no type of column"),
        ("data.columns.0.name", "", "sighting.data.columns.0.name: is empty"),
        ("data.columns.0.width", 1, "unknown member 'width'"),
        ("data.rows", [], "sighting.data: no row"),
        ("data.rows.0", ["192.0.2.1"], "sighting.data.rows.0: 1 values for 2 columns"),
        ("data.rows.0", ["192.0.2.1", 7, nil], "sighting.data.rows.0: 3 values for 2 columns"),
        ("data.rows.0", "192.0.2.1", "sighting.data.rows.0: no list"),
        ("data.rows.0.1", "7", "sighting.data.rows.0.1: \"7\" is no whole number"),
        ("data.rows.0.1", 7.0, "sighting.data.rows.0.1: 7.0 is no whole number"),
        ("data.rows.0.1", 7.5, "sighting.data.rows.0.1: 7.5 is no whole number"),
        ("data.rows.0.0", 192, "sighting.data.rows.0.0: no text"),
        ("data.rows.0.0", ["192.0.2.1"], "sighting.data.rows.0.0: no text"),
        ("data.columns.1.required", true, "sighting.data.rows.1.1: null"),
        ("data.columns.1.required", nil, "sighting.data.rows.1.1: null"),
        ("data.columns.0.type", "observable", "sighting.data.rows.0.0: no object"),
    ]

    @Test("What the schema does not allow is named with its path", arguments: invalidChanges)
    func refused(path: String, value: JSONValue?, message: String) {
        let lines = SightingCheck.violations(in: changed(path, value))
        #expect(lines.first?.contains(message) == true, "\(lines)")
    }

    @Test("The list of sightings has its length, and each its own id")
    func list() {
        func violations(_ count: Int, _ docs: [JSONValue]) -> [String] {
            SightingCheck.violations(inList: ["count": .integer(count), "docs": .array(docs)])
        }
        let other = changed("id", "transient:sighting-11111111-1111-4111-8111-111111111111")
        #expect(violations(2, [Self.valid, other]) == [])
        #expect(violations(1, [Self.valid, other]) == ["sightings.count: 1 for 2"])
        #expect(violations(2, [Self.valid, Self.valid]) == ["sightings: an id stands twice"])
        #expect(violations(0, []) == ["sightings: an empty list"])
        #expect(SightingCheck.violations(inList: ["docs": []]) == ["sightings: no count"])
        #expect(violations(2, [Self.valid, changed("count", nil)]).last == "sightings.1: no count")
    }

    @Test("The sightings of any response are checked")
    func response() {
        let body: JSONValue = ["data": ["sightings": ["count": 1, "docs": [changed("tlp", "blue")]]]]
        let response: JSONValue = ["statusCode": 200, "body": .string(String(decoding: body.text(), as: UTF8.self))]
        #expect(
            SightingCheck.violations(by: .response(response.text())) == ["sightings.0.tlp: \"blue\" is no TLP"]
        )
        #expect(SightingCheck.violations(by: .timedOut) == [])
    }
}
