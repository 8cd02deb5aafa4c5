/// Makes plain text of what was defanged (`hxxp://evil[.]example`) or encoded: percent-encoding, JSON's escapes and
/// quoted-printable.
struct Refanging {
    /// Stands for a dot that was defanged: what is around it was meant as a name or an address.
    static let dot: UInt8 = 1
    /// Stands for an encoded character that means nothing here, and does not end a URL.
    private static let other = UInt8(ascii: "+")

    private let text: Bytes
    private let isJSON: Bool
    private var index = 0
    private var line = Line()
    private var part = MailPart.other

    /// What is known of the line that is read.
    private struct Line {
        var start = 0
        /// Whether backslashes in it are JSON's; nil: not looked at yet.
        var isJSON: Bool?
    }

    /// Where in an e-mail's parts the text is (RFC 2045).
    private enum MailPart {
        case other
        /// The head of a part that is quoted-printable.
        case head
        case quotedPrintable
    }

    /// The plain text, never longer than the text. Only whole UTF-8 sequences, zeros and `dot` are of its own making.
    static func plainText(of text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var refanging = Refanging(Bytes(text))
        return [UInt8](unsafeUninitializedCapacity: text.count) { output, count in
            while refanging.index < text.count { refanging.step(output, &count) }
        }
    }

