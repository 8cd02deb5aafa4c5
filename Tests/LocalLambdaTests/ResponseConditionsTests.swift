import Foundation
import Loopback
import Testing

@testable import LocalLambda

@Suite("What a case asks of the response")
struct ResponseConditionsTests {
    /// A sighting of one address with two names.
    private static func sighting() -> JSONValue {
        let relations = ["b.example", "a.example"].map { name -> JSONValue in
            [
                "origin": "SecurityTrails Enrichment Module", "relation": "Resolved_To",
                "source": ["type": "domain", "value": .string(name)],
                "related": ["type": "ip", "value": "192.0.2.1"],
            ]
        }
        return [
            "type": "sighting", "schema_version": "1.0.17", "source": "SecurityTrails", "confidence": "High",
            "id": "transient:sighting-01234567-89ab-4def-8123-456789abcdef", "count": 2, "internal": false,
            "title": "Found in SecurityTrails", "description": "Domains that have resolved to 192.0.2.1",
            "observed_time": ["start_time": "2024-01-01T00:00:00Z", "end_time": "2024-02-01T00:00:00Z"],
            "observables": [["type": "ip", "value": "192.0.2.1"]],
            "relations": .array(relations),
            "data": [
                "columns": [["name": "Domain", "type": "string"]], "rows": [["b.example"], ["a.example"]],
            ],
        ]
    }

    private static func body(_ sighting: JSONValue = sighting()) -> JSONValue {
        [
            "data": ["sightings": ["count": 1, "docs": [sighting]]],
            "errors": [["type": "warning", "code": "too many requests", "message": "slow down"]],
        ]
    }

    private static func response(_ body: JSONValue, _ members: [String: JSONValue] = [:]) -> JSONValue {
        var response: JSONValue = [
            "statusCode": 200, "headers": ["content-type": "application/json"],
            "body": .string(String(decoding: body.text(), as: UTF8.self)),
        ]
        for (name, value) in members { response[name] = value }
        return response
    }

    private func violations(_ expected: JSONValue, _ response: JSONValue) throws -> [String] {
        let conditions = try JSONDecoder().decode(ResponseConditions.self, from: expected.text())
        return conditions.violations(by: .response(response.text()), began: .now)
    }

    /// One line, which contains the text.
    private func expectOne(_ lines: [String], _ text: String) {
        #expect(lines.count == 1, "\(lines)")
        #expect(lines.first?.contains(text) == true, "\(lines)")
    }

    static let metConditions: [JSONValue] = [
        [:],
        ["sane": true],
        ["status": [200, 404]],
        ["sightings": 1, "related": ["a.example", "b.example"], "related_min": 2],
        ["sightings": [0, 2]],
        ["related_order": ["b.example", "a.example"], "columns": ["Domain"]],
        ["rows": [["b.example"], ["a.example"]]],
        ["observed_time": ["start_time": "2024-01-01T00:00:00Z", "end_time": "2024-02-01T00:00:00Z"]],
        ["descriptions~": "^Domains .* 192"],
        ["error": ["code": "too many requests", "message~": "down$"], "errors": [["type": "warning"]]],
        ["absent": ["code"]],
    ]

    @Test("What is as expected is not mentioned", arguments: metConditions)
    func met(expected: JSONValue) throws {
        #expect(try violations(expected, Self.response(Self.body())) == [])
    }

