import Foundation
import LocalLambda
import Loopback
import Testing

@testable import Relay

extension Scenario.Answer {
    /// A page of a domain's history whose values have these members.
    static func records(_ values: JSONValue...) -> Self {
        .json(["records": .array(values.map { ["values": $0] }), "pages": 1])
    }
}

@Suite("/observe/observables")
struct ObserveTests {
    private static let nothing = Scenario.Observable(a: [[.history([])]], aaaa: [[.history([])]])

    /// A domain's two answers.
    private func domain(_ a: Scenario.Answer, _ aaaa: Scenario.Answer = .history([])) -> Scenario.Observable {
        Scenario.Observable(a: [[a]], aaaa: [[aaaa]])
    }

    @Test("A domain's addresses are two sightings, whole")
    func sighting() throws {
        let known = domain(
            .history(["203.0.113.9", "192.0.2.1", "203.0.113.9"]),
            .history(["2001:db8::1"], key: "ipv6")
        )
        let served = try Served(Scenario(observables: ["shop.example": known]))
        let answer = try served.send(["domain shop.example"])
        #expect(answer.errors.isEmpty && answer.data?["sightings"]?["count"] == 2 && answer.sightings.count == 2)
        #expect(served.asked == ["GET history/shop.example/dns/a?page=1", "GET history/shop.example/dns/aaaa?page=1"])

        var first = answer.sightings[0]
        let id = try #require(first["id"]?.string)
        let uuid = #/transient:sighting-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#
        #expect(try uuid.wholeMatch(in: id) != nil && id != answer.sightings[1]["id"]?.string)
        #expect(
            first["observed_time"] == ["start_time": "2024-03-01T00:00:00Z", "end_time": "2024-06-30T00:00:00Z"]
        )

