/// JSON as people write it by hand: RFC 8259 with comments and trailing commas, as Zappa's users know it. Members keep
/// their order. (Foundation's decoder reads more of JSON5, but on Linux does not say where a text is wrong.)
package indirect enum JSONC: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONC])
    case object([Member])

    /// A member of an object.
    package struct Member: Equatable, Sendable {
        /// The member's name.
        package let name: String
        /// Its value.
        package let value: JSONC
    }

    /// Where a text stops being JSON. The reason never quotes the text: it may hold a secret.
    package struct SyntaxError: Error, Equatable {
        /// Counted from 1.
        package let line: Int
        /// Counted from 1, in Unicode scalars.
        package let column: Int
        /// What was expected there.
        package let reason: String
    }

    /// Reads a whole text, UTF-8, with or without a byte order mark.
    package init(parsing text: some Sequence<UInt8>) throws(SyntaxError) {
        var parser = JSONCParser(text)
        self = try parser.document()
    }

    /// What kind of value this is, for messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

private struct JSONCParser {
    private let text: [UInt8]
    private var position = 0
    private var depth = 0
    private static let deepest = 64

    init(_ text: some Sequence<UInt8>) {
        let text = Array(text)
        self.text = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
    }

    mutating func document() throws(JSONC.SyntaxError) -> JSONC {
        let value = try value()
        try skipBlanks()
        guard position == text.count else { throw expected("the end of the file") }
        return value
    }

    private mutating func value() throws(JSONC.SyntaxError) -> JSONC {
        try skipBlanks()
        guard let first = next else { throw expected("a value") }
        switch first {
        case UInt8(ascii: "{"): return .object(try members())
        case UInt8(ascii: "["): return .array(try elements())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default:
            if take("true") { return .bool(true) }
            if take("false") { return .bool(false) }
            if take("null") { return .null }
            throw expected("a value")
        }
    }

    private mutating func members() throws(JSONC.SyntaxError) -> [JSONC.Member] {
        var members: [JSONC.Member] = []
        try list(until: "}") { parser throws(JSONC.SyntaxError) in
            let start = parser.position
            guard parser.next == UInt8(ascii: "\"") else { throw parser.expected("a key in double quotes, or '}'") }
            let name = try parser.string()
            guard !members.contains(where: { $0.name == name }) else {
                throw parser.error("a key that is there already", at: start)
            }
            try parser.skipBlanks()
            guard parser.take(":") else { throw parser.expected("':'") }
            members.append(JSONC.Member(name: name, value: try parser.value()))
        }
        return members
    }

    private mutating func elements() throws(JSONC.SyntaxError) -> [JSONC] {
        var elements: [JSONC] = []
        try list(until: "]") { parser throws(JSONC.SyntaxError) in elements.append(try parser.value()) }
        return elements
    }

    /// What stands between brackets: items, commas between them, and perhaps one after the last.
    private mutating func list(
        until end: StaticString,
        item: (inout JSONCParser) throws(JSONC.SyntaxError) -> Void
    ) throws(JSONC.SyntaxError) {
        guard depth < Self.deepest else { throw error("nested too deeply") }
        depth += 1
        position += 1
        try skipBlanks()
        while !take(end) {
            try item(&self)
            try skipBlanks()
            if take(end) { break }
            guard take(",") else { throw expected("',' or '\(end)'") }
            try skipBlanks()
        }
        depth -= 1
    }

    private mutating func string() throws(JSONC.SyntaxError) -> String {
        let start = position
        position += 1
        var bytes: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: bytes, as: UTF8.self) else {
                    throw error("a string that is not UTF-8", at: start)
                }
                return string
            case UInt8(ascii: "\\"):
                bytes += String(try escape()).utf8
            case ..<0x20:
                throw error("a line break or control character inside a string")
            default:
                bytes.append(byte)
                position += 1
            }
        }
        throw error("a string without its closing quote", at: start)
    }

    private mutating func escape() throws(JSONC.SyntaxError) -> Unicode.Scalar {
        let start = position
        position += 1
        guard let letter = next else { throw error("a string without its closing quote", at: start) }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var units = [codeUnit()]
            if let first = units[0], UTF16.isLeadSurrogate(first), take("\\u") { units.append(codeUnit()) }
            let text = String(validating: units.map { $0 ?? 0xD800 }, as: UTF16.self)
            guard let scalar = text?.unicodeScalars.first else {
                throw error("an escape that is no character", at: start)
            }
            return scalar
        default: throw error("an escape that JSON does not know", at: start)
        }
    }

    /// Four hexadecimal digits.
    private mutating func codeUnit() -> UInt16? {
        guard position + 4 <= text.count else { return nil }
        let digits = text[position..<position + 4]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        position += 4
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private mutating func number() throws(JSONC.SyntaxError) -> Double {
        let start = position
        while let byte = next, isPartOfWord(byte) { position += 1 }
        let word = String(decoding: text[start..<position], as: UTF8.self)
        guard word.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil,
            let number = Double(word), number.isFinite
        else { throw error("a number that JSON does not know", at: start) }
        return number
    }

    private func isPartOfWord(_ byte: UInt8) -> Bool {
        let letter = Character(Unicode.Scalar(byte))
        return letter.isLetter || letter.isNumber || "+-.".contains(letter)
    }

    /// White space, and comments.
    private mutating func skipBlanks() throws(JSONC.SyntaxError) {
        while let byte = next {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D:
                position += 1
            case UInt8(ascii: "/"):
                let start = position
                if take("//") {
                    while let byte = next, byte != 0x0A { position += 1 }
                } else if take("/*") {
                    while !take("*/") {
                        guard position < text.count else { throw error("a comment without its end", at: start) }
                        position += 1
                    }
                } else {
                    throw expected("a comment")
                }
            default: return
            }
        }
    }

    private var next: UInt8? {
        position < text.count ? text[position] : nil
    }

    /// Moves past `word` if it comes next.
    private mutating func take(_ word: StaticString) -> Bool {
        let found = word.withUTF8Buffer { text[position...].starts(with: $0) }
        if found { position += word.utf8CodeUnitCount }
        return found
    }

    private func expected(_ what: String) -> JSONC.SyntaxError {
        error("expected \(what)" + (next == nil ? " before the end of the file" : ""))
    }

    private func error(_ reason: String, at place: Int? = nil) -> JSONC.SyntaxError {
        let before = text[..<(place ?? position)]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 }
        return JSONC.SyntaxError(line: before.count { $0 == 0x0A } + 1, column: column + 1, reason: reason)
    }
}
