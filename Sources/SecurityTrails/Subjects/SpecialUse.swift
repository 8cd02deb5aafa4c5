extension Subject {
    /// Whether it is of special use (RFC 6761, RFC 6890), so that SecurityTrails knows nothing about it and a query would
    /// be wasted: names of one label and names that only a local network knows, and addresses that are not public.
    /// Documentation's addresses are asked about.
    package var isOfSpecialUse: Bool {
        switch self {
        case .domain(let name): Self.isLocal(name)
        case .ipv4(let text): IPAddress.v4(text).map(Self.isSpecial(v4:)) ?? false
        case .ipv6(let text): IPAddress.v6(text).map(Self.isSpecial(v6:)) ?? false
        case .email: false
        }
    }

    private static let localSuffixes = [
        ".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".onion", ".invalid", ".in-addr.arpa",
        ".ip6.arpa",
    ]

    private static func isLocal(_ name: String) -> Bool {
        guard name.utf8.contains(UInt8(ascii: ".")) else { return true }
        return localSuffixes.contains { suffix in
            name.hasSuffix(suffix) || name.utf8.elementsEqual(suffix.utf8.dropFirst())
        }
    }

    private static func isSpecial(v4 address: UInt32) -> Bool {
        switch (address >> 24, address >> 16 & 0xFF) {
        case (0, _), (127, _): true  // unspecified, loopback
        case (10, _), (172, 16...31), (192, 168): true  // private (RFC 1918)
        case (100, 64...127): true  // shared (RFC 6598)
        case (169, 254): true  // link-local (RFC 3927)
        case (224...239, _): true  // multicast
        default: address == .max  // broadcast
        }
    }

    private static func isSpecial(v6 bytes: [UInt8]) -> Bool {
        switch (bytes[0], bytes[1]) {
        case (0xFF, _): true  // multicast
        case (0xFE, 0x80...0xBF): true  // link-local
        case (0xFC...0xFD, _): true  // unique-local (RFC 4193)
        case (0, 0):
            switch bytes[..<12] {
            case [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]: bytes[12...14] == [0, 0, 0] && bytes[15] <= 1  // :: and ::1
            case [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]:
                isSpecial(v4: bytes[12...].reduce(0) { $0 << 8 | UInt32($1) })  // an IPv4 address
            default: false
            }
        default: false
        }
    }
}
