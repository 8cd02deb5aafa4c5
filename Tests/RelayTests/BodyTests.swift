import Foundation
import LocalLambda
import Loopback
import Testing

@testable import Relay

private let endpoints = ["/observe/observables", "/refer/observables"]

@Suite("A body")
struct BodyTests {
    /// What is wrong, as the message has it; nil where the body was taken.
    private func problems(_ body: String?, at path: String) throws -> JSONValue? {
        try problems(Served().send("POST", path, body))
    }

    private func problems(_ answer: Served.Answer) throws -> JSONValue? {
        guard !answer.errors.isEmpty else { return nil }
        #expect(answer.status == 200 && answer.codes == ["fatal invalid argument"] && answer.data == nil)
        #expect(answer.outcome.upstreamRequests == 0)
        let message = try #require(answer.messages.first)
        let start = "Invalid JSON payload received. "
        #expect(message.hasPrefix(start))
        return try JSONValue(parsing: Data(message.dropFirst(start.count).utf8))
    }

    @Test(
        "What is no list, or no JSON, is of an invalid type",
        arguments: [
            nil, "", " ", "null", "true", "0", #""text""#, "{}", #"{"type":"ip","value":"1.1.1.1"}"#, "[", "]", "[] []",
            "[}",
            #"[{"type":"ip","value":"1.1.1.1"},]"#, #"[{"type":"ip","value":"1.1.1.1",}]"#, "[,]", "[]x", "[] // c",
            "[NaN]", "[01]",
            #"[{'type':'ip','value':'1.1.1.1'}]"#, #"[{type:"ip",value:"1.1.1.1"}]"#,
            "[{\"type\":\"ip\",\"value\":\"a\nb\"}]",
            #"[{"type":"ip","value":"\ud800"}]"#, #"[{"type":"ip","value":"x","\udc00":1}]"#,
            #"[{"type":"\udfff","value":"x"}]"#,
            "type=ip&value=1.1.1.1", "\u{FEFF}", "\u{FEFF}\u{FEFF}[]", "\u{2028}[]", "[]\u{0}",
            #"[{"type":"ip","value":"\x41"}]"#,
        ]
    )
    func noList(body: String?) throws {
        for path in endpoints { #expect(try problems(body, at: path) == ["_schema": ["Invalid input type."]]) }
    }

    @Test(
        "JSON in any spelling is taken",
        arguments: [
            "[]", " \r\n\t[ ] \n", "\u{FEFF}[]", "\u{FEFF} [] ", #"[{"value":"x","type":"md5"}]"#,
            #"[ { "type" : "md5" , "value" : "x" } ]"#,
            #"[{"\u0074ype":"md5","v\u0061lue":"\ud83e\udded"}]"#, #"[{"type":"md5","value":" "}]"#,
            #"[{"type":" ","value":"\u0000"}]"#,
        ]
    )
    func taken(body: String) throws {
        for path in endpoints { #expect(try problems(body, at: path) == nil) }
    }

    private static let missing: JSONValue = ["Missing data for required field."]
    private static let null: JSONValue = ["Field may not be null."]
    private static let blank: JSONValue = ["Field may not be blank."]
    private static let noString: JSONValue = ["Not a valid string."]
    private static let unknown: JSONValue = ["Unknown field."]

    static let items: [(item: String, problems: JSONValue)] = [
        ("{}", ["type": missing, "value": missing]),
        (#"{"type":"ip"}"#, ["value": missing]),
        (#"{"value":"x"}"#, ["type": missing]),
        (#"{"type":null,"value":null}"#, ["type": null, "value": null]),
        (#"{"type":"","value":""}"#, ["type": blank, "value": blank]),
        (#"{"type":"md5","value":""}"#, ["value": blank]),
        (#"{"type":1,"value":2.5}"#, ["type": noString, "value": noString]),
        (#"{"type":true,"value":false}"#, ["type": noString, "value": noString]),
        (#"{"type":["ip"],"value":{"a":"b"}}"#, ["type": noString, "value": noString]),
        (#"{"type":"md5","value":1e999}"#, ["value": noString]),
        (#"{"type":"ip","value":"x","extra":1}"#, ["extra": unknown]),
        (#"{"type":"md5","value":"x","extra":null}"#, ["extra": unknown]),
        (#"{"TYPE":"ip","value":"x"}"#, ["type": missing, "TYPE": unknown]),
        (#"{"type":[],"extra":{}}"#, ["value": missing, "type": noString, "extra": unknown]),
        (#"{"type":"ip","value":"x","":1,"é\"\n":2}"#, ["": unknown, "é\"\n": unknown]),
        (#"{"type":"ip","value":"x","_schema":1}"#, ["_schema": unknown]),
        ("null", ["_schema": ["Invalid input type."]]), ("1", ["_schema": ["Invalid input type."]]),
        (#""ip""#, ["_schema": ["Invalid input type."]]), ("[]", ["_schema": ["Invalid input type."]]),
        (#"[{"type":"ip","value":"x"}]"#, ["_schema": ["Invalid input type."]]),
        ("true", ["_schema": ["Invalid input type."]]),
    ]

    @Test("One bad item refuses the whole list, and is named by its index", arguments: items)
    func badItem(item: String, problems expected: JSONValue) throws {
        let good = #"{"type":"ip","value":"192.0.2.1"}"#
        for path in endpoints {
            #expect(try problems("[\(item)]", at: path) == ["0": expected])
            #expect(try problems("[\(good),\(good),\(item),\(good)]", at: path) == ["2": expected])
            #expect(try problems("[\(item),\(good),\(item)]", at: path) == ["0": expected, "2": expected])
        }
    }

    @Test("The list of bad items stops at 100")
    func manyBadItems() throws {
        let body = "[" + Array(repeating: "1", count: 250).joined(separator: ",") + "]"
        let named = try #require(try problems(body, at: "/refer/observables")?.object)
        #expect(Set(named.keys) == Set((0..<100).map(String.init)))
        let late = "[" + Array(repeating: #"{"type":"md5","value":"x"}"#, count: 9_999).joined(separator: ",") + ",1]"
        #expect(try problems(late, at: "/refer/observables")?.object?.keys.sorted() == ["9999"])
    }

    @Test("10,000 items are taken, one more is not")
    func mostItems() throws {
        func body(_ count: Int) -> String {
            "[" + Array(repeating: #"{"type":"md5","value":"x"}"#, count: count).joined(separator: ",") + "]"
        }
        for path in endpoints {
            #expect(try problems(body(10_000), at: path) == nil)
            #expect(try problems(body(10_001), at: path) == ["_schema": ["Invalid input type."]])
        }
    }

    @Test("A message quotes no more than 1,000 characters of unknown names")
    func longNames() throws {
        let names = (0..<300).map { "\"\($0)" + String(repeating: "n", count: 500) + "\":1" }
        let item = #"{"type":"ip","value":"x",\#(names.joined(separator: ","))}"#
        for path in endpoints {
            let answer = try Served().send("POST", path, "[\(item),\(item),\(item)]")
            #expect(answer.codes == ["fatal invalid argument"])
            #expect(answer.messages[0].count { $0 == "n" } <= 1_000 + 3 * 20 * "Unknown".count { $0 == "n" } * 2 + 20)
        }
    }

    @Test("Nesting without end is refused and no crash", arguments: [200, 1_000, 50_000])
    func nesting(depth: Int) throws {
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        for body in [deep, String(repeating: "[", count: depth), "[{\"type\":\(deep),\"value\":\"x\"}]"] {
            for path in endpoints { #expect(try problems(body, at: path) != nil) }
        }
    }

    @Test("Bytes that are no UTF-8 are refused")
    func invalidUTF8() throws {
        let quote = Data(#"[{"type":"ip","value":""#.utf8)
        for bytes in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]] {
            let body = quote + Data(bytes) + Data(#""}]"#.utf8)
            for path in endpoints {
                #expect(try problems(base64(body, at: path)) == ["_schema": ["Invalid input type."]])
            }
        }
        for encoding in [String.Encoding.utf16, .utf16LittleEndian, .utf32] {
            let body = try #require("[]".data(using: encoding))
            #expect(try problems(base64(body, at: "/refer/observables")) == ["_schema": ["Invalid input type."]])
        }
    }

    @Test("A body in base64 is decoded if the event says that it is, and only then")
    func base64Body() throws {
        #expect(try problems(base64(Data("[]".utf8), at: "/refer/observables")) == nil)
        #expect(try problems(base64(Data([0xEF, 0xBB, 0xBF] + "[]".utf8), at: "/refer/observables")) == nil)
        #expect(try problems(Data("[]".utf8).base64EncodedString(), at: "/refer/observables") != nil)
        let event = #"{"httpMethod":"POST","path":"/refer/observables","body":"[]","isBase64Encoded":true}"#
        #expect(try problems(Served().send(event: Data(event.utf8))) == ["_schema": ["Invalid input type."]])
    }

    @Test(
        "The content type is not looked at",
        arguments: ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
    )
    func contentType(type: String) throws {
        let event: JSONValue = [
            "httpMethod": "POST", "path": "/refer/observables", "body": "[]",
            "headers": ["Content-Type": .string(type)],
        ]
        #expect(try problems(Served().send(event: event.text())) == nil)
    }

    private func base64(_ body: Data, at path: String) throws -> Served.Answer {
        let event: JSONValue = [
            "httpMethod": "POST", "path": .string(path), "headers": ["Authorization": .string(bearer)],
            "body": .string(body.base64EncodedString()), "isBase64Encoded": true,
        ]
        return try Served().send(event: event.text())
    }
}
