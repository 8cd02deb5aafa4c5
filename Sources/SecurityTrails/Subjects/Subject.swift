/// What SecurityTrails can be asked about, checked: nothing in it can leave the place in a request where it stands.
/// Several spellings of the same name or address are one subject.
package enum Subject: Hashable, Sendable {
    /// A domain name, in lower case and in punycode, without a dot at the end.
    case domain(String)
    /// An IPv4 address.
    case ipv4(String)
    /// An IPv6 address, as RFC 5952 writes it.
    case ipv6(String)
    /// An e-mail address, in lower case.
    case email(String)

    /// The subject of a domain name; nil for what cannot be one. A dot at the end is allowed.
    package init?(domain text: String) {
        guard let name = DomainName.normalized(text) else { return nil }
        self = .domain(name)
    }

    /// The subject of an IPv4 address in four decimal numbers; nil for anything else.
    package init?(ipv4 text: String) {
        guard IPAddress.v4(text) != nil else { return nil }
        self = .ipv4(text)
    }

    /// The subject of an IPv6 address (RFC 4291, section 2.2) without a zone; nil for anything else.
    package init?(ipv6 text: String) {
        guard let address = IPAddress.v6(text) else { return nil }
        self = .ipv6(IPAddress.text(ofV6: address))
    }

    /// The subject of an e-mail address; nil for what has not exactly one `@` between two parts.
    package init?(email text: String) {
        guard Self.isEmail(text) else { return nil }
        self = .email(text.lowercased())
    }

    static func isEmail(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
    }
}
