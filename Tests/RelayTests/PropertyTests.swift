import CTIM
import Foundation
import JSON
import LocalLambda
import Loopback
import TestSupport
import Testing

@testable import Relay
@testable import SecurityTrails

@Suite("Whatever SecurityTrails answers")
struct PropertyTests {
    /// Pages that are made; PROPERTY_COUNT asks for more.
    private static let count = Thorough.count(sample: 500, all: 2_000)

    @Test("No page, however odd, loses what another gave, tells a value twice or makes a sighting that is not valid")
    func sightings() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(seed)
        let subjects: [Lookup: (Subject, CTIM.Observable)] = Dictionary(
            uniqueKeysWithValues: Lookup.all.map { lookup in
                switch lookup {
                case .domains: (lookup, (.ipv4("192.0.2.1"), Observable(.ip, "192.0.2.1")))
                case .registeredDomains: (lookup, (.email("a@b.example"), Observable(.email, "a@b.example")))
                default: (lookup, (.domain("a.example"), Observable(.domain, "a.example")))
                }
            }
        )
        let good = try Lookup.all.map { lookup in
            let (subject, _) = try #require(subjects[lookup])
            return try Page(Array(OddPage.good(lookup).utf8), lookup, about: subject, today: .today)
        }
        var readable = 0
        for number in 0..<Self.count {
            let index = number % Lookup.all.count
            let lookup = Lookup.all[index]
            let (subject, observable) = try #require(subjects[lookup])
            let text = OddPage.text(lookup, &random)
            var progress = Progress(Question(subject: subject, lookup: lookup))
            _ = progress.add(good[index], number: 1, limit: nil)
            if let page = try? Page(Array(text.utf8), lookup, about: subject, today: .today) {
                readable += 1
                _ = progress.add(page, number: 2, limit: nil)
            } else {
                progress.fail(.unreadable, page: 2)
            }
            let answer = progress.answer(today: .today)
            let place = "seed \(seed), page \(number) (\(lookup.word)): \(text)"
            try #require(Set(answer.values).isSuperset(of: good[index].records.compactMap(\.value)), "\(place)")
            try #require(Set(answer.values).count == answer.values.count, "\(place)")
            var options = SightingOptions()
            options.relationsLimit = Bool.random(using: &random) ? nil : 2
            let sighting = try #require(Sighting(observable, answer, options, now: Sighting.timestamp()), "\(place)")
            var writer = JSONWriter()
            _ = sighting.write(to: &writer, within: .max)
            let violations = SightingCheck.violations(in: try JSONValue(parsing: Data(writer.bytes)))
            try #require(violations.isEmpty, "\(violations) \(place)")
        }
        #expect(readable > Self.count / 4, "most of the generated pages can be read")
    }

    @Test("An observable that fails takes nothing away from the others, and nothing ends in a 500")
    func requests() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(seed)
        let words = Lookup.all.map(\.word).joined(separator: ",")
        let served = try Served(Scenario(), ["LOOKUPS": words, "CACHE_SECONDS": "0", "REQUESTS_PER_SECOND": "1000"])
        for _ in 0..<100 {
            let text = OddPage.text(Lookup.all.randomElement(using: &random) ?? .domains, &random)
            let status = [200, 200, 200, 204, 404, 418, 500].randomElement(using: &random) ?? 200
            let odd = Scenario.Answer.text(text, status: status)
            let known = Scenario.Answer.history(["192.0.2.7"])
            served.standIn.load(
                Scenario(
                    observables: ["good.example": .init(a: [[known]], aaaa: [[.history([])]])],
                    fallback: odd
                )
            )
            let answer = try served.send([
                "domain odd.example", "domain good.example", "ip 192.0.2.9", "email a@b.example",
            ])
            let place = "seed \(seed), \(status): \(text)"
            #expect(answer.status == 200, "\(place)")
            #expect(answer.related.contains(["192.0.2.7"]), "\(place)")
            #expect(answer.sightings.allSatisfy { SightingCheck.violations(in: $0).isEmpty }, "\(place)")
        }
    }
}

