import SecurityTrails
import Testing

@Suite("What SecurityTrails can be asked about")
struct SubjectTests {
    @Test(
        "A domain name is asked for in punycode, in lower case, without its last dot",
        arguments: [
            ("example.com", "example.com"),
            ("EXAMPLE.com", "example.com"),
            ("example.com.", "example.com"),
            ("_dmarc.example.com", "_dmarc.example.com"),
            ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
            ("münchen.de", "xn--mnchen-3ya.de"),
            ("MÜNCHEN.de", "xn--mnchen-3ya.de"),
            ("faß.example", "xn--fa-hia.example"),
            ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
            ("localhost", "localhost"),
            ("1.2.3", "1.2.3"),
            (String(repeating: "a", count: 63) + ".com", String(repeating: "a", count: 63) + ".com"),
        ]
    )
    func domain(text: String, name: String) {
        #expect(Subject(domain: text) == .domain(name))
    }

    @Test(
        "What cannot be a domain name is nothing to ask about",
        arguments: [
            "", ".", "..", "a..b", ".example.com", "a b", " example.com", "example.com\n", "a/b", "../ping", "a?b",
            "a#b",
            "a%2Fb", "a:b", "[::1]", "192.0.2.1", "192.0.2.1.", "a\u{0}b", "xn--\u{7f}.com", "xn--a.com",
            String(repeating: "a", count: 64) + ".com", String(repeating: "a.", count: 126) + "aa",
            String(repeating: "\u{ad}", count: 10_000) + "a", "a@b", "\"", "café\u{2028}.example",
        ]
    )
    func noDomain(text: String) {
        #expect(Subject(domain: text) == nil)
    }

    @Test("The longest name that DNS allows is one, and one letter more is none")
    func longest() {
        let longest = String(repeating: "a.", count: 126) + "a"
        #expect(Subject(domain: longest) == .domain(longest))
        #expect(Subject(domain: longest + ".") == .domain(longest))
        #expect(Subject(domain: longest + "b") == nil)
    }

    @Test("An address is asked for in its own family alone")
    func addresses() {
        #expect(Subject(ipv4: "192.0.2.1") == .ipv4("192.0.2.1"))
        #expect(Subject(ipv6: "2001:DB8::1") == .ipv6("2001:db8::1"))
        #expect(Subject(ipv6: "::ffff:192.0.2.1") == .ipv6("::ffff:192.0.2.1"))
        for text in ["2001:db8::1", "192.0.2", "192.0.2.256", "192.0.2.1 ", "0x7f.1", "192.0.2.1\u{0}", "1\"}", ""] {
            #expect(Subject(ipv4: text) == nil, "\(text)")
        }
        for text in ["192.0.2.1", "fe80::1%eth0", "2001:db8:::1", "[2001:db8::1]", "2001:db8::1/64", ""] {
            #expect(Subject(ipv6: text) == nil, "\(text)")
        }
    }
}
