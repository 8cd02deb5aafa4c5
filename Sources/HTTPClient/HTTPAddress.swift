import CCurl

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The parts of an absolute http or https URL, as libcurl reads it.
package struct HTTPAddress {
    /// `http` or `https`.
    package let scheme: String
    /// The host; an IPv6 address stands in brackets.
    package let host: String
    /// nil if the URL names none.
    package let port: String?
    /// The path, percent-encoded; it begins with a slash.
    package let path: String

    /// nil for a text that is no such URL, or that has a user, a password, a query or a fragment in it.
    package init?(_ text: String) {
        // libcurl takes one slash for two, and three.
        let rest = text.utf8.drop { $0 != UInt8(ascii: ":") }
        guard rest.starts(with: "://".utf8), !rest.starts(with: ":///".utf8), !text.utf8.contains(0),
            let url = curl_url()
        else { return nil }
        defer { curl_url_cleanup(url) }
        guard curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK else { return nil }
        func part(_ part: CURLUPart) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard curl_url_get(url, part, &value, 0) == CURLUE_OK, let value else { return nil }
            defer { curl_free(value) }
            return String(cString: value)
        }
        guard let scheme = part(CURLUPART_SCHEME), let host = part(CURLUPART_HOST), !host.isEmpty,
            part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil, !text.utf8.contains(UInt8(ascii: "@")),
            !text.utf8.contains(UInt8(ascii: "?")), !text.utf8.contains(UInt8(ascii: "#"))
        else { return nil }
        self.scheme = scheme.lowercased()
        self.host = host
        port = part(CURLUPART_PORT)
        path = part(CURLUPART_PATH) ?? "/"
    }
}

extension HTTPAddress {
    /// Whether the URL's host is this machine itself: `localhost`, `127.0.0.0/8` or `[::1]`.
    package static func isLoopback(url: String) -> Bool {
        let text = url.utf8
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), text[colon...].starts(with: "://".utf8) else {
            return false
        }
        let authority = text[text.index(colon, offsetBy: 3)...].prefix { byte in
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\\"): false
            default: true
            }
        }
        if authority.first == UInt8(ascii: "[") {
            let host = authority.dropFirst().prefix { $0 != UInt8(ascii: "]") }
            let rest = authority.dropFirst(host.count + 2)
            guard rest.isEmpty || rest.first == UInt8(ascii: ":") else { return false }
            var address = in6_addr()
            guard inet_pton(AF_INET6, String(Substring(host)), &address) == 1 else { return false }
            return withUnsafeBytes(of: address) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
        }
        if authority.contains(UInt8(ascii: "@")) { return false }
        let host = Substring(authority.prefix { $0 != UInt8(ascii: ":") })
        if host.utf8.first == UInt8(ascii: "1") {
            var address = in_addr()
            return inet_pton(AF_INET, String(host), &address) == 1 && UInt32(bigEndian: address.s_addr) >> 24 == 127
        }
        return host.lowercased() == "localhost"
    }
}
