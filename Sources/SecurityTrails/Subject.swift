import CIDN2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What SecurityTrails can be asked about, checked: nothing in it can leave the place in a request where it stands.
/// Two ways to write the same name are one subject.
package enum Subject: Hashable, Sendable {
    /// A domain name, in lower case and in punycode, without a dot at the end.
    case domain(String)
    /// An IPv4 address.
    case ipv4(String)
    /// An IPv6 address.
    case ipv6(String)

    /// The subject of a domain name; nil for what cannot be one: after IDNA (UTS #46, non-transitional), 1 to 253
    /// characters in labels of 1 to 63 letters, digits, hyphens and underscores, and no IPv4 address. A dot at the end is
    /// allowed.
    package init?(domain text: String) {
        guard var name = Self.ascii(text) else { return nil }
        if name.hasSuffix(".") { name.removeLast() }
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isName = name.utf8.count <= 253 && labels.allSatisfy(Self.isLabel)
        guard isName, !Self.isAddress(name, AF_INET) else { return nil }
        self = .domain(name)
    }

    /// The subject of an IPv4 address in four decimal numbers; nil for anything else.
    package init?(ipv4 text: String) {
        guard Self.isAddress(text, AF_INET) else { return nil }
        self = .ipv4(text)
    }

    /// The subject of an IPv6 address (RFC 4291, section 2.2) without a zone; nil for anything else.
    package init?(ipv6 text: String) {
        guard Self.isAddress(text, AF_INET6) else { return nil }
        self = .ipv6(text.lowercased())
    }

    /// The name in ASCII and lower case; nil where IDNA knows none. libidn2 is handed UTF-8, so that no locale matters.
    private static func ascii(_ text: String) -> String? {
        // No name that maps to 253 characters is a hundred times as long, and libidn2 takes its time with those.
        guard text.utf8.count <= 4096, !text.utf8.contains(0) else { return nil }
        if text.utf8.allSatisfy({ $0 < 0x80 }), !text.lowercased().contains("xn--") { return text.lowercased() }
        var name: UnsafeMutablePointer<UInt8>?
        let flags = Int32(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)
        guard idn2_lookup_u8(text, &name, flags) == IDN2_OK.rawValue, let name else { return nil }
        defer { idn2_free(name) }
        return String(cString: name).lowercased()
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        (1...63).contains(label.count)
            && label.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func isAddress(_ text: String, _ family: Int32) -> Bool {
        var address = in6_addr()
        return !text.utf8.contains(0) && inet_pton(family, text, &address) == 1
    }
}

/// What is asked about a subject.
package enum Topic: Hashable, Sendable {
    /// The IPv4 addresses that a domain had.
    case ipv4Addresses
    /// The IPv6 addresses that a domain had.
    case ipv6Addresses
    /// The names that had an address.
    case names
}

/// One question: a subject and a topic. Its answer has one page or more.
struct Question {
    let subject: Subject
    let topic: Topic

    /// Everything that there is to ask about a subject, in the order of the answers.
    static func all(about subject: Subject) -> [Question] {
        switch subject {
        case .domain: [.ipv4Addresses, .ipv6Addresses].map { Question(subject: subject, topic: $0) }
        case .ipv4, .ipv6: [Question(subject: subject, topic: .names)]
        }
    }
}
