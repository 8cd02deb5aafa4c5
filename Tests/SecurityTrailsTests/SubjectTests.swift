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
            ("xn--ls8h.la", "xn--ls8h.la"),
            ("r3---sn-x.example.com", "r3---sn-x.example.com"),
            ("xn--a.münchen.de", "xn--a.xn--mnchen-3ya.de"),
            ("1.2.3.example", "1.2.3.example"),
            ("0xg.example", "0xg.example"),
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
            "a%2Fb", "a:b", "[::1]", "192.0.2.1", "192.0.2.1.", "a\u{0}b", "xn--\u{7f}.com",
            "1.2.3", "999.999.999.999", "0x7f.1", "0177.0.0.1", "127.0.0.01", "2130706433", "1.0x7f", "1.0X", "a.123.",
            "0",
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

    @Test("An address is asked for in its own family only")
    func addresses() {
        #expect(Subject(ipv4: "192.0.2.1") == .ipv4("192.0.2.1"))
        #expect(Subject(ipv6: "2001:DB8::1") == .ipv6("2001:db8::1"))
        #expect(Subject(ipv6: "::ffff:192.0.2.1") == .ipv6("::ffff:192.0.2.1"))
        #expect(Subject(ipv6: "2001:0db8:0:0:1:0:0:0001") == .ipv6("2001:db8::1:0:0:1"), "RFC 5952")
        for text in ["2001:db8::1", "192.0.2", "192.0.2.256", "192.0.2.1 ", "0x7f.1", "192.0.2.1\u{0}", "1\"}", ""] {
            #expect(Subject(ipv4: text) == nil, "\(text)")
        }
        for text in ["192.0.2.1", "fe80::1%eth0", "2001:db8:::1", "[2001:db8::1]", "2001:db8::1/64", ""] {
            #expect(Subject(ipv6: text) == nil, "\(text)")
        }
    }

    @Test("An e-mail address has exactly one @ between two parts")
    func email() {
        #expect(Subject(email: "Jo@Example.org") == .email("jo@example.org"))
        for text in ["", "@", "a@", "@b", "a@b@c", "a"] { #expect(Subject(email: text) == nil, "\(text)") }
    }

    @Test(
        "Addresses that are not public are of special use",
        arguments: [
            "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.169.254", "172.16.0.1",
            "172.31.255.255", "192.168.1.1", "224.0.0.1", "239.1.1.1", "255.255.255.255", "::", "::1", "fe80::1",
            "febf::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:10.0.0.1",
        ]
    )
    func specialAddress(text: String) throws {
        let subject = try #require(Subject(ipv4: text) ?? Subject(ipv6: text))
        #expect(subject.isOfSpecialUse)
    }

    @Test(
        "Their neighbours, and those of documentation, are asked about",
        arguments: [
            "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.1.1.1", "128.0.0.1", "169.253.0.1",
            "172.15.0.1", "172.32.0.1", "192.167.1.1", "192.0.2.1", "198.51.100.1", "203.0.113.1", "223.255.255.255",
            "255.255.255.254", "::2", "2001:db8::1", "fec0::1", "fbff::1", "::ffff:1.1.1.1", "::1:0:0:0:1",
        ]
    )
    func publicAddress(text: String) throws {
        let subject = try #require(Subject(ipv4: text) ?? Subject(ipv6: text))
        #expect(!subject.isOfSpecialUse)
    }

    @Test(
        "Names that only a local network knows are of special use",
        arguments: [
            ("localhost", true), ("com", true), ("printer.local", true), ("app.localhost.", true), ("a.onion", true),
            ("1.1.1.1.in-addr.arpa", true), ("x.ip6.arpa", true), ("nas.home.arpa", true), ("home.arpa", true),
            ("x.internal", true), ("x.intranet", true), ("router.lan", true), ("x.invalid", true),
            ("example.com", false), ("notlocal.example", false), ("mylan.net", false), ("local.example", false),
            ("iana.arpa", false), ("xlan.xn--p1ai", false),
        ]
    )
    func specialName(name: String, isSpecial: Bool) throws {
        let subject = try #require(Subject(domain: name))
        #expect(subject.isOfSpecialUse == isSpecial)
    }
}
