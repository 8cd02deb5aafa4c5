/// The grammar of JSON (RFC 8259), to the letter. JSONDecoder lets through what is none: a comma too many, and bytes and
/// numbers that nobody asks it for.
public struct JSONGrammar {
    /// Arrays and objects inside each other, as deep as JSONDecoder goes.
    private static let depthLimit = 512

    private let text: UnsafeBufferPointer<UInt8>
    private var index = 0

    /// Whether the text is JSON in UTF-8, a byte order mark allowed, in which every string is Unicode: without half of a
    /// surrogate pair.
    public static func accepts(_ text: some Collection<UInt8>) -> Bool {
        guard String(validating: text, as: UTF8.self) != nil else { return false }
        return text.withContiguousStorageIfAvailable(accepts) ?? Array(text).withUnsafeBufferPointer(accepts)
    }

    private static func accepts(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var grammar = JSONGrammar(text: text)
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { grammar.index = 3 }
        return grammar.value(depth: 0) && grammar.next() == nil
    }

    private init(text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    // MARK: - Values

    private mutating func value(depth: Int) -> Bool {
        guard depth < Self.depthLimit else { return false }
        switch next() {
        case UInt8(ascii: "{"): return object(depth)
        case UInt8(ascii: "["): return array(depth)
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number()
        }
    }

    private mutating func object(_ depth: Int) -> Bool {
        index += 1
        if skip("}") { return true }
        repeat {
            guard next() == UInt8(ascii: "\""), string(), skip(":"), value(depth: depth + 1) else { return false }
        } while skip(",")
        return skip("}")
    }

    private mutating func array(_ depth: Int) -> Bool {
        index += 1
        if skip("]") { return true }
        repeat {
            guard value(depth: depth + 1) else { return false }
        } while skip(",")
        return skip("]")
    }

    private mutating func string() -> Bool {
        index += 1
        while let byte = current {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): guard escape() else { return false }
            case 0..<0x20: return false
            default: break
            }
        }
        return false
    }

    /// What follows a backslash.
    private mutating func escape() -> Bool {
        guard let letter = current else { return false }
        index += 1
        guard letter == UInt8(ascii: "u") else { return #""\/bfnrt"#.utf8.contains(letter) }
        guard let unit = codeUnit() else { return false }
        if UTF16.isTrailSurrogate(unit) { return false }
        guard UTF16.isLeadSurrogate(unit) else { return true }
        guard text[index...].starts(with: #"\u"#.utf8) else { return false }
        index += 2
        return codeUnit().map(UTF16.isTrailSurrogate) ?? false
    }

    private mutating func codeUnit() -> UInt16? {
        guard index + 4 <= text.count else { return nil }
        var unit: UInt16 = 0
        for byte in text[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        index += 4
        return unit
    }

    private mutating func number() -> Bool {
        if current == UInt8(ascii: "-") { index += 1 }
        if current == UInt8(ascii: "0") {
            index += 1
        } else if !digits() {
            return false
        }
        if current == UInt8(ascii: ".") {
            index += 1
            guard digits() else { return false }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            guard digits() else { return false }
        }
        return true
    }

    // MARK: - Letters

    private var current: UInt8? {
        index < text.count ? text[index] : nil
    }

    /// The next letter that is no blank.
    private mutating func next() -> UInt8? {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
        return current
    }

    /// Passes over the letter, if it is the next that is no blank.
    private mutating func skip(_ letter: Unicode.Scalar) -> Bool {
        guard next() == UInt8(ascii: letter) else { return false }
        index += 1
        return true
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard text[index...].starts(with: letters) else { return false }
        index += letters.count
        return true
    }

    /// Passes over one digit or more.
    private mutating func digits() -> Bool {
        let start = index
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        return index > start
    }
}
