import CTIM
import Foundation
import JSON
import Testing

private let domain = Observable(.domain, "shop.example")

private func sighting(
    relations count: Int,
    uri: String = "https://securitytrails.com/domain/shop.example/dns",
    description: String = "IPv4 addresses that shop.example resolves to",
    kind: Observable.Kind = .ip,
    table: DataTable? = nil,
    value: (Int) -> String = { "192.0.2.\($0)" }
) -> Sighting {
    Sighting(
        id: "transient:sighting-6a2b7c1d-0f3e-4c55-8a9b-1d2e3f405162",
        source: "SecurityTrails",
        sourceURI: uri,
        title: "Found in SecurityTrails",
        description: description,
        count: 41,
        observedTime: .init(start: "2024-02-29T23:59:59Z", end: "2024-02-29T23:59:59Z"),
        observable: domain,
        relations: Relations(
            .resolvedTo,
            observableIsSource: true,
            (0..<count).map { Observable(kind, value($0)) }
        ),
        table: table
    )
}

/// The sighting as text, how many bytes it takes embedded, and how many relations it says it wrote.
private func write(_ sighting: Sighting, within limit: Int = .max) -> (text: String, size: Int, relations: Int) {
    var writer = JSONWriter()
    let relations = sighting.write(to: &writer, within: limit).relations
    return (String(decoding: writer.bytes, as: UTF8.self), writer.embeddedCount, relations)
}

private struct Document: Decodable {
    struct Relation: Decodable {
        struct Observable: Decodable, Equatable {
            let type: String
            let value: String
        }

        let source: Observable
        let related: Observable
    }

    let description: String
    let sourceURI: String?
    let relations: [Relation]

    enum CodingKeys: String, CodingKey {
        case description, relations
        case sourceURI = "source_uri"
    }
}

private func parsed(_ text: String) throws -> Document {
    try JSONDecoder().decode(Document.self, from: Data(text.utf8))
}

