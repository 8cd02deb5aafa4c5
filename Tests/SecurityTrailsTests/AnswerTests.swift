import Foundation
import LocalLambda
import Loopback
import SecurityTrails
import Testing

@Suite("What is read of SecurityTrails' answers")
struct AnswerTests {
    @Test("A domain's answers are its addresses, each once, IPv4 before IPv6")
    func domain() throws {
        let asked = try Asked(.demonstration)
        let answers = asked.about(["example.com"]).answers[0]
        #expect(answers.map(\.lookup) == [Lookup.ipv4Addresses, .ipv6Addresses])
        #expect(answers[0].values == ["192.0.2.10", "192.0.2.11", "198.51.100.7"])
        #expect(answers[1].values == ["2001:db8::10", "2001:db8::11"])
        #expect(asked.targets == ["/v1/history/example.com/dns/a?page=1", "/v1/history/example.com/dns/aaaa?page=1"])
    }

    @Test("Every request carries the key, what it accepts and who asks")
    func headers() throws {
        let asked = try Asked(.demonstration)
        _ = asked.about(["example.com", "192.0.2.10"])
        #expect(asked.standIn.requests.count == 3)
        for request in asked.standIn.requests {
            #expect(request["APIKEY"] == "the-key")
            #expect(request["Accept"] == "application/json")
            #expect(request["User-Agent"] == "test/1")
            #expect(request["Content-Type"] == (request.method == "POST" ? "application/json" : nil))
        }
        let bodies = asked.standIn.requests.filter { $0.method == "POST" }.map {
            String(decoding: $0.body, as: UTF8.self)
        }
        #expect(bodies == [#"{"filter":{"ipv4":"192.0.2.10"}}"#])
    }

    @Test("Related names are told in SecurityTrails' order and in one spelling; what is no name is passed over")
    func names() throws {
        let names = [
            "b.example", "é.example", "e\u{301}.example", "Z.example.", "a.example", "*.a.example", "B.EXAMPLE", "a b",
            "</script>", "1.2.3.4", "a", "x..example", "_dmarc.example", "~.example",
        ]
        let asked = try Asked(.address([[.domains(names)]]))
        let answer = asked.about(["192.0.2.1"]).answers[0][0]
        #expect(answer.values == ["b.example", "xn--9ca.example", "z.example", "a.example", "a", "_dmarc.example"])
        #expect(answer.failures.isEmpty)
    }

    @Test("Related addresses are told in one spelling; what is no address is passed over")
    func addresses() throws {
        let texts = ["2001:DB8:0:0::1", "2001:db8::1", "192.0.2.1", "192.0.2.01", "::ffff:192.0.2.1", "host", "1.2.3"]
        let asked = try Asked(Scenario(observables: ["a.example": .init(a: [[.history(texts)]], aaaa: [[.json([:])]])]))
        #expect(asked.about(["a.example"]).answers[0][0].values == ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"])
    }

    static let recordTable: [(json: JSONValue, values: [String], isDamaged: Bool)] = [
        (["records": []], [], false),
        (["records": nil], [], false),
        ([:], [], false),
        (["records": [["values": [["ip": "192.0.2.1"]]]]], ["192.0.2.1"], false),
        (["records": [["values": ["ip": "192.0.2.1"]]]], ["192.0.2.1"], false),
        (["records": [["values": [["ipv6": "2001:db8::1"]]]]], ["2001:db8::1"], false),
        (["records": [["values": [["ip": "", "ipv6": "2001:db8::1"]]]]], ["2001:db8::1"], false),
        (["records": [["values": [["ip": 7, "ipv6": "2001:db8::1"]]]]], ["2001:db8::1"], false),
        (["records": [["values": []]]], [], false),
        (["records": [["values": nil]]], [], true),
        (["records": [[:]]], [], true),
        (["records": [nil, ["values": [["ip": "192.0.2.1"]]]]], ["192.0.2.1"], true),
        (["records": [["values": [["ip": nil], ["ip": "192.0.2.1"]]]]], ["192.0.2.1"], false),
        (["records": [["values": nil], ["values": [["ip": "192.0.2.1"]]]]], ["192.0.2.1"], false),
        (["records": [["values": [["ip": 7], ["ip": "192.0.2.1"]]]]], ["192.0.2.1"], true),
        (["records": [["values": [["ip": ""]]]]], [], true),
        (["records": ["a": 1]], [], true),
        (["records": "text"], [], true),
        ([1, 2], [], true),
        ("text", [], true),
        (nil, [], true),
    ]

    @Test("A record that cannot be read is left out and told of once; the others stay", arguments: recordTable)
    func records(json: JSONValue, values: [String], isDamaged: Bool) throws {
        let asked = try Asked(Scenario(observables: ["a.example": .init(a: [[.json(json)]], aaaa: [[.json([:])]])]))
        let answer = asked.about(["a.example"]).answers[0][0]
        #expect(answer.values == values)
        #expect(answer.failures == (isDamaged ? [.unreadable] : []))
    }

    @Test(
        "An answer that is no JSON is told of as unreadable",
        arguments: ["", "<html>", "{\"records\":[", "{\"records\":[]"]
    )
    func noJSON(text: String) throws {
        let asked = try Asked(.address([[.text(text)]]))
        #expect(asked.about(["192.0.2.1"]).answers[0][0].failures == [.unreadable])
    }

    static let countTable: [(json: JSONValue, count: Int?)] = [
        (7, 7), (0, 0), (40741, 40741), (nil, nil), ("7", nil), (-1, nil), (.number(7.5), nil), (.number(1e30), nil),
    ]

    @Test(
        "The count is the first page's record_count, where that is a whole number of 0 or more",
        arguments: countTable
    )
    func recordCount(json: JSONValue, count: Int?) throws {
        let asked = try Asked(.address([[.json(["records": [["hostname": "a.example"]], "record_count": json])]]))
        #expect(asked.about(["192.0.2.1"]).answers[0][0].recordCount == count)
    }

    @Test("An answer of more than 2 MiB is an error of that request, compressed or not")
    func tooLarge() throws {
        var large = Scenario.Answer.text(String(repeating: " ", count: 2 << 20) + "{}")
        let asked = try Asked(
            Scenario(observables: [
                "192.0.2.1": .init(list: [[large]]), "192.0.2.2": .init(list: [[.domains(["a.example"])]]),
            ])
        )
        let answers = asked.about(["192.0.2.1", "192.0.2.2"]).answers
        #expect(answers[0][0].failures == [.tooLarge])
        #expect(answers[1][0].values == ["a.example"])
        large.gzip = true
        asked.standIn.load(.address([[large]]))
        #expect(asked.about(["192.0.2.1"]).answers[0][0].failures == [.tooLarge])
    }

    @Test("A body of a million elements costs no more than its size")
    func dense() throws {
        let asked = try Asked(.address([[.text("{\"records\":[" + String(repeating: "1,", count: 1_000_000) + "1]}")]]))
        let (answers, seconds) = asked.about(["192.0.2.1"])
        #expect(answers[0][0].failures == [.unreadable])
        #expect(seconds < 10)
    }
}
