#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// IP addresses as SecurityTrails is asked for them and as related values are told.
enum IPAddress {
    /// The number of an IPv4 address in four decimal numbers; nil for anything else.
    static func v4(_ text: String) -> UInt32? {
        var address = in_addr()
        guard !text.utf8.contains(0), inet_pton(AF_INET, text, &address) == 1 else { return nil }
        return UInt32(bigEndian: address.s_addr)
    }

    /// The bytes of an IPv6 address (RFC 4291, section 2.2) without a zone; nil for anything else.
    static func v6(_ text: String) -> [UInt8]? {
        var address = in6_addr()
        guard !text.utf8.contains(0), inet_pton(AF_INET6, text, &address) == 1 else { return nil }
        return withUnsafeBytes(of: address) { Array($0) }
    }

    /// An address of either family in its one spelling, which for IPv6 is that of RFC 5952; nil for anything else.
    static func normalized(_ text: String) -> String? {
        if !text.utf8.contains(UInt8(ascii: ":")) { return v4(text) == nil ? nil : text }
        return v6(text).map(text(ofV6:))
    }

    /// RFC 5952, as inet_ntop writes it.
    static func text(ofV6 bytes: [UInt8]) -> String {
        let length = Int(INET6_ADDRSTRLEN)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: length) { buffer in
            bytes.withUnsafeBytes { bytes in
                guard let text = inet_ntop(AF_INET6, bytes.baseAddress, buffer.baseAddress, socklen_t(length)) else {
                    return ""
                }
                return String(cString: text)
            }
        }
    }
}
