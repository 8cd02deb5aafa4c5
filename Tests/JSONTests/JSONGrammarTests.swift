import Foundation
import JSON
import Testing

@Suite("Reading JSON: the grammar")
struct JSONGrammarTests {
    @Test(
        "What is JSON is taken",
        arguments: [
            "{}", "[]", "0", "-0", "1", "-1", "10", "0.0", "-0.10", "1e1", "1E+1", "1e-1", "0e00", "1.5e300",
            "1e999", "123456789012345678901234567890", "true", "false", "null", #""""#, #""a""#,
            #"[1,2]"#, #"[[],[[]],{}]"#, #"{"a":1,"b":[true,null]}"#, #"{"":0}"#, #"{"a":1,"a":2}"#,
            " [ 1 , 2 ] ", "\t\n\r {\n\"a\"\t:\r1 } \n", #""\"\\\/\b\f\n\r\t""#, #""\u0000\u00e9\uFFFF\uabCD""#,
            #""\ud83d\ude00""#, #""\uD83D\uDE00x""#, "\"\u{7F}\"", "\"\u{2028}\u{2029}\"", "\"é🧭\"",
            "\u{FEFF}[]", "\u{FEFF} []", "\"\u{FEFF}\"", #""// no comment""#,
        ]
    )
    func accepts(text: String) {
        #expect(isJSON(Array(text.utf8)))
    }

    @Test(
        "What is not JSON is refused",
        arguments: [
            "", " ", "\n\t", "\u{FEFF}", "\u{FEFF}\u{FEFF}[]", "[]\u{FEFF}", "[\u{FEFF}]", "\u{A0}[]", "\u{2003}1",
            "[]\0",
            "\u{B}1", "\u{C}1",
            "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1,,2]", "[,]", "[1 2]", "[1}", "[1]]", "[1] 2", "[] []", "1 2",
            "{", "}", "{]", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a" 1}"#, #"{"a":1 "b":2}"#,
            #"{"a":1,,"b":2}"#, #"{a:1}"#, #"{'a':1}"#, #"{1:1}"#, #"{null:1}"#, #"{"a":1"#, #"{"a":1]"#, #"{"a"::1}"#,
            "01", "-01", "00", "-", "--1", "+1", ".5", "5.", "-.5", "1.e1", "1e", "1e+", "1e1.5", "0x10", "1_000",
            "1,000",
            "0e", "NaN", "Infinity", "-Infinity", "-a", "1a", "1.2.3", "٣",
            "True", "TRUE", "tru", "truee", "nul", "nulll", "undefined", "None", "falsE",
            #"""#, #""a"#, #""a\"#, #""a\""#, #"'a'"#, #""\x""#, #""\'""#, #""\0""#, #""\a""#, #""\u""#, #""\u12""#,
            #""\u123""#, #""\u123g""#, #""\U0041""#, #""\u+041""#, #""\u 041""#, "\"\\u00\u{FF11}1\"",
            "\"\n\"", "\"\t\"", "\"\u{0}\"", "\"\u{1F}\"", "\"a\r\nb\"", "\"\\\n\"",
            #""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\ud800""#, #""\udc00\ud800""#,
            #""\ud83d\u0041""#, #""\ud83d\ude""#, #""\ud83d"#, #""\ud83d\"#, #"{"\udead":1}"#, #"["a","\uDBFF"]"#,
            "// c\n[]", "/* c */[]", "[]// c", "[1/**/]", "# c\n[]", "[1;2]", "hello", "\\",
        ]
    )
    func refuses(text: String) {
        #expect(!isJSON(Array(text.utf8)))
    }

    @Test(
        "Bytes that are no UTF-8 are refused, wherever they stand",
        arguments: [
            [0xFF], [0x80], [0xC3], [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xB0, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xE9],
        ] as [[UInt8]]
    )
    func invalidUTF8(bytes: [UInt8]) {
        let quote = [UInt8(ascii: "\"")]
        #expect(!isJSON(quote + bytes + quote))
        #expect(!isJSON(Array("[]".utf8) + bytes))
        #expect(!isJSON(bytes + Array("[]".utf8)))
    }

    @Test("UTF-16 and UTF-32 are refused", arguments: [String.Encoding.utf16LittleEndian, .utf16, .utf32BigEndian])
    func otherEncodings(encoding: String.Encoding) throws {
        let data = try #require("[1, 2]".data(using: encoding))
        #expect(!isJSON(Array(data)))
    }

    @Test("Nesting has an end, and what is deeper is refused without a crash", arguments: ["[", "{\"a\":", "[{\"a\":"])
    func depth(opening: String) {
        func nested(_ count: Int, closed: Bool) -> String {
            let closing = String(opening.reversed().compactMap { $0 == "[" ? "]" : $0 == "{" ? "}" : nil })
            let end = closed ? String(repeating: closing, count: count) : ""
            return String(repeating: opening, count: count) + "1" + end
        }
        #expect(isJSON(Array(nested(100, closed: true).utf8)))
        for count in [600, 100_000] {
            #expect(!isJSON(Array(nested(count, closed: true).utf8)))
            #expect(!isJSON(Array(nested(count, closed: false).utf8)))
        }
    }

    @Test("Nesting is taken up to 512 arrays and objects inside each other")
    func deepest() {
        #expect((1...1000).last { isJSON(Self.brackets($0)) } == 512)
    }

    private static func brackets(_ count: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(ascii: "["), count: count) + [UInt8](repeating: UInt8(ascii: "]"), count: count)
    }
}

/// Whether a text is JSON from its beginning to its end.
private func isJSON(_ text: [UInt8]) -> Bool {
    (try? JSONReader.read(text) { reader throws(JSONError) in try reader.skip() }) != nil
}