    private init(_ text: Bytes) {
        self.text = text
        var start = 0
        while start < text.count, text[start] <= 0x20 { start += 1 }
        var next = start + 1
        while next < text.count, text[next] <= 0x20 { next += 1 }
        isJSON =
            text[start] == UInt8(ascii: "{")
            || (text[start] == UInt8(ascii: "[")
                && [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\"")].contains(text[next]))
    }

    /// Reads one character, or what stands for one.
    @inline(__always)
    private mutating func step(_ output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int) {
        let byte = text[index]
        if isLetter(byte) || byte == 0x20 || isDigit(byte) {
            output[count] = byte
            count += 1
            index += 1
            return
        }
        special(byte, output, &count)
    }

    private mutating func special(_ byte: UInt8, _ output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int) {
        func put(_ byte: UInt8) {
            output[count] = byte
            count += 1
        }
        switch byte {
        case UInt8(ascii: "\n"):
            put(byte)
            index += 1
            beginLine()
        case UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "{"):
            guard let bracket = bracket() else { fallthrough }
            // "evil [.] example": the blanks belong to it.
            if count > 1, output[count - 1] == 0x20, bracket.hasBlankBefore { count -= 1 }
            for byte in bracket.bytes { put(byte) }
            index = bracket.end
        case UInt8(ascii: "."):
            // "evil.]example"
            if text[index + 1] == UInt8(ascii: "]"), isWord(text[index - 1]), isWord(text[index + 2]) {
                put(Self.dot)
                index += 2
            } else {
                put(byte)
                index += 1
            }
        case UInt8(ascii: "%"): percent(put)
        case UInt8(ascii: "\\"): backslash(put)
        case UInt8(ascii: "=") where part == .quotedPrintable: quotedPrintable(put)
        case 0x80...: nonASCII(put)
        default:
            put(byte < 0x20 ? 0x20 : byte)
            index += 1
        }
    }

    private func isWord(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte >= 0x80
    }

    // MARK: - Lines

    private mutating func beginLine() {
        line = Line(start: index)
        if text[index] == UInt8(ascii: "\n")
            || (text[index] == UInt8(ascii: "\r") && text[index + 1] == UInt8(ascii: "\n"))
        {
            if part == .head { part = .quotedPrintable }
        } else if text[index] == UInt8(ascii: "-"), text[index + 1] == UInt8(ascii: "-") {
            part = .other
        } else if text.matches("content-transfer-encoding:", at: index) {
            part = text.matches("quoted-printable", at: index + 27) ? .head : .other
        }
    }

    private mutating func isJSONLine() -> Bool {
        if isJSON { return true }
        if let isJSON = line.isJSON { return isJSON }
        var end = line.start
        var found = false
        while end < text.count, text[end] != UInt8(ascii: "\n"), !found {
            found = text[end] == UInt8(ascii: "\"") && text[end + 1] == UInt8(ascii: ":")
            end += 1
        }
        line.isJSON = found
        return found
    }

    // MARK: - Brackets

    private static let words: [(word: StaticString, bytes: [UInt8])] = [
        (".", [dot]), ("dot", [dot]), ("punkt", [dot]), ("point", [dot]), ("at", [0x40]), ("@", [0x40]),
        ("://", Array("://".utf8)), (":", [0x3A]), ("/", [0x2F]), (",", [dot]),
    ]

    /// `[.]`, `(dot)`, `{at}`, `[:]` and the like, and `[.` with a word after it.
    private func bracket() -> (bytes: [UInt8], end: Int, hasBlankBefore: Bool)? {
        let opening = text[index]
        let closing: UInt8 = opening == UInt8(ascii: "(") ? UInt8(ascii: ")") : opening + 2
        var start = index + 1
        if text[start] == 0x20 { start += 1 }
        for (word, bytes) in Self.words where text.matches(word, at: start) {
            var end = start + word.utf8CodeUnitCount
            if text[end] == 0x20 { end += 1 }
            guard text[end] == closing else { continue }
            end += 1
            let isSpaced = text[index - 1] == 0x20
            if isSpaced {
                guard isWord(text[index - 2]), text[end] == 0x20, isWord(text[end + 1]) else { return nil }
                return (bytes, end + 1, true)
            }
            // "(,)" and the like stand in code too.
            guard isWord(text[index - 1]) || bytes != [Self.dot] else { return nil }
            return (bytes, end, false)
        }
        if opening == UInt8(ascii: "["), text[index + 1] == UInt8(ascii: "."), isWord(text[index - 1]),
            isWord(text[index + 2])
        {
            return ([Self.dot], index + 2, false)
        }
        return nil
    }

    // MARK: - Encodings

    private mutating func percent(_ put: (UInt8) -> Void) {
        // %252F is %2F, encoded once more.
        while text[index + 1] == UInt8(ascii: "2"), text[index + 2] == UInt8(ascii: "5"),
            hexadecimal(text[index + 3]) != nil, hexadecimal(text[index + 4]) != nil
        {
            index += 2
        }
        guard let high = hexadecimal(text[index + 1]), let low = hexadecimal(text[index + 2]) else {
            put(UInt8(ascii: "%"))
            index += 1
            return
        }
        let byte = high << 4 | low
        put(isLetter(byte) || isDigit(byte) || ":/.@?=&#-_[]".utf8.contains(byte) ? byte : Self.other)
        index += 3
    }

    private mutating func backslash(_ put: (UInt8) -> Void) {
        let next = text[index + 1]
        if next == UInt8(ascii: "/") {
            put(next)
            index += 2
        } else if isJSONLine() {
            switch next {
            case UInt8(ascii: "u"): unicodeEscape(put)
            case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"):
                put(0x20)
                index += 2
            case UInt8(ascii: "\\"), UInt8(ascii: "\""):
                put(next)
                index += 2
            default:
                put(UInt8(ascii: "\\"))
                index += 1
            }
        } else {
            put(UInt8(ascii: "\\"))
            index += 1
        }
    }

    private mutating func unicodeEscape(_ put: (UInt8) -> Void) {
        var value: UInt32 = 0
        for offset in 2..<6 {
            guard let digit = hexadecimal(text[index + offset]) else {
                put(UInt8(ascii: "\\"))
                index += 1
                return
            }
            value = value << 4 | UInt32(digit)
        }
        index += 6
        // Half of a surrogate pair is no scalar, and no letter of a name is beyond them.
        guard value >= 0x20, let scalar = Unicode.Scalar(value) else { return put(0x20) }
        for byte in Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter { put(byte) }
    }

    private mutating func quotedPrintable(_ put: (UInt8) -> Void) {
        let (first, second) = (text[index + 1], text[index + 2])
        if first == UInt8(ascii: "\n") || (first == UInt8(ascii: "\r") && second == UInt8(ascii: "\n")) {
            index += first == UInt8(ascii: "\n") ? 2 : 3
        } else if let high = hexadecimal(first), let low = hexadecimal(second) {
            let byte = high << 4 | low
            put(byte == Self.dot ? 0x20 : byte)
            index += 3
        } else {
            put(UInt8(ascii: "="))
            index += 1
        }
    }

    private mutating func nonASCII(_ put: (UInt8) -> Void) {
        guard let (scalar, length) = text.scalar(at: index) else {
            put(0x20)
            index += 1
            return
        }
        switch scalar.value {
        // The dots of IDNA (RFC 3490, section 3.1).
        case 0x3002, 0xFF0E, 0xFF61: put(UInt8(ascii: "."))
        // What nobody sees: soft hyphen, zero-width space, word joiner, byte order mark.
        case 0xAD, 0x200B, 0x2060, 0xFEFF: break
        default: for offset in 0..<length { put(text[index + offset]) }
        }
        index += length
    }
}
