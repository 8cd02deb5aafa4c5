import Foundation
import JSON
import Testing

@Suite("The writer of JSON")
struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(
        "A string is escaped where RFC 8259 asks for it, and nowhere else",
        arguments: [
            ("", #""""#),
            ("plain", #""plain""#),
            ("\"", #""\"""#),
            (#"\"#, #""\\""#),
            (#"a\"b"#, #""a\\\"b""#),
            ("\n\r\t", #""\n\r\t""#),
            ("\u{08}\u{0C}", #""\u0008\u000c""#),
            ("\u{0}\u{1F}", #""\u0000\u001f""#),
            ("a\u{0}", #""a\u0000""#),
            ("/", #""/""#),
            ("\u{7F}\u{80}\u{2028}", "\"\u{7F}\u{80}\u{2028}\""),
            ("é e\u{301} 日本 🧭", "\"é e\u{301} 日本 🧭\""),
            ("\"\"\"", #""\"\"\"""#),
        ]
    )
    func escapes(text: String, json: String) {
        #expect(Array(written { $0.string(text) }.utf8) == Array(json.utf8))
        #expect(Array(written { $0.string(embedding: Array(text.utf8)) }.utf8) == Array(json.utf8))
    }

    @Test("Every control character comes back as it was")
    func controlCharacters() throws {
        let text = String(String.UnicodeScalarView((0..<0x80).compactMap(Unicode.Scalar.init)))
        let json = written { $0.string(text) }
        #expect(try JSONDecoder().decode(String.self, from: Data(json.utf8)).utf8.elementsEqual(text.utf8))
    }

    @Test("Commas stand between members and elements, and nowhere else")
    func commas() {
        let json = written { writer in
            writer.object { object in
                object.member("string", "a")
                object.member("number", -12)
                object.member("bool", true)
                object.member("strings", ["a", "b"])
                object.member("none", [])
                object.key("object")
                object.object { _ in }
                object.key("array")
                object.array { array in
                    array.array { $0.number(1) }
                    array.object { $0.member("x", false) }
                    array.string("")
                    array.bool(false)
                    array.number(.min)
                }
                object.member("last", .max)
            }
        }
        #expect(
            json == #"{"string":"a","number":-12,"bool":true,"strings":["a","b"],"none":[],"object":{},"#
                + #""array":[[1],{"x":false},"",false,-9223372036854775808],"last":9223372036854775807}"#
        )
    }

    @Test("A member's name is escaped like any string")
    func names() {
        #expect(written { $0.object { $0.member("a\"\n", 1) } } == #"{"a\"\n":1}"#)
    }

    @Test(
        "The embedded size is that of the text as a string of another JSON text",
        arguments: ["", "plain", "\"", #"\"#, "\n", "\u{1}\u{1F}", "é🧭", #"{"a":"\u0022"}"#, "\"\\\n\u{0}\"\\"]
    )
    func embeddedCount(text: String) {
        var inner = JSONWriter()
        inner.object { object in
            object.member(text, text)
            object.key("list")
            object.array { array in
                array.string(embedding: Array(text.utf8))
                array.number(1)
                array.bool(true)
            }
        }
        var outer = JSONWriter()
        outer.string(embedding: inner.bytes)
        #expect(inner.embeddedCount == outer.bytes.count - 2)
    }

    @Test("What does not fit within the limit leaves no trace, and what fits to the byte stands")
    func limit() {
        var writer = JSONWriter()
        var stands: [Bool] = []
        writer.array { array in
            array.string("a")
            // A comma, four quotes of which each takes two bytes embedded, and the letters.
            let size = array.embeddedCount + #",\"bc\""#.utf8.count
            stands.append(
                array.write(within: size - 1) {
                    $0.string("bc")
                    return true
                }
            )
            stands.append(
                array.write(within: size) {
                    $0.string("bc")
                    return true
                }
            )
        }
        #expect(stands == [false, true])
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"["a","bc"]"#)
    }

    @Test("Taking back restores the comma and the size, at the start of an array and after an element")
    func rollback() {
        var writer = JSONWriter()
        writer.array { array in
            for text in ["no", "a", "no", "no", "b", "no"] {
                _ = array.write(within: .max) {
                    $0.object { $0.member("\"", text) }
                    return text != "no"
                }
            }
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"[{"\"":"a"},{"\"":"b"}]"#)
        var outer = JSONWriter()
        outer.string(embedding: writer.bytes)
        #expect(writer.embeddedCount == outer.bytes.count - 2)
    }

    @Test("A take-back inside another takes back only its own part")
    func nestedRollback() {
        var writer = JSONWriter()
        writer.array { array in
            _ = array.write(within: 100) { outer in
                outer.array { inner in
                    inner.number(1)
                    _ = inner.write(within: 0) {
                        $0.number(2)
                        return true
                    }
                    inner.number(3)
                }
                return true
            }
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[[1,3]]")
    }
}