@Suite("A sighting")
struct SightingTests {
    @Test("Its JSON has every member that the schema asks for, and no other")
    func json() {
        let result = write(sighting(relations: 2))
        #expect(result.relations == 2)
        let observable = #"{"type":"domain","value":"shop.example"}"#
        let relation = { (address: String) in
            #"{"origin":"SecurityTrails Enrichment Module","relation":"Resolved_To","source":\#(observable),"#
                + #""related":{"type":"ip","value":"\#(address)"}}"#
        }
        #expect(
            result.text
                == #"{"type":"sighting","schema_version":"1.0.17","#
                + #""id":"transient:sighting-6a2b7c1d-0f3e-4c55-8a9b-1d2e3f405162","source":"SecurityTrails","#
                + #""source_uri":"https://securitytrails.com/domain/shop.example/dns","#
                + #""title":"Found in SecurityTrails","description":"IPv4 addresses that shop.example resolves to","#
                + #""confidence":"High","internal":false,"count":41,"#
                + #""observed_time":{"start_time":"2024-02-29T23:59:59Z","end_time":"2024-02-29T23:59:59Z"},"#
                + #""observables":[\#(observable)],"#
                + #""relations":[\#(relation("192.0.2.0")),\#(relation("192.0.2.1"))]}"#
        )
    }

    @Test("An observable's kinds are named as CTIM names them")
    func kinds() throws {
        for (kind, name) in [(Observable.Kind.ip, "ip"), (.ipv6, "ipv6"), (.domain, "domain"), (.email, "email")] {
            let text = write(sighting(relations: 1, kind: kind) { _ in "b" }).text
            let relation = try #require(parsed(text).relations.first)
            #expect(relation.related == .init(type: name, value: "b"))
            #expect(relation.source == .init(type: "domain", value: "shop.example"))
        }
        #expect(Observable.Kind(rawValue: "IP") == nil && Observable.Kind(rawValue: "sha256") == nil)
    }

    @Test(
        "A value keeps its every character",
        arguments: ["\"", #"\"#, "\n", "\u{0}", "é", "e\u{301}", "日本.example", "🧭"]
    )
    func values(value: String) throws {
        let document = try parsed(write(sighting(relations: 1, description: value) { _ in value }).text)
        #expect(document.description.utf8.elementsEqual(value.utf8))
        #expect(document.relations.first?.related.value.utf8.elementsEqual(value.utf8) == true)
    }

    @Test(
        "A description is at most 5,000 UTF-16 units long",
        arguments: [
            ("a", 5_000, 5_000), ("a", 5_001, nil), ("a", 100_000, nil), ("🧭", 2_500, 5_000), ("🧭", 2_501, nil),
        ]
            as [(String, Int, Int?)]
    )
    func description(letter: String, count: Int, length: Int?) throws {
        let long = String(repeating: letter, count: count)
        let description = try parsed(write(sighting(relations: 1, description: long)).text).description
        #expect(description.utf16.count <= 5_000 && !description.isEmpty && long.hasPrefix(description))
        if let length { #expect(description.utf16.count == length) }
    }

    @Test("A URI of more than 2,048 UTF-16 units is left out, for half of one leads nowhere")
    func uri() throws {
        let start = "https://securitytrails.com/domain/"
        let longest = start + String(repeating: "a", count: 2_048 - start.count)
        #expect(try parsed(write(sighting(relations: 1, uri: longest)).text).sourceURI == longest)
        #expect(try parsed(write(sighting(relations: 1, uri: longest + "a")).text).sourceURI == nil)
    }

    @Test("It is cut at whole relations, and holds as many as fit to the byte")
    func cut() throws {
        let value = { (number: Int) in "192.0.2.\(number)\"\n" }
        let sizes = (0...12).map { write(sighting(relations: $0, value: value)).size }
        let whole = sighting(relations: 12, value: value)
        for limit in sizes[0]...sizes[12] {
            let result = write(whole, within: limit)
            #expect(result.size <= limit)
            #expect(result.relations == sizes.lastIndex { $0 <= limit })
            #expect(try parsed(result.text).relations.count == result.relations)
        }
    }

    @Test("Where not even its head fits, no relation is written")
    func noRoom() {
        let head = write(sighting(relations: 0)).size
        for limit in [0, 1, head - 1, head] {
            #expect(write(sighting(relations: 3), within: limit).relations == 0)
        }
    }

    @Test("What stands in the writer already counts against the limit")
    func offset() {
        let size = write(sighting(relations: 3)).size
        for (limit, expected) in [(size + 9, 2), (size + 10, 3)] {
            var writer = JSONWriter()
            var relations = 0
            writer.array { array in
                // `[`, `\"abcd\"` and `,`.
                array.string("abcd")
                relations = sighting(relations: 3).write(to: &array, within: limit).relations
            }
            #expect(relations == expected)
        }
    }

    /// A table of that many rows of two cells.
    private func table(_ rows: Int) -> DataTable {
        let columns: [DataTable.Column] = [
            .init("Address", .string), .init("Names on it", .integer, mayBeNull: true),
        ]
        return DataTable(columns: columns, rowCount: rows) { row, writer in
            writer.string("192.0.2.\(row)")
            if row == 1 { writer.null() } else { writer.number(row) }
        }
    }

    @Test("A table has its columns with their types, and its rows")
    func tableText() {
        let text = write(sighting(relations: 1, table: table(2))).text
        #expect(
            text.hasSuffix(
                #""data":{"columns":[{"name":"Address","type":"string"},"#
                    + #"{"name":"Names on it","type":"integer","required":false}],"#
                    + #""rows":[["192.0.2.0",0],["192.0.2.1",null]]}}"#
            )
        )
    }

    @Test("A table is cut at whole rows, to the byte, before a relation is; without a row it is left out")
    func tableCut() throws {
        let whole = sighting(relations: 2, table: table(5))
        let sizes = (0...5).map { write(sighting(relations: 2, table: $0 == 0 ? nil : table($0))).size }
        for limit in sizes[0]...sizes[5] {
            var writer = JSONWriter()
            let written = whole.write(to: &writer, within: limit)
            let rows = try #require(sizes.lastIndex { $0 <= limit })
            #expect(written.relations == 2)
            #expect(written.rows == rows)
            #expect(written.isWhole == (rows == 5))
            #expect(writer.embeddedCount <= limit)
            let text = try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String: Any]
            #expect(((text?["data"] as? [String: Any])?["rows"] as? [Any])?.count == (rows == 0 ? nil : rows))
        }
    }

    @Test("A table may be given less room than the sighting")
    func tableRoom() {
        var writer = JSONWriter()
        let size = write(sighting(relations: 2, table: table(5))).size - write(sighting(relations: 2)).size
        for (room, rows) in [(0, 0), (size - 1, 4), (size, 5)] {
            writer = JSONWriter()
            let written = sighting(relations: 2, table: table(5)).write(to: &writer, within: .max, table: room)
            #expect(written.rows == rows)
            #expect(written.tableSize <= room)
        }
    }

    @Test("A time whose end is not known has none")
    func openTime() {
        var writer = JSONWriter()
        _ = Sighting(
            id: "transient:sighting-6a2b7c1d-0f3e-4c55-8a9b-1d2e3f405162",
            source: "SecurityTrails",
            sourceURI: "https://securitytrails.com/domain/shop.example/dns",
            title: "Found in SecurityTrails",
            description: "Name servers of shop.example",
            count: 1,
            observedTime: .init(start: "2024-02-29T00:00:00Z", end: nil),
            observable: domain,
            relations: Relations(.relatedTo, observableIsSource: false, [Observable(.domain, "ns.example")])
        ).write(to: &writer, within: .max)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        #expect(text.contains(#""observed_time":{"start_time":"2024-02-29T00:00:00Z"},"#))
        #expect(text.contains(#""relation":"Related_To","source":{"type":"domain","value":"ns.example"}"#))
    }
}
