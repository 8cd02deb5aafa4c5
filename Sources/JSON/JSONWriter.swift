/// Writes JSON (RFC 8259) straight into a buffer: in the order in which it is written, so that equal answers are equal
/// bytes; without a tree of values in between; and with its own size known all the time, so that an answer can be cut
/// before it grows too large. (JSONEncoder takes fifty times as long and ten times the memory for 30,000 relations.)
///
/// Commas and colons are the writer's; keys and nesting are the caller's.
package struct JSONWriter {
    /// What was written, and room for what comes next.
    private var buffer: [UInt8] = []
    /// Bytes that were written.
    private var count = 0
    /// Bytes that get a backslash inside another JSON text: the quotes and backslashes among those that were written.
    private var escapes = 0
    private var needsComma = false

    /// A writer of nothing yet, with room for `capacity` bytes.
    package init(capacity: Int = 1024) {
        buffer = [UInt8](repeating: 0, count: capacity)
    }

    /// What was written.
    package var bytes: [UInt8] {
        mutating get {
            buffer.removeLast(buffer.count - count)
            return buffer
        }
    }

    /// How many bytes `bytes` takes as a string inside another JSON text, its own quotes left out.
    package var embeddedCount: Int {
        count + escapes
    }

    /// Writes what `body` writes, and takes it back if `body` returns false or `embeddedCount` would pass `limit`.
    /// Returns whether it stands.
    package mutating func write(within limit: Int, _ body: (inout JSONWriter) -> Bool) -> Bool {
        let (count, escapes, needsComma) = (count, escapes, needsComma)
        guard body(&self), embeddedCount <= limit else {
            (self.count, self.escapes, self.needsComma) = (count, escapes, needsComma)
            return false
        }
        return true
    }

    /// Writes `{`, what `members` writes, and `}`.
    package mutating func object<Failure: Error>(_ members: (inout JSONWriter) throws(Failure) -> Void) throws(Failure)
    {
        open(UInt8(ascii: "{"))
        try members(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes `[`, what `elements` writes, and `]`.
    package mutating func array<Failure: Error>(_ elements: (inout JSONWriter) throws(Failure) -> Void) throws(Failure)
    {
        open(UInt8(ascii: "["))
        try elements(&self)
        close(UInt8(ascii: "]"))
    }

    /// Writes a member's name; its value comes next.
    package mutating func key(_ name: String) {
        string(name)
        append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string, in as few escapes as RFC 8259 asks for.
    package mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { append(string: $0) }
    }

    /// Writes a whole JSON text, or any UTF-8, as a string.
    package mutating func string(embedding text: [UInt8]) {
        text.withUnsafeBufferPointer { append(string: $0) }
    }

    /// Writes a whole number.
    package mutating func number(_ value: Int) {
        append(word: String(value))
    }

    /// Writes a number in the fewest digits that read as the same one. JSON has no infinity, but numbers that are too
    /// large for a Double (`1e999`); what is no number is null.
    package mutating func number(_ value: Double) {
        append(word: value.isNaN ? "null" : value.isInfinite ? (value < 0 ? "-1e999" : "1e999") : "\(value)")
    }

    /// Writes `true` or `false`.
    package mutating func bool(_ value: Bool) {
        append(word: value ? "true" : "false")
    }

    /// Writes `null`.
    package mutating func null() {
        append(word: "null")
    }

    /// Writes a member with a string.
    package mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    /// Writes a member with a whole number.
    package mutating func member(_ name: String, _ value: Int) {
        key(name)
        number(value)
    }

    /// Writes a member with `true` or `false`.
    package mutating func member(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// Writes a member with an array of strings.
    package mutating func member(_ name: String, _ values: [String]) {
        key(name)
        array { for value in values { $0.string(value) } }
    }

    // MARK: - The grammar

    private mutating func open(_ bracket: UInt8) {
        separate()
        append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { append(UInt8(ascii: ",")) }
    }

    private mutating func append(_ byte: UInt8) {
        extend(atMost: 1) { room in
            room[0] = byte
            return 1
        }
    }

    private mutating func append(word: String) {
        separate()
        var word = word
        word.withUTF8 { word in
            extend(atMost: word.count) { room in
                for index in word.indices { room[index] = word[index] }
                return word.count
            }
        }
        needsComma = true
    }

    /// Appends what `body` writes, which returns how many bytes that is. The array is a little longer than what was
    /// written, so that it does not grow for each byte.
    private mutating func extend(atMost limit: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        if buffer.count - count < limit {
            buffer.append(contentsOf: repeatElement(0, count: max(limit, 4096)))
        }
        count += buffer.withUnsafeMutableBufferPointer { bytes in bytes.baseAddress.map { body($0 + count) } ?? 0 }
    }

    // MARK: - Strings

    /// Appends a string with its quotes.
    private mutating func append(string text: UnsafeBufferPointer<UInt8>) {
        separate()
        var rest = text[...]
        repeat {
            let piece = rest.prefix(256)
            rest = rest.dropFirst(piece.count)
            let isFirst = piece.startIndex == text.startIndex
            let isLast = rest.isEmpty
            var marks = 0
            extend(atMost: 6 * piece.count + 2) { room in
                var next = room
                if isFirst { Self.write(UInt8(ascii: "\""), to: &next) }
                Self.escape(UnsafeBufferPointer(rebasing: piece), to: &next, counting: &marks)
                if isLast { Self.write(UInt8(ascii: "\""), to: &next) }
                return next - room
            }
            escapes += marks
        } while !rest.isEmpty
        escapes += 2
        needsComma = true
    }

    /// Writes a text with its escapes, of which there are at most six bytes for each of its own, and counts those that are
    /// quotes and backslashes.
    private static func escape(
        _ text: UnsafeBufferPointer<UInt8>,
        to next: inout UnsafeMutablePointer<UInt8>,
        counting marks: inout Int
    ) {
        guard let source = text.baseAddress else { return }
        var index = 0
        while index < text.count {
            if index + 8 <= text.count {
                let word = UnsafeRawPointer(source + index).loadUnaligned(as: UInt64.self)
                if JSONString.marks(in: word) == 0 {
                    UnsafeMutableRawPointer(next).storeBytes(of: word, as: UInt64.self)
                    next += 8
                    index += 8
                    continue
                }
            }
            for byte in UnsafeBufferPointer(start: source + index, count: min(8, text.count - index)) {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                    marks += 2
                    write(UInt8(ascii: "\\"), to: &next)
                    write(byte, to: &next)
                } else if byte < 0x20 {
                    marks += 1
                    write(UInt8(ascii: "\\"), to: &next)
                    writeEscape(of: byte, to: &next)
                } else {
                    write(byte, to: &next)
                }
            }
            index += min(8, text.count - index)
        }
    }

    private static func write(_ byte: UInt8, to next: inout UnsafeMutablePointer<UInt8>) {
        next.pointee = byte
        next += 1
    }

    /// Writes what stands for a control character behind a backslash.
    private static func writeEscape(of byte: UInt8, to next: inout UnsafeMutablePointer<UInt8>) {
        func hexadecimal(_ digit: UInt8) -> UInt8 {
            digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        }
        switch byte {
        case 0x0A: write(UInt8(ascii: "n"), to: &next)
        case 0x0D: write(UInt8(ascii: "r"), to: &next)
        case 0x09: write(UInt8(ascii: "t"), to: &next)
        default:
            for digit in "u00".utf8 { write(digit, to: &next) }
            write(hexadecimal(byte >> 4), to: &next)
            write(hexadecimal(byte & 15), to: &next)
        }
    }
}
