import Foundation
import LocalLambda
import Loopback
import TestSupport

/// Answers of SecurityTrails that are odd in some way: a page as it should be, with anything in any place of it; what is
/// no JSON; another status; another way to send it.
struct OddAnswers {
    var random: SplitMix

    mutating func pages(_ question: Scenario.Question) -> [Scenario.Answers] {
        (0..<random.one(of: [1, 1, 1, 2, 3])).map { _ in [answer(question)] }
    }

    mutating func answer(_ question: Scenario.Question) -> Scenario.Answer {
        var answer = random.once(in: 8) ? .text(random.one(of: Self.noPages)) : page(question)
        if random.once(in: 40) { answer = bytes() }
        if random.once(in: 6) { answer.status = random.one(of: Self.statuses) }
        if random.once(in: 5) { answer.headers = random.one(of: Self.headers) }
        if random.once(in: 20) { answer.gzip = true }
        if random.once(in: 30) { answer.chunked = random.one(of: [1, 7, 4_096]) }
        if random.once(in: 60) { answer.contentLength = random.one(of: [1, 100_000]) }
        if random.once(in: 60) { answer.drop = true }
        return answer
    }

    private static let statuses = [
        200, 201, 202, 204, 206, 301, 302, 304, 307, 400, 402, 404, 405, 406, 409, 410, 418, 451, 500, 501, 502, 503,
        504,
        520, 598, 599, 999,
    ]

    private static let headers: [[String: String]] = [
        [:], ["Content-Type": "text/html"], ["Content-Type": "application/json; charset=latin-1"],
        ["Content-Type": ""], ["Location": "{base}/v1/ping"], ["Content-Encoding": "br"], ["Set-Cookie": "a=b"],
        ["X-RateLimit-Limit-second": "2000"], ["X-RateLimit-Limit-second": "many"], ["Retry-After": "0"],
        ["Content-Encoding": "gzip, gzip"], ["Content-Encoding": "identity"],
    ]

    private static let noPages = [
        "", " ", "null", "true", "0", "\"\"", "[]", "{}", "[[]]", "{", "[", "}", "nonsense", "<html></html>",
        "\u{feff}{}",
        "{}{}", "{\"records\"}", "{\"records\":}", "{\"records\":[}",
        "{\"records\":[{\"values\":[{\"ip\":\"192.0.2.1\"",
        "{\"a\":01}", "{'a':1}", "{\"a\":NaN}", "// no\n{}", String(repeating: "[", count: 5_000),
        String(repeating: "{\"records\":", count: 600) + "1" + String(repeating: "}", count: 600), "\u{0}", "{}\u{0}",
        "{\"message\":\"no\"}", "{\"error\":{\"message\":\"no\"}}", "{\"success\":false}",
    ]

    private mutating func bytes() -> Scenario.Answer {
        let count = random.one(of: [1, 10, 500])
        var answer = Scenario.Answer()
        answer.b64 = Data((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }).base64EncodedString()
        return answer
    }

    // MARK: - Pages

    private mutating func page(_ question: Scenario.Question) -> Scenario.Answer {
        var odd: [String] = []
        let page = changed(goodPage(question), &odd, rate: random.one(of: [3, 10, 40]))
        var text = String(decoding: page.text(), as: UTF8.self)
        for (number, value) in odd.enumerated() {
            text = text.replacingOccurrences(of: "\"\(Self.placeholder(number))\"", with: value)
        }
        var answer = Scenario.Answer.text(text)
        answer.headers = ["Content-Type": "application/json"]
        return answer
    }

    private static func placeholder(_ number: Int) -> String {
        "<odd value \(number)>"
    }

