import Testing

@testable import Deployment

@Suite("JSON with comments")
struct JSONCTests {
    @Test("Every kind of value is read, members in the file's order")
    func values() throws {
        let text = #"{"z": [1, -2.5e3, true, false, null], "a": "é\né\ud83d\ude00\/", "m": {}}"#
        let expected = JSONC.object([
            .init(name: "z", value: .array([.number(1), .number(-2500), .bool(true), .bool(false), .null])),
            .init(name: "a", value: .string("é\né😀/")),
            .init(name: "m", value: .object([])),
        ])
        #expect(try JSONC(parsing: text.utf8) == expected)
    }

    @Test("Comments, trailing commas and a byte order mark are no part of it")
    func leniency() throws {
        let text = "\u{FEFF}// stages\n{ /* one */ \"dev\": [1, 2,], // two\n}\n"
        let expected = JSONC.object([.init(name: "dev", value: .array([.number(1), .number(2)]))])
        #expect(try JSONC(parsing: text.utf8) == expected)
    }

    @Test(
        "An error says line, column and what was expected",
        arguments: [
            ("", 1, 1, "expected a value before the end of the file"),
            ("{\n  \"dev\": {\n    \"a\": x\n  }\n}", 3, 10, "expected a value"),
            ("{\"a\": 1", 1, 8, "expected ',' or '}' before the end of the file"),
            ("{\"a\": 1 \"b\": 2}", 1, 9, "expected ',' or '}'"),
            ("{\"a\" 1}", 1, 6, "expected ':'"),
            ("{a: 1}", 1, 2, "expected a key in double quotes, or '}'"),
            ("{,}", 1, 2, "expected a key in double quotes, or '}'"),
            ("[1,,]", 1, 4, "expected a value"),
            ("{\"ü\": \"é\",\n \"a\": tru}", 2, 7, "expected a value"),
            ("{\"a\": 1}}", 1, 9, "expected the end of the file"),
            ("{\"a\": 1, \"a\": 2}", 1, 10, "a key that is there already"),
            ("\"open", 1, 1, "a string without its closing quote"),
            ("\"open\\", 1, 6, "a string without its closing quote"),
            ("\"x\ny\"", 1, 3, "a line break or control character inside a string"),
            (#""\q""#, 1, 2, "an escape that JSON does not know"),
            (#""\ud800""#, 1, 2, "an escape that is no character"),
            (#""\ud800\u0041""#, 1, 2, "an escape that is no character"),
            (#""\u00g0""#, 1, 2, "an escape that is no character"),
            ("012", 1, 1, "a number that JSON does not know"),
            ("1.", 1, 1, "a number that JSON does not know"),
            ("1e999", 1, 1, "a number that JSON does not know"),
            ("12abc", 1, 1, "a number that JSON does not know"),
            ("{} /* open", 1, 4, "a comment without its end"),
            ("{} /", 1, 4, "expected a comment"),
        ]
    )
    func positions(text: String, line: Int, column: Int, reason: String) {
        #expect(throws: JSONC.SyntaxError(line: line, column: column, reason: reason)) {
            try JSONC(parsing: text.utf8)
        }
    }

    @Test("Bytes that are not UTF-8 are an error, and nesting ends before the stack does")
    func hostileTexts() {
        #expect(throws: JSONC.SyntaxError(line: 1, column: 1, reason: "a string that is not UTF-8")) {
            try JSONC(parsing: [0x22, 0xFF, 0x22])
        }
        #expect(throws: JSONC.SyntaxError(line: 1, column: 65, reason: "nested too deeply")) {
            try JSONC(parsing: Array(repeating: UInt8(ascii: "["), count: 1_000_000))
        }
    }
}
