import Foundation
import LocalLambda
import Loopback
import Testing

@Suite("Each shape in which SecurityTrails has answered since 2019 is read, and arrives in the table")
struct AnswerShapesTests {
    /// An answer of that shape, with made-up values, and what must come of it.
    struct Shape: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let lookup: String
        let observable: String
        let question: Scenario.Question
        let answer: String
        let columns: [String]
        let rows: [[JSONValue]]
        var times: (start: String, end: String)?
    }

    private static let addressColumns = ["Address", "First seen", "Last seen", "Organizations", "Names on it"]

    static let shapes: [Shape] = [
        Shape(
            testDescription: "a history of 2019: an address a record, the newest first, more pages",
            lookup: "ipv4",
            observable: "domain a.example",
            question: .a,
            answer: """
                {"records": [
                  {"values": [{"ip_count": 18, "ip": "192.0.2.4"}], "type": "a", "organizations": ["Example, Inc."],
                   "last_seen": "2019-10-20", "first_seen": "2019-10-18"},
                  {"values": [{"ip_count": 21, "ip": "192.0.2.3"}], "type": "a", "organizations": ["Example, Inc."],
                   "last_seen": "2019-10-18", "first_seen": "2019-10-12"},
                  {"values": [{"ip_count": 15, "ip": "192.0.2.4"}], "type": "a", "organizations": ["Sample LLC"],
                   "last_seen": "2019-09-29", "first_seen": "2019-07-04"}
                ], "type": "a/ipv4", "pages": 5, "endpoint": "/v1/history/a.example/dns/a"}
                """,
            columns: addressColumns,
            rows: [
                ["192.0.2.4", "2019-07-04", "2019-10-20", "Example, Inc., Sample LLC", 18],
                ["192.0.2.3", "2019-10-12", "2019-10-18", "Example, Inc.", 21],
            ],
            times: ("2019-07-04T00:00:00Z", "2019-10-20T00:00:00Z")
        ),
        Shape(
            testDescription: "a history of 2023: no type, one record",
            lookup: "ipv4",
            observable: "domain a.example",
            question: .a,
            answer: """
                {"endpoint": "/v1/history/a.example/dns/a", "pages": 1, "records": [{"first_seen": "2018-12-20",
                 "last_seen": "2023-07-08", "organizations": ["Example"], "type": "a",
                 "values": [{"ip": "198.51.100.52", "ip_count": 10}]}]}
                """,
            columns: addressColumns,
            rows: [["198.51.100.52", "2018-12-20", "2023-07-08", "Example", 10]],
            times: ("2018-12-20T00:00:00Z", "2023-07-08T00:00:00Z")
        ),
        Shape(
            testDescription: "a history of 2025: several addresses a record, none of them counted, and empty lists",
            lookup: "ipv4",
            observable: "domain a.example",
            question: .a,
            answer: """
                {"endpoint": "/v1/history/a.example/dns/a", "pages": 1, "records": [
                  {"first_seen": "2021-12-24", "last_seen": "2022-02-04", "organizations": [], "type": "a", "values": []},
                  {"first_seen": "2021-02-04", "last_seen": "2021-12-24", "organizations": ["Example"], "type": "a",
                   "values": [{"ip": "203.0.113.239", "ip_count": 0}, {"ip": "203.0.113.47", "ip_count": 0}]}
                ], "type": "a/ipv4"}
                """,
            columns: addressColumns,
            rows: [
                ["203.0.113.239", "2021-02-04", "2021-12-24", "Example", 0],
                ["203.0.113.47", "2021-02-04", "2021-12-24", "Example", 0],
            ],
            times: nil
        ),
        Shape(
            testDescription: "a history of IPv6 addresses",
            lookup: "ipv6",
            observable: "domain a.example",
            question: .aaaa,
            answer: """
                {"type": "a/ipv6", "records": [{"values": [{"ipv6_count": 3189, "ipv6": "2001:db8:4004:807::200e"}],
                 "type": "aaaa", "organizations": ["Example LLC"], "last_seen": "2020-07-15",
                 "first_seen": "2020-07-13"}], "pages": 23, "endpoint": "/v1/history/a.example/dns/aaaa"}
                """,
            columns: addressColumns,
            rows: [["2001:db8:4004:807::200e", "2020-07-13", "2020-07-15", "Example LLC", 3189]],
            times: ("2020-07-13T00:00:00Z", "2020-07-15T00:00:00Z")
        ),
        Shape(
            testDescription: "a history of name servers: several organizations",
            lookup: "ns",
            observable: "domain a.example",
            question: .ns,
            answer: """
                {"endpoint": "/v1/history/a.example/dns/ns", "pages": 1, "records": [{"first_seen": "2021-12-24",
                 "last_seen": "2025-05-12", "organizations": ["Sample Security", "Example Cloud", "Sample, Inc."],
                 "type": "ns", "values": [{"nameserver": "dns1.example.net", "nameserver_count": 0}]}], "type": "ns"}
                """,
            columns: ["Name server", "First seen", "Last seen", "Organizations", "Names on it"],
            rows: [
                ["dns1.example.net", "2021-12-24", "2025-05-12", "Sample Security, Example Cloud, Sample, Inc.", 0]
            ],
            times: ("2021-12-24T00:00:00Z", "2025-05-12T00:00:00Z")
        ),
        Shape(
            testDescription: "a history of mail servers",
            lookup: "mx",
            observable: "domain a.example",
            question: .mx,
            answer: """
                {"type": "mx", "records": [{"values": [{"priority": 10, "mx_count": 7, "host": "mx.example.org"}],
                 "type": "mx", "organizations": ["Example Mail"], "last_seen": "2020-07-15",
                 "first_seen": "2019-01-01"}], "pages": 1, "endpoint": "/v1/history/a.example/dns/mx"}
                """,
            columns: ["Mail server", "First seen", "Last seen", "Organizations", "Names on it"],
            rows: [["mx.example.org", "2019-01-01", "2020-07-15", "Example Mail", 7]],
            times: ("2019-01-01T00:00:00Z", "2020-07-15T00:00:00Z")
        ),
        Shape(
            testDescription: "a list of domains: milliseconds, nulls, several providers",
            lookup: "domains",
            observable: "ip 192.0.2.1",
            question: .list,
            answer: """
                {"records": [
                  {"whois": {"registrar": "Sample Names Ltd", "expiresDate": 1565728665000,
                   "createdDate": 1250195865000}, "mail_provider": ["Example Mail"], "hostname": "b.example",
                   "host_provider": ["Sample Cloud", "Example Hosting"], "computed": {"company_name": "B Company"},
                   "alexa_rank": 152},
                  {"whois": {"registrar": null, "expiresDate": null, "createdDate": null}, "mail_provider": [],
                   "hostname": "a.example", "host_provider": ["Sample Cloud"], "computed": {"company_name": null},
                   "alexa_rank": null}
                ], "record_count": 59251, "meta": {"total_pages": 593, "query": "ipv4 = '192.0.2.1'", "page": 1,
                 "max_page": 593}, "endpoint": "/v1/domains/list"}
                """,
            columns: [
                "Domain", "Alexa rank", "Company", "Registrar", "Created", "Expires", "Host providers",
                "Mail providers",
            ],
            rows: [
                [
                    "b.example", 152, "B Company", "Sample Names Ltd", "2009-08-13", "2019-08-13",
                    "Sample Cloud, Example Hosting", "Example Mail",
                ],
                ["a.example", nil, nil, nil, nil, nil, "Sample Cloud", nil],
            ],
            times: nil
        ),
        Shape(
            testDescription: "subdomains as labels",
            lookup: "subdomains",
            observable: "domain a.example",
            question: .subdomains,
            answer: #"{"subdomains": ["002", "01org", "www"], "endpoint": "/v1/domain/a.example/subdomains"}"#,
            columns: ["Domain"],
            rows: [["002.a.example"], ["01org.a.example"], ["www.a.example"]],
            times: nil
        ),
        Shape(
            testDescription: "subdomains as whole names, which the API sent for some weeks",
            lookup: "subdomains",
            observable: "domain a.example",
            question: .subdomains,
            answer: #"{"subdomains": ["002.a.example", "www.a.example"], "endpoint": "x"}"#,
            columns: ["Domain"],
            rows: [["002.a.example"], ["www.a.example"]],
            times: nil
        ),
        Shape(
            testDescription: "a registration: times with a zone, told as days in UTC, and the status as one text",
            lookup: "whois",
            observable: "domain a.example",
            question: .whois,
            answer: """
                {"updatedDate": "2019-05-13T06:58:33-0700", "status": "clientUpdateProhibited clientDeleteProhibited",
                 "registrarName": "Sample Registrar, Inc.", "nameServers": ["ns1.example.net", "ns2.example.net"],
                 "expiresDate": "2020-10-09T20:20:50-0700", "endpoint": "/v1/domain/a.example/whois",
                 "domain": "a.example", "createdDate": "2007-10-09T11:20:50-0700",
                 "contacts": [
                   {"type": "technicalContact", "state": "CA", "organization_count": 190, "organization": "Other, Inc.",
                    "countryCode": "US", "country": "UNITED STATES"},
                   {"type": "registrant", "state": "CA", "organization_count": 190, "organization": "Example, Inc.",
                    "countryCode": "US", "country": "UNITED STATES"}
                 ], "contactEmail": "abuse@example.net"}
                """,
            columns: [
                "Registrar", "Created", "Updated", "Expires", "Registrant", "Country", "Name servers", "Status",
            ],
            rows: [
                [
                    "Sample Registrar, Inc.", "2007-10-09", "2019-05-13", "2020-10-10", "Example, Inc.",
                    "UNITED STATES",
                    "ns1.example.net, ns2.example.net", "clientUpdateProhibited clientDeleteProhibited",
                ]
            ],
            times: nil
        ),
    ]

    @Test("It is read", arguments: shapes)
    func shape(_ shape: Shape) throws {
        let value = String(shape.observable.split(separator: " ")[1])
        var answer = Scenario.Answer.text(shape.answer)
        answer.headers = ["Content-Type": "application/json"]
        let known = Scenario.Observable([shape.question: [[answer]]])
        let served = try Served(Scenario(observables: [value: known]), ["LOOKUPS": shape.lookup])
        let result = try served.send([shape.observable])
        #expect(result.codes == [])
        let sighting = try #require(result.sightings.first)
        #expect(SightingCheck.violations(in: sighting) == [])
        let columns = sighting["data"]?["columns"]?.array?.map { $0["name"]?.string }
        #expect(columns == shape.columns)
        #expect(sighting["data"]?["rows"]?.array == shape.rows.map(JSONValue.array))
        if let times = shape.times {
            #expect(sighting["observed_time"]?["start_time"]?.string == times.start)
            #expect(sighting["observed_time"]?["end_time"]?.string == times.end)
        }
    }

    static let refusals: [(status: Int, text: String, words: String, code: String, requests: Int)] = [
        (401, "Please check the user credentials", "check the user", "fatal unauthorized", 1),
        (
            403, #"{"message": "Invalid authentication credentials"}"#, "failed: Invalid authentication",
            "fatal authorization error", 1
        ),
        (
            403, #"{"message": "Your subscription package does not have this feature."}"#, "failed: Your subscription",
            "fatal authorization error", 2
        ),
        (
            429, #"{"message": "You've exceeded the usage limits of this account."}"#, "You've exceeded",
            "fatal too many requests", 1
        ),
    ]

    @Test("A refusal is told once, and asked for again only if that can help", arguments: refusals)
    func refusal(status: Int, text: String, words: String, code: String, requests: Int) throws {
        let served = try Served(Scenario(fallback: .text(text, status: status)))
        let result = try served.send(["domain a.example"])
        #expect(result.codes.first == code)
        #expect(result.messages.first?.contains(words) == true, "\(result.messages)")
        #expect(served.asked.count == requests, "\(served.asked)")
        #expect(result.sightings.isEmpty)
    }
}