    static let unmetConditions: [(expected: JSONValue, message: String)] = [
        (["status": [201, 404]], "status 200, not 201 or 404"),
        (["sightings": 2], "1 sightings, not 2"),
        (["sightings": [2, 3]], "1 sightings, not 2 to 3"),
        (["related": ["a.example"]], "the related values"),
        (["related_min": 3], "2 related values, not 3 or more"),
        (["related_order": ["a.example", "b.example"]], "related values in the order"),
        (["columns": ["Domain", "Company"]], "the columns"),
        (["rows": [["a.example"], ["b.example"]]], "the rows"),
        (["rows": nil], "the rows"),
        (["observed_time": ["start_time": "2024-01-01T00:00:00Z"]], "observed_time"),
        (["observed_time": ["start_time": "now", "end_time": "2024-02-01T00:00:00Z"]], "observed_time"),
        (["descriptions~": "^Subdomains"], "the description \"Domains that"),
        (["error": ["code": "unknown"]], #"no error like {"code":"unknown"}"#),
        (["errors": [["message~": "^down"]]], "no error like"),
        (["no_errors": true], "errors: ["),
        (["absent": ["errors"]], "there is 'errors'"),
        (["body~": ["code": 404]], "'code' is nothing, not 404"),
        (["version": true], "the body is no version"),
        (["allow": ["POST"]], "Allow []"),
        (["statusDescription": "200 OK"], "statusDescription nothing"),
        (["raw": "x"], "not \"x\""),
        (["function_error": "Runtime.UnmarshalError"], "expected the error Runtime.UnmarshalError"),
        (["refer_escaped": true], "no links"),
        (["body": ["data": [:]]], "the body differs"),
    ]

    @Test("What is not as expected is one line that says how", arguments: unmetConditions)
    func unmet(expected: JSONValue, message: String) throws {
        expectOne(try violations(expected, Self.response(Self.body())), message)
    }

    static let unfitResponses: [(response: JSONValue, message: String)] = [
        ([:], "no statusCode"),
        (["statusCode": "200"], "no statusCode"),
        (["statusCode": 200.0], "no statusCode"),
        ("text", "no statusCode"),
        (response(body(), ["statusCode": 503]), "status 503"),
        (response(body(), ["extra": 1]), #"members that no gateway takes: ["extra"]"#),
        (response(body(), ["headers": ["content-type": "text/plain"]]), "the content type is text/plain"),
        (response(body(), ["headers": [:]]), "the content type is missing"),
        (response(body(), ["body": "{"]), "the body is not JSON"),
        (response(body(), ["body": [:]]), "the body is no text"),
        (response(body(), ["body": "!", "isBase64Encoded": true]), "the body is not JSON"),
        (response(["errors": ["x"]]), "no error object"),
        (response(["errors": [:]]), "no list of errors"),
        (response(["errors": [["type": "info", "code": "x", "message": "y"]]]), "no error object"),
        (response(["errors": [["type": "fatal", "code": 1, "message": "y"]]]), "no error object"),
        (response(["errors": [["type": "fatal", "code": "x", "message": ""]]]), "no error object"),
        (response(["errors": [["type": "fatal", "code": "x", "message": ["y": 1]]]]), "no error object"),
        (response(["errors": [["type": "fatal", "code": "x", "message": "y", "z": 1]]]), "no error object"),
        (response(["errors": [error(String(repeating: "x", count: 5_999))]]), "a message of 5999 characters"),
        (response(["errors": [error(String(repeating: "é", count: 1_000))]]), "a message of 1000 characters"),
    ]

    private static func error(_ message: String) -> JSONValue {
        ["type": "fatal", "code": "x", "message": .string(message)]
    }

    @Test("What no answer may be is one line, whatever the case asks for", arguments: unfitResponses)
    func unfit(response: JSONValue, message: String) throws {
        expectOne(try violations(["sane": true, "status": [200, 503]], response), message)
    }

    @Test("A message of 6,000 characters as JSON is not too long")
    func longestMessage() throws {
        let response = Self.response(["errors": [Self.error(String(repeating: "x", count: 5_998))]])
        #expect(try violations([:], response) == [])
    }

    @Test("An invocation that ends without a response is one line")
    func noResponse() {
        let conditions = ResponseConditions()
        expectOne(conditions.violations(by: .timedOut, began: .now), "expected a response: timed out")
        expectOne(conditions.violations(by: .ended("the process ended"), began: .now), "the process ended")
    }

    @Test("The response may be anything if the case says what")
    func raw() throws {
        let conditions = try JSONDecoder().decode(ResponseConditions.self, from: Data(#"{"raw":"not JSON"}"#.utf8))
        #expect(conditions.violations(by: .response(Data("not JSON".utf8)), began: .now) == [])
        let null = try JSONDecoder().decode(ResponseConditions.self, from: Data(#"{"raw":null}"#.utf8))
        #expect(null.violations(by: .response(Data("null".utf8)), began: .now) == [])
        expectOne(null.violations(by: .response(Data("{}".utf8)), began: .now), "the response is {}, not null")
    }

    @Test("A body is compared without ids, times, the order of relations, and what older cases know nothing of")
    func comparison() throws {
        var other = Self.sighting()
        other["id"] = "transient:sighting-11111111-1111-4111-8111-111111111111"
        other["observed_time"] = ["start_time": "2020-01-01T00:00:00Z", "end_time": "2020-01-01T00:00:00Z"]
        for name in ["data", "short_description", "external_references", "activity_interval"] { other[name] = nil }
        other["relations"] = (other["relations"]?.array).map { .array($0.reversed()) }
        #expect(try violations(["body": Self.body(other)], Self.response(Self.body())) == [])
        var extended = Self.sighting()
        extended["relations"] = (extended["relations"]?.array).map { relations in
            .array(
                relations.map { relation in
                    var relation = relation
                    relation["relation_info"] = [:]
                    relation["origin_uri"] = "https://securitytrails.com/"
                    return relation
                }
            )
        }
        extended["short_description"] = "x"
        #expect(try violations(["body": Self.body()], Self.response(Self.body(extended))) == [])
        other["count"] = 3
        expectOne(try violations(["body": Self.body(other)], Self.response(Self.body())), "the body differs")
    }

    @Test("Now is the time of the invocation, give or take its length")
    func now() throws {
        var sighting = Self.sighting()
        let expected: JSONValue = ["observed_time": ["start_time": "now", "end_time": "now"]]
        func violations(_ seconds: Double) throws -> [String] {
            let time = JSONValue.string(Date.now.addingTimeInterval(seconds).formatted(.iso8601))
            sighting["observed_time"] = ["start_time": time, "end_time": time]
            return try self.violations(expected, Self.response(Self.body(sighting)))
        }
        #expect(try violations(-30) == [])
        expectOne(try violations(-60), "observed_time")
    }

    static let badSightings: [(member: String, value: JSONValue, message: String)] = [
        ("id", "transient:sighting-01234567-89AB-4def-8123-456789abcdef", "the id"),
        ("observed_time", [:], "observed_time {}"),
        ("observed_time", ["start_time": "2024-01-01T00:00:00Z", "end_time": "yesterday"], "observed_time"),
    ]

    @Test("Ids and times have their form", arguments: badSightings)
    func form(member: String, value: JSONValue, message: String) throws {
        var sighting = Self.sighting()
        sighting[member] = value
        let lines = try violations([:], Self.response(Self.body(sighting)))
        #expect(lines.contains { $0.contains(message) }, "\(lines)")
    }

    private static let asked: [JSONValue] = [
        ["type": "domain", "value": "a/b"], ["type": "sha256", "value": "0"], ["type": "ip", "value": "192.0.2.1"],
    ]

    @Test("Each supported observable has its link")
    func links() throws {
        func violations(_ urls: [String], _ observables: JSONValue = .array(Self.asked)) throws -> [String] {
            let links = urls.map { url -> JSONValue in ["url": .string(url)] }
            return try self.violations(["refer_escaped": observables], Self.response(["data": .array(links)]))
        }
        let site = "https://securitytrails.com/"
        #expect(try violations([site + "domain/a%2Fb/dns", site + "list/ip/192.0.2.1"]) == [])
        #expect(try violations([site + "x"], true) == [])
        expectOne(try violations(["https://elsewhere.example/"], true), "the URL")
        expectOne(try violations([site + "domain/a%2Fb/dns"]), "1 links for 2 observables")
        expectOne(try violations([site + "domain/a/b/dns", site + "list/ip/192.0.2.1"]), "the URL")
        expectOne(try violations([site + "domain/dns", site + "list/ip/192.0.2.1"]), "the URL")
        expectOne(try violations([site + "x"], [["type": "sha256", "value": "0"]]), "1 links for 0 observables")
    }
}
