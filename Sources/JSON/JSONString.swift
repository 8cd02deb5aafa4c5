/// A string as it stands in a JSON text that was checked: between its quotes, escapes and all. It is valid as long as the
/// text is.
package struct JSONString {
    private let source: UnsafeBufferPointer<UInt8>
    private let hasEscapes: Bool

    init(source: UnsafeBufferPointer<UInt8>, hasEscapes: Bool) {
        self.source = source
        self.hasEscapes = hasEscapes
    }

    package var isEmpty: Bool {
        source.isEmpty
    }

    package var text: String {
        guard hasEscapes else { return String(decoding: source, as: UTF8.self) }
        // What is unescaped is never longer.
        return String(unsafeUninitializedCapacity: source.count) { unescape(to: $0) }
    }

    /// The text's bytes in UTF-8.
    package var bytes: [UInt8] {
        guard hasEscapes else { return Array(source) }
        return [UInt8](unsafeUninitializedCapacity: source.count) { bytes, count in count = unescape(to: bytes) }
    }

    /// Hands the text's bytes over without a copy if no escape is among them.
    package func withBytes<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        hasEscapes ? bytes.withUnsafeBufferPointer(body) : body(source)
    }

    package static func == (string: JSONString, text: StaticString) -> Bool {
        let text = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return string.hasEscapes ? string.bytes.elementsEqual(text) : isEqual(string.source, text)
    }

    package static func ~= (text: StaticString, string: JSONString) -> Bool {
        string == text
    }

    /// Whether it is that text of ASCII lower-case letters and signs, in whatever case.
    package func isEqualIgnoringCase(to text: StaticString) -> Bool {
        let text = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return withBytes { bytes in
            guard bytes.count == text.count else { return false }
            for (byte, letter) in zip(bytes, text) {
                let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                guard (isCapital ? byte | 0x20 : byte) == letter else { return false }
            }
            return true
        }
    }

    private static func isEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }

    // MARK: - Escapes (RFC 8259, section 7)

    /// The highest bit of each of eight bytes that is a quote, a backslash or a control character, and perhaps of bytes
    /// above the lowest of these.
    static func marks(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ 0x2222_2222_2222_2222
        let backslashes = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let found =
            (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) & ~word
        return found & 0x8080_8080_8080_8080
    }

    /// What a letter stands for behind a backslash; nil for none that does, and for `u`.
    static func escape(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// The number that four hexadecimal digits make; nil if they are none.
    static func codeUnit(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt16? {
        var unit: UInt16 = 0
        for index in start..<start + 4 {
            let digit: UInt8
            switch text[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = text[index] - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = text[index] - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = text[index] - UInt8(ascii: "A") + 10
            default: return nil
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// Writes the text's bytes and returns how many they are.
    private func unescape(to bytes: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var count = 0
        var index = 0
        func append(_ byte: UInt8) {
            bytes[count] = byte
            count += 1
        }
        while index < source.count {
            guard source[index] == UInt8(ascii: "\\") else {
                append(source[index])
                index += 1
                continue
            }
            if let byte = Self.escape(source[index + 1]) {
                append(byte)
                index += 2
                continue
            }
            var scalar = UInt32(Self.codeUnit(source, at: index + 2) ?? 0)
            index += 6
            if UTF16.isLeadSurrogate(UInt16(scalar)), let trail = Self.codeUnit(source, at: index + 2) {
                scalar = 0x1_0000 + (scalar - 0xD800) << 10 + (UInt32(trail) - 0xDC00)
                index += 6
            }
            switch scalar {
            case 0..<0x80:
                append(UInt8(scalar))
            case 0x80..<0x800:
                append(UInt8(0xC0 | scalar >> 6))
                append(UInt8(0x80 | scalar & 0x3F))
            case 0x800..<0x1_0000:
                append(UInt8(0xE0 | scalar >> 12))
                append(UInt8(0x80 | scalar >> 6 & 0x3F))
                append(UInt8(0x80 | scalar & 0x3F))
            default:
                append(UInt8(0xF0 | scalar >> 18))
                append(UInt8(0x80 | scalar >> 12 & 0x3F))
                append(UInt8(0x80 | scalar >> 6 & 0x3F))
                append(UInt8(0x80 | scalar & 0x3F))
            }
        }
        return count
    }
}
