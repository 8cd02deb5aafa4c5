/// Writes JSON (RFC 8259) straight into a buffer: in the order in which it is written, so that equal answers are equal
/// bytes; without a tree of values in between; and with its own size known all the time, so that an answer can be cut
/// before it grows too large. (JSONEncoder takes fifty times as long and ten times the memory for 30,000 relations.)
///
/// Commas and colons are the writer's; keys and nesting are the caller's.
package struct JSONWriter {
    /// What was written.
    package private(set) var bytes: [UInt8] = []
    /// Bytes that get a backslash inside another JSON text: the quotes and backslashes among `bytes`.
    private var escapes = 0
    private var needsComma = false

    /// A writer of nothing yet, with room for `capacity` bytes.
    package init(capacity: Int = 1024) {
        bytes.reserveCapacity(capacity)
    }

    /// How many bytes `bytes` takes as a string inside another JSON text, its own quotes left out.
    package var embeddedCount: Int {
        bytes.count + escapes
    }

    /// Writes what `body` writes, and takes it back if `body` returns false or `embeddedCount` would pass `limit`.
    /// Returns whether it stands.
    package mutating func write(within limit: Int, _ body: (inout JSONWriter) -> Bool) -> Bool {
        let (count, escapes, needsComma) = (bytes.count, escapes, needsComma)
        guard body(&self), embeddedCount <= limit else {
            bytes.removeLast(bytes.count - count)
            (self.escapes, self.needsComma) = (escapes, needsComma)
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
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string, in as few escapes as RFC 8259 asks for.
    package mutating func string(_ value: String) {
        separate()
        quote()
        var value = value
        value.withUTF8 { append(escaping: $0) }
        quote()
        needsComma = true
    }

    /// Writes a whole JSON text, or any UTF-8, as a string.
    package mutating func string(embedding text: [UInt8]) {
        separate()
        quote()
        text.withUnsafeBufferPointer { append(escaping: $0) }
        quote()
        needsComma = true
    }

    /// Writes a whole number.
    package mutating func number(_ value: Int) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
        needsComma = true
    }

    /// Writes a number in the fewest digits that read as the same one. JSON has no infinity, but numbers that are too
    /// large for a Double (`1e999`); what is no number is null.
    package mutating func number(_ value: Double) {
        separate()
        let digits = value.isNaN ? "null" : value.isInfinite ? (value < 0 ? "-1e999" : "1e999") : "\(value)"
        bytes.append(contentsOf: digits.utf8)
        needsComma = true
    }

    /// Writes `true` or `false`.
    package mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
        needsComma = true
    }

    /// Writes `null`.
    package mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
        needsComma = true
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
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func quote() {
        bytes.append(UInt8(ascii: "\""))
        escapes += 1
    }

    /// Appends the runs between bytes that need an escape whole, which is nearly always all there is.
    private mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
        var run = text.startIndex
        for index in text.indices where Self.needsEscape(text[index]) {
            bytes.append(contentsOf: text[run..<index])
            escape(text[index])
            run = index + 1
        }
        bytes.append(contentsOf: text[run...])
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        escapes += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(byte)
            escapes += 1
        case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
        default:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }
}
