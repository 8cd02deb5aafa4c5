import Foundation
import JSON
import Loopback
import Testing

@Suite("Any JSON value")
struct JSONValueTests {
    @Test(
        "What was read is written as the same value, members in order",
        arguments: [
            (
                #" {"b" : [1, -2.5, 1e3], "a": {"x": null, "y": true}, "c": "\u00e9\n"} "#,
                #"{"a":{"x":null,"y":true},"b":[1,-2.5,1000.0],"c":"é\n"}"#
            ),
            ("0.1", "0.1"), ("1e-7", "1e-07"), ("9007199254740993", "9007199254740993"), ("1e300", "1e+300"),
            ("1e999", "1e999"), ("-1e999", "-1e999"), ("[]", "[]"), ("{}", "{}"), (#"{"a":1,"a":2}"#, #"{"a":2}"#),
        ]
    )
    func roundTrip(text: String, written: String) throws {
        let value = try JSONValue(parsing: text.utf8)
        #expect(value.description == written)
        #expect(try JSONValue(parsing: written.utf8) == value)
    }

    @Test("Spread over lines, members and elements have a line each")
    func pretty() throws {
        let value: JSONValue = ["b": [1, ["x": nil]], "a": "text", "c": [], "d": [:]]
        let text = """
            {
              "a" : "text",
              "b" : [
                1,
                {
                  "x" : null
                }
              ],
              "c" : [],
              "d" : {}
            }
            """
        #expect(String(decoding: value.text(pretty: true), as: UTF8.self) == text)
        #expect(try JSONValue(parsing: text.utf8) == value)
    }

    @Test(
        "A text that is not JSON to the letter is refused",
        arguments: ["[1,]", "{'a':1}", "nul", "01", "\"\t\"", "NaN"]
    )
    func refused(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text.utf8) }
    }
}
