import Foundation
import Loopback
import Testing

@testable import LocalLambda

@Suite("A table for a person to read")
struct ReadableResponseTests {
    private func table(_ rows: [JSONValue]) -> TextTable? {
        let columns: JSONValue = [["name": "Address", "type": "string"], ["name": "Names", "type": "integer"]]
        return TextTable(["columns": columns, "rows": .array(rows)])
    }

    @Test("Columns are as wide as their widest cell, numbers stand on the right")
    func columns() {
        let text = table([["192.0.2.100", 7], ["::1", 12_345_678], ["::2", nil]])?.text
        let lines = [
            "  Address         Names",
            "  192.0.2.100         7",
            "  ::1          12345678",
            "  ::2                 -",
        ]
        #expect(text?.split(separator: "\n").map(String.init) == lines)
    }

    @Test("No cell can move the cursor or hide what follows, or is longer than 60 characters")
    func cells() {
        let hostile = table([["\u{1b}[2Ja\u{202e}b\n\u{9b}", nil], [.string(String(repeating: "x", count: 100)), 1]])
        #expect(hostile?.rows[0] == [#"\u{1b}[2Ja\u{202e}b\u{a}\u{9b}"#, "-"])
        #expect(hostile?.rows[1][0] == String(repeating: "x", count: 59) + "…")
    }

    @Test("Rows of another length, and what is no table, do no harm")
    func malformed() {
        let text = table([["192.0.2.1"], [], "x", ["192.0.2.1", 1, 2]])?.text
        #expect(text == "  Address    Names\n  192.0.2.1\n\n\n  192.0.2.1      1")
        #expect(TextTable(["columns": []]) == nil)
        #expect(TextTable(nil) == nil)
    }

    @Test("A response shows its body as JSON and its tables below")
    func response() {
        let table: JSONValue = ["columns": [["name": "Domain", "type": "string"]], "rows": [["a.example"]]]
        let body: JSONValue = ["data": ["sightings": ["docs": [["description": "Domains", "data": table]]]]]
        let response: JSONValue = ["statusCode": 200, "body": .string(String(decoding: body.text(), as: UTF8.self))]
        let text = readableText(.response(response.text()))
        #expect(text.contains(#""data" : "1 row, below""#))
        #expect(text.hasSuffix("\n\nDomains\n  Domain\n  a.example"), "\(text)")
    }
}