    /// The value with others in some places, members that are missing, and elements that stand twice.
    private mutating func changed(_ json: JSONValue, _ odd: inout [String], rate: Int) -> JSONValue {
        if random.once(in: rate * 3) {
            odd.append(oddText(depth: 0))
            return .string(Self.placeholder(odd.count - 1))
        }
        switch json {
        case .array(let elements):
            var all: [JSONValue] = []
            for element in elements {
                if random.once(in: rate * 3) { continue }
                all.append(changed(element, &odd, rate: rate))
                if random.once(in: rate * 3) { all.append(element) }
            }
            return .array(all)
        case .object(let members):
            var all: [String: JSONValue] = [:]
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                if random.once(in: rate * 3) { continue }
                all[random.once(in: rate * 6) ? name.uppercased() : name] = changed(value, &odd, rate: rate)
            }
            return .object(all)
        default: return json
        }
    }

    private mutating func goodPage(_ question: Scenario.Question) -> JSONValue {
        let count = Int.random(in: 0...6, using: &random)
        let pages = JSONValue.integer(random.one(of: [0, 1, 1, 1, 2, 3]))
        switch question {
        case .a: return history(count, "ip", "ip_count", pages) { "192.0.2.\($0)" }
        case .aaaa: return history(count, "ipv6", "ipv6_count", pages) { "2001:db8::\($0)" }
        case .ns: return history(count, "nameserver", "nameserver_count", pages) { "ns\($0).example.net" }
        case .mx: return history(count, "host", "mx_count", pages) { "mx\($0).example.org" }
        case .subdomains: return ["subdomains": .array((0..<count).map { .string("label\($0)") })]
        case .whois:
            return [
                "registrarName": "Sample", "createdDate": date(), "updatedDate": date(), "expiresDate": date(),
                "contactEmail": "a@example.com", "nameServers": ["a.example", "b.example"], "status": ["x", "y"],
                "contacts": [
                    ["type": "registrant", "organization": "Sample", "country": "X", "email": "b@example.com"]
                ],
            ]
        default:
            let records = (0..<count).map { number -> JSONValue in
                [
                    "hostname": .string("name\(number).example"), "alexa_rank": .integer(number),
                    "computed": ["company_name": "Sample"], "host_provider": ["A", "B"], "mail_provider": ["C"],
                    "whois": ["registrar": "Sample", "createdDate": 1_250_195_865_000, "expiresDate": date()],
                ]
            }
            return [
                "records": .array(records), "record_count": .integer(count),
                "meta": ["page": 1, "max_page": pages, "total_pages": pages],
            ]
        }
    }

    private mutating func history(
        _ count: Int,
        _ key: String,
        _ counter: String,
        _ pages: JSONValue,
        _ value: (Int) -> String
    ) -> JSONValue {
        let records = (0..<count).map { number -> JSONValue in
            [
                "first_seen": date(), "last_seen": date(), "organizations": ["Sample", "Other"],
                "values": [[key: .string(value(number)), counter: .integer(number)]],
            ]
        }
        return ["records": .array(records), "pages": pages]
    }

    private mutating func date() -> JSONValue {
        random.one(of: [
            "2019-10-20", "2023-02-28", "2024-02-29", "1999-12-31", "2999-01-01", "2007-10-09T11:20:50-0700",
            "0001-01-01",
        ])
    }

    // MARK: - Odd values

    private mutating func oddText(depth: Int) -> String {
        switch Int.random(in: 0..<12, using: &random) {
        case 0, 1, 2, 3: random.one(of: Self.strings)
        case 4, 5, 6: random.one(of: Self.numbers)
        case 7: random.one(of: ["null", "true", "false", "[]", "{}", "[null]"])
        case 8: "\"" + String(repeating: random.one(of: ["a", "é", "😀", "\\u0000", "a."]), count: 3_000) + "\""
        case 9 where depth < 3: "[\(oddText(depth: depth + 1)),\(oddText(depth: depth + 1))]"
        case 10 where depth < 3: "{\"ip\":\(oddText(depth: depth + 1)),\"ip\":\(oddText(depth: depth + 1))}"
        default: "{\"hostname\":\(random.one(of: Self.strings)),\"values\":\(random.one(of: Self.numbers))}"
        }
    }

    private static let strings = [
        #""""#, #"" ""#, #""a""#, #""a.example""#, #""A.EXAMPLE.""#, #""*.a.example""#, #""é.example""#, #""..""#,
        #""192.0.2.1""#, #""192.0.2.01""#, #""0xC0000201""#, #""::1""#, #""::ffff:192.0.2.1""#, #""fe80::1%eth0""#,
        #""2001:DB8:0:0::1""#, #""127.0.0.1""#, #""\ud800""#, #""\udc00\ud800""#, #""\u0000""#, #""\u202e\u2066""#,
        #""\ud83d\ude00.example""#, #""xn--ls8h.example""#, #""</script><script>""#, #""a@b@c""#, #""x@example.org""#,
        #""2024-02-30""#, #""2024-13-01""#, #""-2024-01-01""#, #""99999-01-01""#, #""2024-01-01T99:00:00Z""#,
        #""today""#,
        #""3""#, #""-1""#, #""1e3""#, #""NaN""#, #""null""#, #""\"\\\/\b\f\n\r\t""#,
    ]

    private static let numbers = [
        "0", "-0", "1", "-1", "1.5", "-1.5e-7", "1e3", "1E400", "-1e400", "1e-400", "9223372036854775807",
        "9223372036854775808", "-9223372036854775808", "18446744073709551616", "1250195865000", "-62135596800001",
        "253402300800000", "1e18", "123456789012345678901234567890", "0.1e1",
    ]
}

extension SplitMix {
    /// Whether something happens that happens once in so many times.
    mutating func once(in count: Int) -> Bool {
        Int.random(in: 0..<count, using: &self) == 0
    }

    mutating func one<Element>(of elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }
}