/// Answers in the API's form of which any part may be missing, of another type, odd or broken.
private enum OddPage {
    static func good(_ lookup: Lookup) -> String {
        switch lookup {
        case .domains, .registeredDomains:
            #"{"records":[{"hostname":"kept.example","alexa_rank":1}],"meta":{"max_page":2}}"#
        case .subdomains: #"{"subdomains":["kept"]}"#
        case .registration: #"{"registrarName":"R","contactEmail":"kept@b.example"}"#
        case .nameServers: #"{"records":[{"values":[{"nameserver":"kept.example"}]}],"pages":2}"#
        case .mailServers: #"{"records":[{"values":[{"host":"kept.example"}]}],"pages":2}"#
        default: #"{"records":[{"values":[{"ip":"192.0.2.77","ip_count":1}],"first_seen":"2020-01-02"}],"pages":2}"#
        }
    }

    static func text(_ lookup: Lookup, _ random: inout SplitMix) -> String {
        var text = String(decoding: value(lookup, &random).text(), as: UTF8.self)
        if Int.random(in: 0..<20, using: &random) == 0, !text.isEmpty {
            text.removeLast(Int.random(in: 1...text.count, using: &random))
        }
        return text
    }

    private static func value(_ lookup: Lookup, _ random: inout SplitMix) -> JSONValue {
        var members: [String: JSONValue] = [:]
        switch lookup {
        case .subdomains: members["subdomains"] = list(&random) { odd(word(&$0), &$0) }
        case .registration:
            for name in ["registrarName", "createdDate", "updatedDate", "expiresDate", "contactEmail", "status"] {
                members[name] = odd(word(&random), &random)
            }
            members["nameServers"] = list(&random) { odd(word(&$0), &$0) }
            members["contacts"] = list(&random) { random in
                let names = ["type", "organization", "name", "country", "countryCode", "email"]
                return odd(object(names, &random), &random)
            }
        default:
            members["records"] = odd(list(&random) { odd(record(lookup, &$0), &$0) }, &random)
            members["pages"] = odd(.integer(Int.random(in: -2...9, using: &random)), &random)
            members["record_count"] = odd(.integer(Int.random(in: -2...99, using: &random)), &random)
            members["meta"] = odd(["max_page": odd(2, &random), "total_pages": odd(7, &random)], &random)
        }
        return odd(.object(members), &random)
    }

    private static func record(_ lookup: Lookup, _ random: inout SplitMix) -> JSONValue {
        if lookup == .domains || lookup == .registeredDomains {
            var record = object(["hostname", "alexa_rank"], &random)
            record["computed"] = odd(object(["company_name"], &random), &random)
            record["whois"] = odd(object(["registrar", "createdDate", "expiresDate"], &random), &random)
            for name in ["host_provider", "mail_provider"] { record[name] = list(&random) { odd(word(&$0), &$0) } }
            return record
        }
        var record = object(["first_seen", "last_seen"], &random)
        record["organizations"] = list(&random) { odd(word(&$0), &$0) }
        record["values"] = list(&random) { random in
            let names = ["ip", "ipv6", "ip_count", "nameserver", "nameserver_count", "host", "mx_count"]
            return odd(object(names, &random), &random)
        }
        return record
    }

    private static func object(_ names: [String], _ random: inout SplitMix) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for name in names where Int.random(in: 0..<5, using: &random) > 0 {
            members[name] = odd(word(&random), &random)
        }
        return .object(members)
    }

    private static func list(_ random: inout SplitMix, _ element: (inout SplitMix) -> JSONValue) -> JSONValue {
        .array((0..<Int.random(in: 0...4, using: &random)).map { _ in element(&random) })
    }

    /// The value, or one time in eight something else in its place.
    private static func odd(_ value: JSONValue, _ random: inout SplitMix) -> JSONValue {
        guard Int.random(in: 0..<8, using: &random) == 0 else { return value }
        let others: [JSONValue] = [
            nil, true, 7, -1, .number(0.5), .number(1e300), .integer(.max), "", "text", [], [nil], [:], ["a": 1],
        ]
        return others.randomElement(using: &random) ?? nil
    }

    private static func word(_ random: inout SplitMix) -> JSONValue {
        let words: [JSONValue] = [
            "192.0.2.1", "2001:DB8::1", "::ffff:192.0.2.1", "999.1.1.1", "a.example", "A.EXAMPLE.", "*.b.example",
            "a b",
            "münchen.example", "</script>", "\u{0}", "\u{202e}x.example", "2020-01-02", "2999-01-01", "2020-02-30",
            "0000-00-00", "2007-10-09T11:20:50-0700", 1_250_195_865_000, -1, 3, "12", "kept.example", "kept",
            "a@b.example", "@", "x@y@z", .string(String(repeating: "x", count: 300)),
            .string(String(repeating: "é.", count: 90)),
        ]
        return words.randomElement(using: &random) ?? ""
    }
}
