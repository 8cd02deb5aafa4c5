/// Reads a JSON text (RFC 8259) in one pass over its bytes, to the letter: UTF-8, whole surrogate pairs, no comma too
/// many. A byte order mark is allowed in front. Nothing is kept but what the caller asks for, so that a text costs no
/// more memory than its own size, whatever is in it.
///
/// The caller goes through the text from front to back. A value that it does not read is passed over, and checked on the
/// way:
///
///     guard try reader.enterObject() else { return }
///     while let name = try reader.nextMember() {
///         if name == "pages" { pages = try reader.wholeNumber() }
///     }
///
/// Two rules for callers: an object or an array that was entered is read until `nextMember` or `nextElement` says that
/// it has ended, and of members of the same name the last one counts.
package struct JSONReader {
    /// What a value is, as its first character tells.
    package enum Kind {
        case object, array, string, number, bool, null
    }

    /// Arrays and objects inside each other.
    private static let depthLimit = 512

    private let text: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var depth = 0
    /// Whether the value that comes next was not read yet.
    private var isPending = true
    /// Whether nothing was read of the innermost object or array.
    private var isFirst = false

    /// A reader at the beginning of the text, which must outlive it.
    package init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    /// Reads a whole text: what `body` leaves unread is checked too.
    @inlinable
    package static func read<Value>(
        _ text: [UInt8],
        _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        try text.withUnsafeBufferPointer { bytes throws(JSONError) in
            var reader = JSONReader(bytes)
            let value = try body(&reader)
            try reader.finish()
            return value
        }
    }

    // MARK: - Values

    /// What comes next.
    package var kind: Kind {
        mutating get throws(JSONError) {
            switch try next() {
            case UInt8(ascii: "{"): .object
            case UInt8(ascii: "["): .array
            case UInt8(ascii: "\""): .string
            case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
            case UInt8(ascii: "n"): .null
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number
            default: throw failure(.unexpected)
            }
        }
    }

    /// Enters the object that comes next; false if the value is of another kind, which is then still to be read.
    package mutating func enterObject() throws(JSONError) -> Bool {
        try enter(UInt8(ascii: "{"))
    }

    /// Enters the array that comes next; false if the value is of another kind, which is then still to be read.
    package mutating func enterArray() throws(JSONError) -> Bool {
        try enter(UInt8(ascii: "["))
    }

    /// The name of the next member of the object that was entered, whose value comes next; nil at the object's end.
    package mutating func nextMember() throws(JSONError) -> JSONString? {
        guard try advance(to: UInt8(ascii: "}")) else { return nil }
        guard try next() == UInt8(ascii: "\"") else { throw failure(.unexpected) }
        let name = try scanString()
        guard try next() == UInt8(ascii: ":") else { throw failure(.unexpected) }
        index += 1
        isPending = true
        return name
    }

    /// Whether the array that was entered has another element, which comes next; false at the array's end.
    package mutating func nextElement() throws(JSONError) -> Bool {
        guard try advance(to: UInt8(ascii: "]")) else { return false }
        isPending = true
        return true
    }

    /// The string that comes next; nil if the value is of another kind, which is then still to be read.
    package mutating func string() throws(JSONError) -> String? {
        try rawString()?.text
    }

    /// The same without a copy; it is valid as long as the text is.
    package mutating func rawString() throws(JSONError) -> JSONString? {
        guard try next() == UInt8(ascii: "\"") else { return nil }
        isPending = false
        return try scanString()
    }

    /// The number that comes next, if it is whole and an Int can hold it, however it is written (`3`, `3.0`, `3e0`); nil
    /// otherwise, and the value is then still to be read.
    package mutating func wholeNumber() throws(JSONError) -> Int? {
        let start = index
        guard let digits = try scanNumber() else { return nil }
        if let number = Self.integer(digits) { return number }
        if let number = Double(String(decoding: digits, as: UTF8.self)), let whole = Int(exactly: number) {
            return whole
        }
        index = start
        isPending = true
        return nil
    }

    /// The number that comes next if it is written without a fraction or an exponent and an Int holds it; nil if not, and
    /// the value is then still to be read.
    package mutating func integer() throws(JSONError) -> Int? {
        let start = index
        guard let digits = try scanNumber() else { return nil }
        if let number = Self.integer(digits) { return number }
        index = start
        isPending = true
        return nil
    }

    /// The number that comes next, the nearest that there is, infinite if it is too large; nil if the value is of another
    /// kind, which is then still to be read.
    package mutating func number() throws(JSONError) -> Double? {
        try scanNumber().map { digits in
            let text = String(decoding: digits, as: UTF8.self)
            // Double's initializer has no answer for what is too small or too large.
            return Double(text) ?? Self.outOfRange(digits)
        }
    }

    /// The boolean that comes next; nil if the value is of another kind, which is then still to be read.
    package mutating func bool() throws(JSONError) -> Bool? {
        switch try next() {
        case UInt8(ascii: "t"):
            try scan(word: "true")
            return true
        case UInt8(ascii: "f"):
            try scan(word: "false")
            return false
        default: return nil
        }
    }

    /// Whether the value that comes next is null, which is then read.
    package mutating func null() throws(JSONError) -> Bool {
        guard try next() == UInt8(ascii: "n") else { return false }
        try scan(word: "null")
        return true
    }

    /// Passes over the value that comes next.
    package mutating func skip() throws(JSONError) {
        switch try kind {
        case .object:
            _ = try enterObject()
            while try nextMember() != nil {}
        case .array:
            _ = try enterArray()
            while try nextElement() {}
        case .string: _ = try rawString()
        case .number: _ = try scanNumber()
        case .bool: _ = try bool()
        case .null: _ = try null()
        }
    }

    /// Checks that nothing comes after the one value of the text, which is passed over if it was not read.
    package mutating func finish() throws(JSONError) {
        if isPending { try skip() }
        skipBlanks()
        guard depth == 0, index == text.count else { throw failure(.trailing) }
    }

    // MARK: - Objects and arrays

    private mutating func enter(_ bracket: UInt8) throws(JSONError) -> Bool {
        guard try next() == bracket else { return false }
        guard depth < Self.depthLimit else { throw failure(.depth) }
        depth += 1
        index += 1
        isPending = false
        isFirst = true
        return true
    }

    /// Goes behind the comma before the next member or element; false, and behind the bracket, if there is none.
    private mutating func advance(to bracket: UInt8) throws(JSONError) -> Bool {
        if isPending { try skip() }
        let byte = try next()
        if byte == bracket {
            index += 1
            depth -= 1
            isFirst = false
            return false
        }
        if isFirst {
            isFirst = false
        } else {
            guard byte == UInt8(ascii: ",") else { throw failure(.unexpected) }
            index += 1
        }
        return true
    }

    // MARK: - Strings

    /// Reads a string from its first quote to its last.
    private mutating func scanString() throws(JSONError) -> JSONString {
        index += 1
        let start = index
        var hasEscapes = false
        while true {
            skipPlain()
            guard index < text.count else { throw failure(.end) }
            switch text[index] {
            case UInt8(ascii: "\""):
                index += 1
                let bytes = UnsafeBufferPointer(rebasing: text[start..<index - 1])
                return JSONString(source: bytes, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try scanEscape()
            case 0..<0x20: throw failure(.string)
            default:
                guard let length = Self.sequenceLength(text, at: index) else { throw failure(.string) }
                index += length
            }
        }
    }

    /// Passes over what is neither a quote, a backslash, a control character nor the beginning of a longer sequence,
    /// eight bytes at a time.
    private mutating func skipPlain() {
        guard let base = text.baseAddress else { return }
        while index + 8 <= text.count {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
            let found = JSONString.marks(in: word) | word & 0x8080_8080_8080_8080
            guard found == 0 else {
                // The lowest mark is the first byte's: a borrow only ever marks bytes behind it.
                index += found.littleEndian.trailingZeroBitCount / 8
                return
            }
            index += 8
        }
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 || byte >= 0x80 { return }
            index += 1
        }
    }

    private mutating func scanEscape() throws(JSONError) {
        guard index + 1 < text.count else { throw failure(.end) }
        guard text[index + 1] == UInt8(ascii: "u") else {
            guard JSONString.escape(text[index + 1]) != nil else { throw failure(.string) }
            index += 2
            return
        }
        let unit = try scanCodeUnit()
        if UTF16.isTrailSurrogate(unit) { throw failure(.string) }
        guard UTF16.isLeadSurrogate(unit) else { return }
        guard index + 1 < text.count, text[index] == UInt8(ascii: "\\"), text[index + 1] == UInt8(ascii: "u"),
            UTF16.isTrailSurrogate(try scanCodeUnit())
        else { throw failure(.string) }
    }

    /// Reads `\uXXXX`.
    private mutating func scanCodeUnit() throws(JSONError) -> UInt16 {
        guard index + 6 <= text.count, let unit = JSONString.codeUnit(text, at: index + 2) else {
            throw failure(.string)
        }
        index += 6
        return unit
    }

    /// The length of the UTF-8 sequence that begins there; nil if it is none (RFC 3629, section 4).
    private static func sequenceLength(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        func isTail(_ offset: Int, in range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            index + offset < text.count && range.contains(text[index + offset])
        }
        switch text[index] {
        case 0xC2...0xDF: return isTail(1) ? 2 : nil
        case 0xE0: return isTail(1, in: 0xA0...0xBF) && isTail(2) ? 3 : nil
        case 0xED: return isTail(1, in: 0x80...0x9F) && isTail(2) ? 3 : nil
        case 0xE1...0xEF: return isTail(1) && isTail(2) ? 3 : nil
        case 0xF0: return isTail(1, in: 0x90...0xBF) && isTail(2) && isTail(3) ? 4 : nil
        case 0xF1...0xF3: return isTail(1) && isTail(2) && isTail(3) ? 4 : nil
        case 0xF4: return isTail(1, in: 0x80...0x8F) && isTail(2) && isTail(3) ? 4 : nil
        default: return nil
        }
    }

    // MARK: - Numbers and words

    /// Reads a number; nil if the value is none.
    private mutating func scanNumber() throws(JSONError) -> UnsafeBufferPointer<UInt8>? {
        let first = try next()
        guard first == UInt8(ascii: "-") || Self.isDigit(first) else { return nil }
        let start = index
        if first == UInt8(ascii: "-") { index += 1 }
        if current == UInt8(ascii: "0") { index += 1 } else { try scanDigits() }
        if current == UInt8(ascii: ".") {
            index += 1
            try scanDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            try scanDigits()
        }
        isPending = false
        return UnsafeBufferPointer(rebasing: text[start..<index])
    }

    private mutating func scanDigits() throws(JSONError) {
        let start = index
        while let byte = current, Self.isDigit(byte) { index += 1 }
        guard index > start else { throw failure(.number) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// A number of digits only, without the detour through a Double, which has 53 bits.
    private static func integer(_ digits: UnsafeBufferPointer<UInt8>) -> Int? {
        var number = 0
        let isNegative = digits.first == UInt8(ascii: "-")
        for byte in digits.dropFirst(isNegative ? 1 : 0) {
            guard isDigit(byte) else { return nil }
            let digit = Int(byte - UInt8(ascii: "0"))
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflows) =
                isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            guard !overflow, !overflows else { return nil }
            number = sum
        }
        return number
    }

    /// Zero for a number that is too small to be told from it, infinity for one that is too large.
    private static func outOfRange(_ digits: UnsafeBufferPointer<UInt8>) -> Double {
        let isNegative = digits.first == UInt8(ascii: "-")
        let exponent = digits.firstIndex { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
        let isSmall = exponent.map { $0 + 1 < digits.count && digits[$0 + 1] == UInt8(ascii: "-") } ?? false
        let magnitude = isSmall ? 0 : Double.infinity
        return isNegative ? -magnitude : magnitude
    }

    private mutating func scan(word: StaticString) throws(JSONError) {
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard text[index...].starts(with: letters) else { throw failure(.unexpected) }
        index += letters.count
        isPending = false
    }

    // MARK: - Bytes

    private var current: UInt8? {
        index < text.count ? text[index] : nil
    }

    /// The next byte that is no blank; it is not passed over.
    private mutating func next() throws(JSONError) -> UInt8 {
        skipBlanks()
        guard index < text.count else { throw failure(.end) }
        return text[index]
    }

    private mutating func skipBlanks() {
        while index < text.count {
            let byte = text[index]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            index += 1
        }
    }

    private func failure(_ problem: JSONError.Problem) -> JSONError {
        JSONError(problem: index < text.count ? problem : .end, offset: index)
    }
}
