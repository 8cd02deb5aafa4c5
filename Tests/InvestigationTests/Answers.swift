import Extraction
import Investigation
import Loopback

/// Sightings of our own, in the shape of the relay's.
enum Answers {
    static let observables: [TextObservables.Observable] = [
        .init(.domain, "shop.example"), .init(.ip, "192.0.2.7"), .init(.domain, "quiet.example"),
    ]

    static func sighting(
        _ observable: JSONValue,
        _ description: String,
        relation: String = "Resolved_To",
        isSource: Bool = true,
        related: [(type: String, value: String)],
        columns: [String] = [],
        rows: [[JSONValue]] = []
    ) -> JSONValue {
        var json: [String: JSONValue] = [
            "type": "sighting", "description": .string(description), "count": .integer(related.count),
            "observed_time": ["start_time": "2021-01-02T00:00:00Z", "end_time": "2024-06-30T00:00:00Z"],
            "observables": [observable],
            "relations": .array(
                related.map { other in
                    let other: JSONValue = ["type": .string(other.type), "value": .string(other.value)]
                    return [
                        "relation": .string(relation), "source": isSource ? observable : other,
                        "related": isSource ? other : observable,
                    ]
                }
            ),
        ]
        if !columns.isEmpty {
            json["data"] = [
                "columns": .array(columns.map { ["name": .string($0), "type": "string"] }),
                "rows": .array(rows.map(JSONValue.array)),
            ]
        }
        return .object(json)
    }

    static func answer(_ sightings: [JSONValue], errors: [JSONValue] = []) -> JSONValue {
        [
            "data": ["sightings": ["count": .integer(sightings.count), "docs": .array(sightings)]],
            "errors": .array(errors),
        ]
    }

    static let shop: JSONValue = ["type": "domain", "value": "shop.example"]

    /// Two addresses with days, and one that only the table has.
    static let addresses = sighting(
        shop,
        "IPv4 addresses that shop.example resolves to",
        related: [("ip", "198.51.100.1"), ("ip", "198.51.100.2")],
        columns: ["Address", "First seen", "Last seen", "Organizations", "Names on it"],
        rows: [
            ["198.51.100.1", "2021-01-02", "2022-03-04", "Old Hosting", 12],
            ["198.51.100.2", "2022-03-05", "2024-06-30", "New Hosting, Inc.", 3],
            ["198.51.100.3", nil, "2020-01-01", nil, nil],
        ]
    )

    static let registration = sighting(
        shop,
        "Registration of shop.example",
        relation: "Related_To",
        related: [("email", "owner@shop.example")],
        columns: ["Registrar", "Created"],
        rows: [["Example Registrar", "2019-05-06"]]
    )

    static let names = sighting(
        ["type": "ip", "value": "192.0.2.7"],
        "Domains that have resolved to 192.0.2.7",
        isSource: false,
        related: (1...12).map { ("domain", "host\($0).example") }
    )

    static var findings: Findings {
        var findings = Findings(observables: observables)
        findings.add(
            answer(
                [addresses, registration, names],
                errors: [
                    [
                        "type": "warning", "code": "unprocessed pages",
                        "message": "There are 2 page(s) left unprocessed for 192.0.2.7. Please write.",
                    ],
                    ["type": "fatal", "code": "unknown", "message": "Unexpected response from SecurityTrails: busy"],
                ]
            )
        )
        return findings
    }
}
