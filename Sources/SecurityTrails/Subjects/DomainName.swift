import CIDN2

/// Domain names as SecurityTrails is asked for them and as related values are told: in lower case and in punycode, without
/// a dot at the end.
enum DomainName {
    /// The name in that spelling; nil for what is none: 1 to 253 characters in labels of 1 to 63 letters, digits, hyphens
    /// and underscores, the last of which is no number, so that no IPv4 address in any spelling is one (WHATWG URL, "ends
    /// in a number").
    static func normalized(_ text: String) -> String? {
        guard var name = ascii(text) else { return nil }
        if name.utf8.last == UInt8(ascii: ".") { name.removeLast() }
        return name.utf8.withContiguousStorageIfAvailable(isName) ?? isName(Array(name.utf8)) ? name : nil
    }

    private static func isName(_ name: [UInt8]) -> Bool {
        name.withUnsafeBufferPointer(isName)
    }

    private static func isName(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard name.count <= 253 else { return false }
        var start = 0
        for index in 0..<name.count {
            switch name[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                break
            case UInt8(ascii: "."):
                guard (1...63).contains(index - start) else { return false }
                start = index + 1
            default: return false
            }
        }
        guard (1...63).contains(name.count - start) else { return false }
        return !isNumber(UnsafeBufferPointer(rebasing: name[start...]))
    }

    /// Whether a label is digits, or `0x` and hexadecimal digits.
    private static func isNumber(_ label: UnsafeBufferPointer<UInt8>) -> Bool {
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        if label.allSatisfy(isDigit) { return true }
        guard label.count >= 2, label[0] == UInt8(ascii: "0"), label[1] == UInt8(ascii: "x") else { return false }
        return label[2...].allSatisfy { isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }

    /// The name in ASCII and lower case; nil if IDNA has none for it (UTS #46, non-transitional). IDNA sees only labels
    /// that are not ASCII: names such as `r3---sn-x` are in use that it would refuse.
    private static func ascii(_ text: String) -> String? {
        var isASCII = true
        var isLower = true
        for byte in text.utf8 {
            if byte >= 0x80 { isASCII = false }
            if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) { isLower = false }
        }
        if isASCII { return isLower ? text : text.lowercased() }
        // No name that maps to 253 characters is a hundred times as long, and libidn2 takes its time with those.
        guard text.utf8.count <= 4096 else { return nil }
        var labels: [String] = []
        for label in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard let label = asciiLabel(String(label)) else { return nil }
            labels.append(label)
        }
        return labels.joined(separator: ".")
    }

    /// libidn2 is handed UTF-8, so that no locale matters.
    private static func asciiLabel(_ label: String) -> String? {
        if label.utf8.allSatisfy({ $0 < 0x80 }) { return label.lowercased() }
        guard !label.utf8.contains(0) else { return nil }
        var name: UnsafeMutablePointer<UInt8>?
        let flags = Int32(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)
        guard idn2_lookup_u8(label, &name, flags) == IDN2_OK.rawValue, let name else { return nil }
        defer { idn2_free(name) }
        return String(cString: name).lowercased()
    }
}
