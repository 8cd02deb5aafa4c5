import CCurl

extension HTTPOptions {
    /// What to say if libcurl cannot read the proxy that it would use for an https URL; nil if it can, or if there is none.
    /// The variable's value may hold a password, and libcurl would quote it.
    package static func unreadableProxy(environment: [String: String]) -> String? {
        let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        guard let name = names.first(where: { environment[$0]?.isEmpty == false }), let text = environment[name] else {
            return nil
        }
        return isProxy(text) ? nil : "\(name) is no URL of a proxy; percent-encode what is special in its password"
    }

    private static func isProxy(_ text: String) -> Bool {
        guard let url = curl_url() else { return false }
        defer { curl_url_cleanup(url) }
        let flags = UInt32(CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME)
        guard curl_url_set(url, CURLUPART_URL, text, flags) == CURLUE_OK else { return false }
        // libcurl would go past a proxy of which it cannot decode one of these.
        guard [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_HOST].allSatisfy({ canDecode($0, of: url) }) else {
            return false
        }
        var scheme: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK, let scheme else { return false }
        defer { curl_free(scheme) }
        // libcurl guesses a scheme from a name like ftp.example.com, but takes an unnamed one as http.
        guard text.utf8.contains("://".utf8) else { return true }
        return ["http", "https", "socks4", "socks4a", "socks5", "socks5h"].contains(
            String(cString: scheme).lowercased()
        )
    }

    private static func canDecode(_ part: CURLUPart, of url: OpaquePointer) -> Bool {
        var text: UnsafeMutablePointer<CChar>?
        let code = curl_url_get(url, part, &text, UInt32(CURLU_URLDECODE))
        curl_free(text)
        return [CURLUE_OK, CURLUE_NO_USER, CURLUE_NO_PASSWORD].contains(code)
    }
}

extension String.UTF8View {
    fileprivate func contains(_ word: String.UTF8View) -> Bool {
        indices.contains { self[$0...].starts(with: word) }
    }
}
