import Foundation
import LocalLambda
import Loopback
import TestSupport

/// Settings, gateways and events that are generated, good and odd.
extension OddAnswers {
    /// What is asked about.
    static let names = [
        "a.example", "b.example", "xn--mnchen-3ya.example", "192.0.2.1", "198.51.100.7", "2001:db8::1", "a@b.example",
    ]

    static func type(of value: String) -> String {
        if value.contains("@") { return "email" }
        if value.contains(":") { return "ipv6" }
        return value.allSatisfy { $0.isNumber || $0 == "." } ? "ip" : "domain"
    }

    /// As `Served.send` takes it.
    static func typed(_ value: String) -> String {
        "\(type(of: value)) \(value)"
    }

    // MARK: - Settings and gateways

    /// Settings with which a relay starts; those of a bad value that is passed over among them.
    mutating func settings() -> [String: String] {
        var settings = ["REQUESTS_PER_SECOND": "1000"]
        let values: [(String, [String])] = [
            ("LOOKUPS", ["", "ipv4", "email,whois", "ipv4,ipv6,domains,subdomains,ns,mx,whois,email"]),
            ("NUMBER_OF_PAGES", ["", "0", "1", "2", "many", "-1", "99999999999999999999"]),
            ("CACHE_SECONDS", ["", "0", "1", "300", "long"]), ("CACHE_MEGABYTES", ["", "1", "32", "x"]),
            ("RELATIONS_LIMIT", ["", "0", "1", "250", "x"]), ("SIGHTING_TABLE", ["", "true", "false"]),
            ("OBSERVED_TIME", ["", "now", "history"]), ("LOG_LEVEL", ["", "TRACE", "FATAL", "x"]),
            ("AWS_LAMBDA_LOG_FORMAT", ["", "JSON", "Text"]),
        ]
        for (name, choices) in values where random.once(in: 2) { settings[name] = random.one(of: choices) }
        return settings
    }

    mutating func gateway() -> LocalGateway {
        LocalGateway(
            random.one(of: GatewayKind.allCases),
            stage: random.one(of: ["dev", "prod", "$default"]),
            hasMultiValueHeaders: random.once(in: 2)
        )
    }

    // MARK: - SecurityTrails

    /// Odd answers to all questions.
    mutating func observable() -> Scenario.Observable {
        .init(Dictionary(uniqueKeysWithValues: Scenario.Question.allCases.map { ($0, pages($0)) }))
    }

    /// Good answers to all questions, each of as many pages.
    mutating func goodObservable(pages: Int = 1) -> Scenario.Observable {
        let start = Int.random(in: 1...40, using: &random)
        var all: [Scenario.Question: [Scenario.Answers]] = [:]
        for question in Scenario.Question.allCases {
            all[question] = (0..<pages).map { page in [Self.goodPage(question, start + page * 50, pages)] }
        }
        return .init(all)
    }

    private static func goodPage(_ question: Scenario.Question, _ start: Int, _ pages: Int) -> Scenario.Answer {
        let numbers = start..<start + 5
        switch question {
        case .a: return .history(numbers.map { "192.0.2.\($0)" }, pages: pages)
        case .aaaa: return .history(numbers.map { "2001:db8::\($0)" }, key: "ipv6", pages: pages)
        case .ns: return .history(numbers.map { "ns\($0).example.net" }, key: "nameserver", pages: pages)
        case .mx: return .history(numbers.map { "mx\($0).example.net" }, key: "host", pages: pages)
        case .subdomains: return .json(["subdomains": .array(numbers.map { .string("label\($0)") })])
        case .whois: return .json(["registrarName": "Sample", "contactEmail": "a@b.example"])
        default: return .domains(numbers.map { "name\($0).example" }, maxPage: pages, totalPages: pages)
        }
    }

    /// An answer that is a failure of this one question, and not of the key or of SecurityTrails as a whole.
    mutating func failure() -> Scenario.Answer {
        random.one(of: [
            .json(["message": "no"], status: 500), .text("<html>", status: 502), .text("nonsense"), .json([]),
            .text(""),
            .json(["records": 7]), .json(["message": "no"], status: 404), .text("", status: 302), .drop,
            .text(String(repeating: "[", count: 10_000)), .json(["message": "no"], status: 418),
        ])
    }

    // MARK: - Events

    /// An event of the gateway, about the names for the most part.
    mutating func event(_ gateway: LocalGateway) -> Data {
        let path = random.one(of: Self.paths)
        var headers: [HTTPServer.Field] = []
        if !random.once(in: 12) { headers.append(.init("Authorization", bearer)) }
        if random.once(in: 12) { headers.append(.init("authorization", random.one(of: Self.texts))) }
        if random.once(in: 6) {
            headers.append(.init(random.one(of: ["X", "Cookie", "Host"]), random.one(of: Self.texts)))
        }
        if random.once(in: 6) {
            headers.append(.init("Content-Type", random.one(of: ["text/plain", "x", "image/png"])))
        }
        let method = random.once(in: 8) ? random.one(of: ["GET", "OPTIONS", "HEAD", "PUT", "", "é", "A B"]) : "POST"
        return gateway.event(method, path, headers: headers, body: body()).text()
    }

    private mutating func body() -> String {
        if random.once(in: 10) { return random.one(of: Self.bodies) }
        let items = (0..<random.one(of: [0, 1, 1, 2, 5, 30])).map { _ -> JSONValue in
            let value = random.once(in: 5) ? random.one(of: Self.texts) : random.one(of: Self.names)
            var item: JSONValue = ["type": .string(Self.type(of: value)), "value": .string(value)]
            if random.once(in: 20) { item["type"] = random.one(of: ["sha256", "ip", 7, nil, ""]) }
            if random.once(in: 40) { item["value"] = random.one(of: ["", nil, 7, [], [:]]) }
            if random.once(in: 60) { item["more"] = "x" }
            return item
        }
        return String(decoding: JSONValue.array(items).text(), as: UTF8.self)
    }

    /// The event with some of its bytes changed, left out or twice.
    mutating func broken(_ event: Data) -> Data {
        var bytes = Array(event)
        for _ in 0..<random.one(of: [1, 1, 2, 5]) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(random.one(of: Array(#"{}[]",:\0"#.utf8)), at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 20))
            }
        }
        return Data(bytes)
    }

    private static let paths = [
        "/observe/observables", "/observe/observables", "/observe/observables", "/observe/observables/",
        "/refer/observables", "/refer/observables", "/health", "/deliberate/observables", "/respond/observables",
        "/respond/trigger", "/tiles", "/tiles/tile", "/tiles/tile-data", "/version", "/", "//observe//observables",
        "/observe%2Fobservables", "/%6fbserve/observables", "/nothing", "/é", "/../health",
        "/" + String(repeating: "x", count: 9_000),
    ]

    private static let texts = [
        "", " ", "Bearer", "Bearer x.y.z", "Basic eDp5", "a b", "é", "\u{0}", "\u{202e}", "\"", "\\", "]}", "10.0.0.1",
        "*.example", "a..example", "256.1.1.1", "::", "x@", "😀.example", String(repeating: "long", count: 2_000),
    ]

    private static let bodies = [
        "", "null", "{}", "[", "[[]]", "[{}]", "[7]", "\u{feff}[]", "[] []", "NaN", "{\"type\":\"ip\"}", "é",
        String(repeating: "[", count: 2_000), "[" + String(repeating: "{},", count: 10_001) + "{}]",
    ]
}
