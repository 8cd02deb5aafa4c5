import CTIM

/// SecurityTrails' pages for people.
enum SecurityTrailsPage {
    /// The page about an observable, whose value is one segment of the path, whatever it holds.
    static func url(of observable: Observable) -> String {
        let segment = percentEncoded(observable.value)
        return switch observable.kind {
        case .domain: "https://securitytrails.com/domain/\(segment)/dns"
        case .ip, .ipv6: "https://securitytrails.com/list/ip/\(segment)"
        case .email: "https://securitytrails.com/list/email/\(segment)"
        }
    }

    /// The text as a segment of a path: all but `pchar` (RFC 3986, section 3.3) is percent-encoded.
    private static func percentEncoded(_ text: String) -> String {
        if text.utf8.allSatisfy(isPchar) { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if isPchar(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func isPchar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~!$&'()*+,;=:@".utf8.contains(byte)
        }
    }
}
