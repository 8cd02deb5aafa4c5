import Foundation
import JSON
import Testing

@Suite("Reading JSON: values")
struct JSONReaderTests {
    @Test("Members are read by name, in whatever order, and the others are passed over")
    func members() throws {
        var name: String?
        var pages: Int?
        try read(#"{"x":[1,{"name":"no"}],"pages":3,"y":{"pages":9},"name":"é\n","z":null}"#) {
            reader throws(JSONError) in
            #expect(try reader.enterObject())
            while let member = try reader.nextMember() {
                switch member {
                case "name": name = try reader.string()
                case "pages": pages = try reader.wholeNumber()
                default: break
                }
            }
        }
        #expect(name == "é\n")
        #expect(pages == 3)
    }

    @Test("A name is found however it is escaped")
    func escapedName() throws {
        let found = try read(#"{"\u0070ages":1,"page":2}"#) { reader throws(JSONError) in
            var found: [Int] = []
            _ = try reader.enterObject()
            while let member = try reader.nextMember() {
                if member == "pages", let number = try reader.wholeNumber() { found.append(number) }
            }
            return found
        }
        #expect(found == [1])
    }

    @Test("A value of another kind is still there to be read")
    func otherKind() throws {
        try read(#"{"a":"text"}"#) { reader throws(JSONError) in
            #expect(try !reader.enterArray())
            #expect(try reader.enterObject())
            _ = try reader.nextMember()
            #expect(try reader.wholeNumber() == nil)
            #expect(try reader.number() == nil)
            #expect(try reader.bool() == nil)
            #expect(try !reader.null())
            #expect(try !reader.enterObject())
            #expect(try reader.string() == "text")
            #expect(try reader.nextMember() == nil)
        }
    }

    @Test("Elements that are not read are passed over")
    func elements() throws {
        let strings = try read(#"["a",1,["b"],{"c":"d"},"e",null,true]"#) { reader throws(JSONError) in
            var strings: [String] = []
            _ = try reader.enterArray()
            while try reader.nextElement() {
                if let string = try reader.string() { strings.append(string) }
            }
            return strings
        }
        #expect(strings == ["a", "e"])
    }

    @Test(
        "A number is whole however it is written",
        arguments: [
            ("0", 0), ("-0", 0), ("3", 3), ("3.0", 3), ("3e2", 300), ("300e-2", 3), ("-7", -7),
            ("9223372036854775807", .max), ("-9223372036854775808", .min),
        ]
    )
    func wholeNumber(text: String, number: Int) throws {
        #expect(try read(text) { reader throws(JSONError) in try reader.wholeNumber() } == number)
    }

    @Test(
        "A number that is not whole, or too large, is none",
        arguments: ["3.5", "1e300", "9223372036854775808", "1e-1"]
    )
    func notWhole(text: String) throws {
        try read(text) { reader throws(JSONError) in
            #expect(try reader.wholeNumber() == nil)
            #expect(try reader.kind == .number)
        }
    }

    @Test(
        "A number is the nearest that there is",
        arguments: [("1.5", 1.5), ("-2e3", -2000), ("1e-400", 0), ("1e400", .infinity), ("-1e400", -.infinity)]
    )
    func number(text: String, number: Double) throws {
        #expect(try read(text) { reader throws(JSONError) in try reader.number() } == number)
    }

    @Test("Long strings with anything at any place are read as they are")
    func strings() throws {
        for letter in ["\"", "\\", "\n", "\u{1F}", "é", "€", "🧭", "\u{7F}", " "] {
            for count in 0...20 {
                let text = String(repeating: "a", count: count) + letter + String(repeating: "b", count: 20 - count)
                var writer = JSONWriter()
                writer.string(text)
                let read = try JSONReader.read(writer.bytes) { reader throws(JSONError) in try reader.string() }
                #expect(read == text)
            }
        }
    }

    @Test("Every escape is what it stands for")
    func escapes() throws {
        let text = #""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83e\udded""#
        #expect(try read(text) { reader throws(JSONError) in try reader.string() } == "\"\\/\u{8}\u{C}\n\r\tAé€🧭")
    }

    @Test("An error tells what is wrong and where")
    func errors() {
        let cases: [(String, JSONError.Problem, Int)] = [
            ("[1,]", .unexpected, 3), ("[1 2]", .unexpected, 3), (#"{"a":01}"#, .unexpected, 6), ("[", .end, 1),
            ("[] []", .trailing, 3), (#"["\x"]"#, .string, 2), ("[-]", .number, 2), ("", .end, 0),
        ]
        for (text, problem, offset) in cases {
            #expect(throws: JSONError(problem: problem, offset: offset)) {
                try read(text) { reader throws(JSONError) in try reader.skip() }
            }
        }
    }
}

@discardableResult
private func read<Value>(
    _ text: String,
    _ body: (inout JSONReader) throws(JSONError) -> Value
) throws(JSONError) -> Value {
    try JSONReader.read(Array(text.utf8), body)
}
