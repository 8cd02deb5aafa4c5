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

    /// The writer takes eight bytes at a time, and texts in pieces of 256.
    @Test("Each ASCII character is written right at each place of a text", arguments: [1, 7, 8, 9, 255, 256, 257, 520])
    func places(length: Int) throws {
        for byte in UInt8(0)..<0x80 {
            for place in Set([0, 3, 7, 8, length / 2, 254, 255, 256, length - 1]) where place < length {
                var text = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                text[place] = byte
                let expected: String
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): expected = "\\" + String(UnicodeScalar(byte))
                case 0x09: expected = "\\t"
                case 0x0A: expected = "\\n"
                case 0x0D: expected = "\\r"
                case 0..<0x20: expected = "\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
                default: expected = String(UnicodeScalar(byte))
                }
                var writer = JSONWriter(capacity: 0)
                writer.string(embedding: text)
                let letters = String(repeating: "a", count: place)
                let rest = String(repeating: "a", count: length - place - 1)
                try #require(String(decoding: writer.bytes, as: UTF8.self) == "\"\(letters)\(expected)\(rest)\"")
                let marks = expected.utf8.filter { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }.count
                try #require(writer.embeddedCount == writer.bytes.count + marks + 2)
            }
        }
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
