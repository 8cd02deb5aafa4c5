import CCurl

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
