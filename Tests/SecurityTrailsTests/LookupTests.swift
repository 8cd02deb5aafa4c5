import LocalLambda
import Loopback
import SecurityTrails
import Testing

@Suite("What each lookup reads")
struct LookupTests {
    private static let today = Day.today

    private func answer(_ lookup: Lookup, _ json: JSONValue, about subject: String = "a.example") throws -> Answer {
        let path: [String: String] = [
            "ipv4": "/v1/history/\(subject)/dns/a", "ipv6": "/v1/history/\(subject)/dns/aaaa",
            "ns": "/v1/history/\(subject)/dns/ns", "mx": "/v1/history/\(subject)/dns/mx",
            "subdomains": "/v1/domain/\(subject)/subdomains", "whois": "/v1/domain/\(subject)/whois",
            "domains": "/v1/domains/list", "email": "/v1/domains/list",
        ]
        let asked = try Asked(
            Scenario(paths: [try #require(path[lookup.word]): [.json(json)]]),
            lookups: [lookup]
        )
        let answers = asked.about([subject]).answers[0]
        #expect(asked.targets.map { String($0.prefix { $0 != "?" }) } == [path[lookup.word]])
        return try #require(answers.first)
    }

    private func record(_ values: [JSONValue], _ first: JSONValue, _ last: JSONValue, _ more: JSONValue = [])
        -> JSONValue
    {
        ["values": .array(values), "first_seen": first, "last_seen": last, "organizations": more]
    }

    @Test("Several records of one address are one: earliest first, latest last day, all organizations, highest count")
    func merged() throws {
        let answer = try answer(
            .ipv4Addresses,
            [
                "records": [
                    record([["ip": "192.0.2.1", "ip_count": 7]], "2020-01-02", "2020-05-01", ["B", "A"]),
                    record(
                        [["ip": "192.0.2.1", "ip_count": 9], ["ip": "192.0.2.2"]],
                        "2019-03-04",
                        "2019-06-07",
                        ["A", "C"]
                    ),
                ]
            ]
        )
        #expect(answer.values == ["192.0.2.1", "192.0.2.2"])
        #expect(answer.records[0].firstSeen?.text == "2019-03-04")
        #expect(answer.records[0].lastSeen?.text == "2020-05-01")
        #expect(answer.records[0].cells == [.texts(["B", "A", "C"]), .number(9)])
        #expect(answer.records[1].cells == [.texts(["A", "C"]), .none])
        #expect(answer.seen.first?.text == "2019-03-04")
        #expect(answer.seen.last?.text == "2020-05-01")
    }

    @Test("Newest first; without a last day it is seen today if it has a first one, else it is the oldest")
    func order() throws {
        let records: [JSONValue] = [
            record([["ip": "192.0.2.5"]], nil, nil), record([["ip": "192.0.2.4"]], nil, "2001-01-01"),
            record([["ip": "192.0.2.1"]], "2020-01-01", nil), record([["ip": "192.0.2.3"]], "2019-01-01", "2024-01-01"),
            record([["ip": "192.0.2.2"]], "2021-01-01", "2024-01-01"), record([["ip": "192.0.2.0"]], nil, nil),
        ]
        let answer = try answer(.ipv4Addresses, ["records": .array(records)])
        #expect(answer.values == [1, 2, 3, 4, 0, 5].map { "192.0.2.\($0)" })
    }

    @Test(
        "A day in the future counts as today, what is no day as absent",
        arguments: [
            ("2999-01-01", today.text), ("2024-02-29", "2024-02-29"), ("2023-02-29", nil), ("2024-13-01", nil),
            ("2024-00-10", nil), ("0000-01-01", nil), ("2024-1-1", nil), ("yesterday", nil), ("", nil),
            ("2024-02-29T23:30:00-0700", "2024-03-01"), ("2024-03-01 00:10:00+01:00", "2024-02-29"),
            ("2024-02-29T10:00:00.123Z", "2024-02-29"), ("2024-02-29T10:00:00", "2024-02-29"),
            ("2024-02-29T25:00:00Z", nil), ("2024-02-29x", nil), ("1970-01-01", "1970-01-01"),
            ("1970-01-01T00:00:00+0100", nil), ("1969-12-31", nil), ("9999-12-31T23:00:00-0200", nil),
        ] as [(String, String?)]
    )
    func days(text: String, day: String?) throws {
        let answer = try answer(.ipv4Addresses, ["records": [record([["ip": "192.0.2.1"]], .string(text), 7)]])
        #expect(answer.records[0].firstSeen?.text == day)
        #expect(answer.records[0].lastSeen == Day(secondsSince1970: 0))
    }

    @Test("Every day of 430 years is written as it was read")
    func calendar() throws {
        var lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var seconds = 0
        for year in 1970..<2400 {
            lengths[1] = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
            for (month, length) in lengths.enumerated() {
                for day in 1...length {
                    func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
                    let text = "\(year)-\(digits(month + 1))-\(digits(day))"
                    let read = Array(text.utf8).withUnsafeBufferPointer { Day($0) }
                    guard read?.text == text, read == Day(secondsSince1970: seconds),
                        read == Day(secondsSince1970: seconds + 86_399)
                    else {
                        Issue.record("\(text) is \(read?.text ?? "no day")")
                        return
                    }
                    seconds += 86_400
                }
            }
        }
    }

    @Test("Name servers and mail servers are read from their own members")
    func servers() throws {
        let ns: JSONValue = [
            "records": [
                record(
                    [["nameserver": "NS1.example.net.", "nameserver_count": 3], ["nameserver": "x y"]],
                    "2020-01-01",
                    "2021-01-01"
                )
            ]
        ]
        let names = try answer(.nameServers, ns)
        #expect(names.values == ["ns1.example.net"])
        #expect(names.records[0].cells == [.none, .number(3)])
        let mx: JSONValue = [
            "records": [record([["host": "mx.example.net", "priority": 10, "mx_count": 4]], nil, nil)]
        ]
        #expect(try answer(.mailServers, mx).records[0].cells == [.none, .number(4)])
    }

    @Test("Subdomains are labels or whole names")
    func subdomains() throws {
        let answer = try answer(.subdomains, ["subdomains": ["www", "API", "x.a.example", "*.dev", "", nil, "b c"]])
        #expect(answer.values == ["www.a.example", "api.a.example", "x.a.example", "dev.a.example"])
        #expect(answer.failures.isEmpty)
        #expect(try self.answer(.subdomains, ["subdomains": [7, "www"]]).failures == [.unreadable])
        #expect(try self.answer(.subdomains, ["subdomains": ["a": 1]]).failures == [.unreadable])
        #expect(try self.answer(.subdomains, ["subdomains": nil]).failures == [])
        #expect(try self.answer(.subdomains, [:]).failures == [])
    }

    @Test("A registration is one row and the addresses of its contacts")
    func registration() throws {
        let answer = try answer(
            .registration,
            [
                "registrarName": "Registrar, Inc.", "createdDate": "2007-10-09T11:20:50-0700", "updatedDate": nil,
                "expiresDate": "2020-10-09T11:20:50-0700", "nameServers": ["ns1.example.net", "ns2.example.net"],
                "status": "clientDeleteProhibited", "contactEmail": "Abuse@registrar.example",
                "contacts": [
                    ["type": "technicalContact", "organization": "Tech", "email": "abuse@registrar.example"],
                    [
                        "type": "registrant", "organization": "Owner Ltd", "country": "NORWAY",
                        "email": "owner@a.example",
                    ],
                    "text", ["email": "no address"],
                ],
            ]
        )
        #expect(answer.values == ["abuse@registrar.example", "owner@a.example"])
        let day = { (text: String) in Array(text.utf8).withUnsafeBufferPointer { Day($0) } }
        let expires = try #require(day("2020-10-09"))
        let created = try #require(day("2007-10-09"))
        #expect(
            answer.records[0].cells == [
                .text("Registrar, Inc."), .day(created), .none, .day(expires), .text("Owner Ltd"), .text("NORWAY"),
                .texts(["ns1.example.net", "ns2.example.net"]), .texts(["clientDeleteProhibited"]),
            ]
        )
        #expect(try self.answer(.registration, ["domain": "a.example"]).records.isEmpty)
    }

    @Test("Names of an address carry rank, company, registration and providers")
    func domains() throws {
        let answer = try answer(
            .domains,
            [
                "records": [
                    [
                        "hostname": "z.example", "alexa_rank": 12, "computed": ["company_name": "Z Inc"],
                        "whois": ["registrar": "R", "createdDate": 1_250_195_865_000, "expiresDate": nil],
                        "host_provider": ["H1", "H2"], "mail_provider": [],
                    ]
                ]
            ],
            about: "192.0.2.1"
        )
        let created = try #require(Day(secondsSince1970: 1_250_195_865))
        #expect(created.text == "2009-08-13")
        #expect(
            answer.records[0].cells == [
                .number(12), .text("Z Inc"), .text("R"), .day(created), .none, .texts(["H1", "H2"]), .none,
            ]
        )
    }

    @Test("A later page without records ends the question")
    func emptyPage() throws {
        let page = { (name: String) in Scenario.Answers([.domains([name], maxPage: 50, totalPages: 50)]) }
        var pages = (1...50).map { page("d\($0).example") }
        pages[2] = [.domains([], maxPage: 50, totalPages: 50)]
        let asked = try Asked(.address(pages), pages: nil, requestsPerSecond: 4)
        let answer = asked.about(["192.0.2.1"]).answers[0][0]
        #expect(Array(answer.values.prefix(2)) == ["d1.example", "d2.example"])
        #expect(answer.unreadPages == 0)
        #expect(asked.targets.count < 10)
    }

    @Test("E-mail addresses are asked about with their lookup, and their quotes are escaped")
    func email() throws {
        let asked = try Asked(Scenario(fallback: .domains(["a.example"])), lookups: [.registeredDomains])
        let answers = asked.about(["\"a\"@b.example"]).answers
        #expect(answers[0][0].values == ["a.example"])
        #expect(
            String(decoding: asked.standIn.requests[0].body, as: UTF8.self)
                == #"{"filter":{"whois_email":"\"a\"@b.example"}}"#
        )
    }
}
