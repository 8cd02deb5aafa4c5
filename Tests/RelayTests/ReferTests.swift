import Foundation
import LocalLambda
import Loopback
import TestSupport
import Testing

@testable import Relay

@Suite("/refer/observables", .waits)
struct ReferTests {
    private func links(_ observables: [String]) throws -> [JSONValue] {
        let answer = try Served().send(observables, to: "/refer/observables")
        #expect(answer.errors.isEmpty && answer.outcome.upstreamRequests == 0)
        return try #require(answer.data?.array)
    }

    @Test(
        "Each kind of observable has its link, whole",
        arguments: [
            ("ip", "192.0.2.1", "IP", "https://securitytrails.com/list/ip/192.0.2.1"),
            ("ipv6", "2001:db8::1", "IPv6", "https://securitytrails.com/list/ip/2001:db8::1"),
            ("domain", "shop.example", "domain", "https://securitytrails.com/domain/shop.example/dns"),
        ]
    )
    func link(type: String, value: String, noun: String, url: String) throws {
        let answer = try Served().send("POST", "/refer/observables", list(["\(type) \(value)"]), authorization: nil)
        #expect(
            answer.json == [
                "data": [
                    [
                        "id": .string("ref-securitytrails-search-\(type)-\(value)"),
                        "title": .string("Search for this \(noun)"),
                        "description": .string("Lookup this \(noun) on SecurityTrails"), "url": .string(url),
                        "categories": ["Search", "SecurityTrails"],
                    ]
                ]
            ]
        )
    }

    @Test("There is one link a supported observable, in order, repeats kept; others are skipped without a word")
    func order() throws {
        let observables = [
            "domain b", "ip 192.0.2.1", "md5 x", "domain a", "domain b", "IP 192.0.2.9", "Domain c", "ipv6 ::1", "ip  ",
        ]
        let ids = try links(observables).compactMap { $0["id"]?.string }
        let expected = ["domain-b", "ip-192.0.2.1", "domain-a", "domain-b", "ipv6-::1", "ip- "]
        #expect(ids == expected.map { "ref-securitytrails-search-\($0)" })
        #expect(try links(["sha256 x", "url http://a.example/"]) == [])
        #expect(try links([]) == [])
    }

    @Test(
        "A value is one segment of the path, percent-encoded, whatever it holds",
        arguments: [
            ("AZaz09-._~", "AZaz09-._~"), ("!$&'()*+,;=:@", "!$&'()*+,;=:@"), ("a/b", "a%2Fb"), ("../x", "..%2Fx"),
            ("a?b#c", "a%3Fb%23c"), ("a b", "a%20b"), ("%", "%25"), ("%20", "%2520"), ("[::1]", "%5B::1%5D"),
            (#"a\b"#, "a%5Cb"), ("\"<>`{|}^", "%22%3C%3E%60%7B%7C%7D%5E"), ("é", "%C3%A9"), ("e\u{301}", "e%CC%81"),
            ("пример.рф", "%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.%D1%80%D1%84"), ("🧭", "%F0%9F%A7%AD"), ("\u{0}", "%00"),
            ("\n\r\t", "%0A%0D%09"), ("\u{7F}", "%7F"), ("https://a.example/?b=c", "https:%2F%2Fa.example%2F%3Fb=c"),
        ]
    )
    func segment(value: String, encoded: String) throws {
        let links = try links(["domain \(value)", "ip \(value)", "ipv6 \(value)"])
        let addresses = "https://securitytrails.com/list/ip/\(encoded)"
        let urls = ["https://securitytrails.com/domain/\(encoded)/dns", addresses, addresses]
        #expect(links.map { $0["url"]?.string } == urls)
        for (link, type) in zip(links, ["domain", "ip", "ipv6"]) {
            let id = try #require(link["id"]?.string)
            #expect(id.utf8.elementsEqual("ref-securitytrails-search-\(type)-\(value)".utf8))
        }
    }

    @Test("Links that Lambda would not take are left out, whole, with a warning")
    func tooLarge() throws {
        let long = String(repeating: "\"\\", count: 250)
        let observables = (0..<2_000).map { "domain \($0)\(long)" }
        let answer = try Served().send(observables, to: "/refer/observables")
        #expect(answer.codes == ["warning response too large"])
        let links = try #require(answer.data?.array)
        #expect(links.count > 100 && links.count < 2_000)
        for (number, link) in links.enumerated() {
            #expect(link["id"]?.string == "ref-securitytrails-search-domain-\(number)\(long)")
            #expect(link.object?.count == 5)
        }
        // What was left out would not have fitted.
        let linkSize = answer.outcome.payload.count / links.count
        #expect(answer.outcome.payload.count > 6 * 1024 * 1024 - 2 * linkSize - 2048)
    }

    @Test("10,000 observables fit")
    func many() throws {
        #expect(try links((0..<10_000).map { "ip 192.0.2.\($0)" }).count == 10_000)
    }
}