        first["id"] = nil
        first["observed_time"] = nil
        let asked: JSONValue = ["type": "domain", "value": "shop.example"]
        let relations = ["192.0.2.1", "203.0.113.9"].map { address -> JSONValue in
            [
                "origin": "SecurityTrails Enrichment Module", "relation": "Resolved_To", "source": asked,
                "related": ["type": "ip", "value": .string(address)],
            ]
        }
        #expect(
            first == [
                "type": "sighting", "schema_version": "1.0.17", "source": "SecurityTrails",
                "title": "Found in SecurityTrails",
                "confidence": "High", "internal": false, "count": 2, "observables": [asked],
                "relations": .array(relations),
                "source_uri": "https://securitytrails.com/domain/shop.example/dns",
                "description": "IPv4 addresses that shop.example resolves to",
                "data": [
                    "columns": [
                        ["name": "Address", "type": "string"], ["name": "First seen", "type": "string"],
                        ["name": "Last seen", "type": "string"], ["name": "Organizations", "type": "string"],
                        ["name": "Names on it", "type": "integer"],
                    ],
                    "rows": [
                        ["192.0.2.1", "2024-03-01", "2024-06-30", "Documentation Networks", 3],
                        ["203.0.113.9", "2024-03-01", "2024-06-30", "Documentation Networks", 3],
                    ],
                ],
            ]
        )
        #expect(answer.sightings[1]["description"] == "IPv6 addresses that shop.example resolves to")
        #expect(answer.sightings[1]["relations"]?.array?.first?["related"] == ["type": "ipv6", "value": "2001:db8::1"])
    }

    @Test(
        "An address's domains are a sighting whose relations lead to it",
        arguments: [("ip", "192.0.2.1"), ("ipv6", "2001:db8::1")]
    )
    func address(type: String, value: String) throws {
        let list = Scenario.Answer.domains(["b.example", "a.example", "b.example"], recordCount: 4321)
        let served = try Served(Scenario(observables: [value: Scenario.Observable(list: [[list]])]))
        let answer = try served.send(["\(type) \(value)"])
        let field = type == "ip" ? "ipv4" : "ipv6"
        #expect(served.asked == ["POST domains/list?page=1 {\"filter\":{\"\(field)\":\"\(value)\"}}"])
        #expect(served.standIn.requests[0]["Content-Type"] == "application/json")
        #expect(answer.errors.isEmpty && answer.related == [["b.example", "a.example"]])
        let sighting = answer.sightings[0]
        #expect(
            sighting["count"] == 4321 && sighting["description"]?.string == "Domains that have resolved to \(value)"
        )
        #expect(sighting["source_uri"]?.string == "https://securitytrails.com/list/ip/\(value)")
        let relation = sighting["relations"]?.array?.first
        #expect(relation?["source"] == ["type": "domain", "value": "b.example"])
        #expect(relation?["related"] == ["type": .string(type), "value": .string(value)])
    }

    @Test(
        "An address's count is record_count where that is a whole number of 0 or more, else the number of its names",
        arguments: [
            ("0", 0), ("7", 7), ("1e2", 100), ("7.0", 7), ("-0", 0), ("9007199254740993", 9_007_199_254_740_993),
            ("-1", 2), ("7.5", 2),
            (#""7""#, 2), ("null", 2), ("true", 2), ("[]", 2), ("1e400", 2), ("99999999999999999999999", 2),
        ]
    )
    func count(text: String, count: Int) throws {
        let page =
            #"{"records":[{"hostname":"a.example"},{"hostname":"b.example"},{"hostname":"a.example"}],"record_count":\#(text)}"#
        let served = try Served(Scenario(fallback: .text(page)))
        let answer = try served.send(["ip 192.0.2.1"])
        #expect(answer.errors.isEmpty && answer.sightings.map { $0["count"]?.integer } == [count])
    }

    @Test("Sightings come in the order of the observables, repeats twice, and nothing is asked twice")
    func order() throws {
        let served = try Served(
            Scenario(observables: [
                "a.example": domain(.history(["192.0.2.1"]), .history(["2001:db8::1"], key: "ipv6")),
                "b.example": domain(.history(["192.0.2.2"])),
                "192.0.2.1": Scenario.Observable(list: [[.domains(["x.example"])]]),
                "2001:db8::1": Scenario.Observable(list: [[.domains(["y.example"])]]),
            ])
        )
        let observables = [
            "domain b.example", "ip 192.0.2.1", "md5 x", "domain a.example", "ipv6 2001:DB8::1", "domain B.Example.",
            "domain a.example.",
            "ipv6 2001:db8::1", "ip 192.0.2.1",
        ]
        let answer = try served.send(observables)
        #expect(
            answer.related == [
                ["192.0.2.2"], ["x.example"], ["192.0.2.1"], ["2001:db8::1"], ["y.example"], ["192.0.2.2"],
                ["192.0.2.1"], ["2001:db8::1"],
                ["y.example"], ["x.example"],
            ]
        )
        #expect(answer.errors.isEmpty && served.asked.count == 6 && Set(served.asked).count == 6)
        let values = answer.sightings.map { $0["observables"]?.array?.first?["value"]?.string }
        #expect(values[4] == "2001:DB8::1" && values[5] == "B.Example." && values[6] == "a.example.")
        #expect(answer.sightings[5]["description"] == "IPv4 addresses that B.Example. resolves to")
    }

    @Test("Internationalised names are asked for in punycode, and told as they were written")
    func internationalised() throws {
        let names = [
            ("пример.рф", "xn--e1afmkfd.xn--p1ai"), ("Bücher.example", "xn--bcher-kva.example"),
            ("straße.example", "xn--strae-oqa.example"), ("日本。example", "xn--wgv71a.example"),
        ]
        for (name, punycode) in names {
            let served = try Served(Scenario(observables: [punycode: domain(.history(["192.0.2.1"]))]))
            let answer = try served.send(["domain \(name)"])
            #expect(served.asked.first == "GET history/\(punycode)/dns/a?page=1")
            #expect(answer.errors.isEmpty && answer.related == [["192.0.2.1"]])
            #expect(answer.sightings.first?["observables"] == [["type": "domain", "value": .string(name)]])
        }
    }

    @Test(
        "What cannot be of its type is not asked for, and named in a warning",
        arguments: [
            "domain ../account/usage?x=", "domain a b", "domain a..b", "domain .a", "domain ..", "domain .",
            "domain 192.0.2.1",
            "domain a/b", "domain a%2Fb", "domain a\r\nX: y", "domain a\u{0}", "domain a?b", "domain a#b", "domain a@b",
            "domain a:80",
            "domain [::1]", "domain http://a.example/", "domain *.example", "domain xn--\u{E9}", "domain \u{202E}a",
            "domain  ",
            "ip 2001:db8::1", "ip 192.0.2", "ip 192.0.2.256", "ip 192.0.2.01", "ip 3221225985", "ip 0x7f.1",
            "ip 192.0.2.1/24", "ip  192.0.2.1",
            "ip a.example", "ip 192.0.2.1\n", "ip ١٩٢.0.2.1", "ipv6 192.0.2.1", "ipv6 fe80::1%eth0", "ipv6 [::1]",
            "ipv6 1::2::3", "ipv6 g::",
            "ipv6 ::1/64",
        ]
    )
    func impossible(observable: String) throws {
        let served = try Served(Scenario(fallback: .history(["192.0.2.7"])))
        let answer = try served.send([observable, "domain good.example", observable])
        #expect(answer.codes == ["warning invalid argument"])
        let value = observable.drop { $0 != " " }.dropFirst()
        #expect(answer.messages[0].utf8.count > value.utf8.count && answer.messages[0].hasSuffix(value))
        #expect(answer.related == [["192.0.2.7"], ["192.0.2.7"]] && served.asked.count == 2)
        #expect(served.asked.allSatisfy { $0.hasPrefix("GET history/good.example/dns/") })
    }

    @Test("Lengths of names and labels have their end")
    func lengths() throws {
        let label = String(repeating: "a", count: 63)
        let longest = [label, label, label, String(label.prefix(61))].joined(separator: ".")
        for (name, isPossible) in [
            (label + ".b", true), (label + "a.b", false), (longest, true), (longest + ".", true),
            (longest + "a", false),
            ("a.b", true), ("_dmarc.a-b", true),
            (String(repeating: "a.", count: 127) + "a", false), (String(repeating: "é", count: 3_000), false),
        ] {
            let served = try Served(Scenario(fallback: .history([])))
            let answer = try served.send(["domain \(name)"])
            #expect(
                answer.codes == (isPossible ? [] : ["warning invalid argument"])
                    && answer.data == (isPossible ? [:] : nil)
            )
            #expect(served.asked.count == (isPossible ? 2 : 0))
        }
    }

    @Test("A warning names the first 20 values and how many more there are, each once, in 1,000 characters or so")
    func manyImpossible() throws {
        let served = try Served()
        let values = (1...50).map { "bad\($0)/" + String(repeating: "x", count: 300) }
        let answer = try served.send((values + values).map { "domain \($0)" })
        #expect(answer.codes == ["warning invalid argument"] && answer.data == nil)
        let message = answer.messages[0]
        #expect(
            message.contains("bad1/x") && message.contains("bad20/x") && !message.contains("bad21/")
                && message.contains("30 more")
        )
        #expect(message.count { $0 == "x" } <= 1_000 && served.asked.isEmpty)
    }

    @Test("What nothing is known of has no data and no error", arguments: [200, 400, 404, 406])
    func nothingKnown(status: Int) throws {
        let bodies: [JSONValue] = [[:], ["records": nil], ["records": []], ["message": "none"]]
        for body in bodies {
            let served = try Served(Scenario(fallback: .json(body, status: status)))
            let answer = try served.send(["domain a.example", "ip 192.0.2.1"])
            #expect(answer.text == #"{"data":{}}"# && served.asked.count == 3)
        }
        #expect(try Served().send([]).text == #"{"data":{}}"#)
        #expect(try Served().send(["md5 x", "Domain a.example"]).text == #"{"data":{}}"#)
    }

    @Test("Values may be a list or one object, and each address is of its own kind, whichever answer it is in")
    func values() throws {
        let a = Scenario.Answer.records(
            [["ip": "192.0.2.2", "ip_count": 1], ["ipv6": "2001:db8::2"]],
            ["ip": "192.0.2.1"],
            [["ip": "", "ipv6": "2001:db8::1"]],
            [["ip": nil, "ipv6": "2001:db8::3"]]
        )
        let served = try Served(Scenario(observables: ["a.example": domain(a, .records([["ip": "192.0.2.9"]]))]))
        let answer = try served.send(["domain a.example"])
        #expect(answer.errors.isEmpty)
        #expect(
            answer.related == [["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", "2001:db8::3"], ["192.0.2.9"]]
        )
        let types = answer.sightings[0]["relations"]?.array?.map { $0["related"]?["type"]?.string }
        #expect(types == ["ip", "ip", "ipv6", "ipv6", "ipv6"])
        #expect(answer.sightings[1]["description"] == "IPv6 addresses that a.example resolves to")
        #expect(answer.sightings[0]["count"] == 5)
    }

    @Test(
        "As many pages are read as NUMBER_OF_PAGES says",
        arguments: [(nil, 1), ("1", 1), ("2", 2), ("0", 3), ("9", 3), ("x", 1), ("-1", 1)] as [(String?, Int)]
    )
    func pages(number: String?, count: Int) throws {
        let pages = (1...3).map { Scenario.Answers([.history(["192.0.2.\($0)"], pages: 3)]) }
        let known = Scenario.Observable(a: pages, aaaa: [[.history([])]])
        let variables = number.map { ["NUMBER_OF_PAGES": $0] } ?? [:]
        let served = try Served(Scenario(observables: ["a.example": known]), variables)
        let answer = try served.send(["domain a.example"])
        #expect(answer.errors.isEmpty && answer.related == [(1...count).map { "192.0.2.\($0)" }])
        #expect(served.asked.count == count + 1)
    }

    @Test("Pages that the API keeps to itself are told in a warning")
    func unreadPages() throws {
        let list = Scenario.Answer.domains(["a.example"], maxPage: 1, totalPages: 8)
        let answer = try Served(Scenario(fallback: list)).send(["ip 192.0.2.1", "ip 192.0.2.1"])
        #expect(answer.codes == ["warning unprocessed pages"] && answer.sightings.count == 2)
        let message = "There are 7 page(s) left unprocessed for 192.0.2.1. "
        #expect(answer.messages == [message + "Please contact support@securitytrails.com to download the data"])
    }
}
