/// A text that has the shape of a name, as it is judged: in lower case, with plain dots and its labels. Its memory is
/// used again for the next one.
///
/// A class, so that it stands in one place and is freed with the last who uses it.
final class Name {
    private typealias Traits = Characters.Traits

    /// Bytes of a text at most; no name is nearly as long.
    static let limit = 1_024
    /// A letter's lower case may take more bytes than the letter.
    private static let capacity = limit * 4

    private let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    /// What is known of each byte's character.
    private let traits = UnsafeMutablePointer<Traits>.allocate(capacity: capacity)
    /// Where each label begins, and where one would begin behind the last.
    private let starts = UnsafeMutablePointer<Int>.allocate(capacity: capacity + 2)
    private var start = 0
    private var end = 0
    private(set) var labelCount = 0
    private let characters: Characters

    init(_ characters: Characters) {
        self.characters = characters
    }

    deinit {
        bytes.deallocate()
        traits.deallocate()
        starts.deallocate()
    }

    // MARK: - Reading

    /// Takes the host characters of the range. False if they are too many.
    func read(_ text: Bytes, _ range: Range<Int>) -> Bool {
        var index = range.lowerBound
        var last = range.upperBound
        while index < last, text[index] == UInt8(ascii: ".") || text[index] == Refanging.dot || text[index] == 0x2D {
            index += 1
        }
        var hasUnderscore = false
        while last > index {
            let byte = text[last - 1]
            guard byte == UInt8(ascii: ".") || byte == Refanging.dot || byte == 0x2D || byte == 0x5F else { break }
            hasUnderscore = hasUnderscore || byte == 0x5F
            last -= 1
        }
        // _emphasis_
        if hasUnderscore { while index < last, text[index] == 0x5F { index += 1 } }
        guard last - index <= Self.limit else { return false }
        start = 0
        end = 0
        while index < last {
            let byte = text[index]
            if byte < 0x80 {
                append(byte == Refanging.dot ? UInt8(ascii: ".") : byte)
                index += 1
            } else {
                index += append(text, index)
            }
        }
        findLabels()
        return true
    }

    @inline(__always)
    private func append(_ byte: UInt8) {
        let isUpper = byte >= 0x41 && byte <= 0x5A
        bytes[end] = isUpper ? byte | 0x20 : byte
        traits[end] = isUpper ? [.letter, .upper] : isLetter(byte) ? [.letter, .lower] : []
        end += 1
    }

    /// Takes a character beyond ASCII; returns its length in the text.
    private func append(_ text: Bytes, _ index: Int) -> Int {
        guard let (scalar, length) = text.scalar(at: index) else { return 1 }
        let character = characters[scalar]
        for byte in character.lowercase {
            bytes[end] = byte
            traits[end] = character.traits
            end += 1
        }
        return length
    }

    private func findLabels() {
        starts[0] = start
        labelCount = 1
        for index in start..<end where bytes[index] == UInt8(ascii: ".") {
            starts[labelCount] = index + 1
            labelCount += 1
        }
        starts[labelCount] = end + 1
    }

    /// Leaves out the last bytes.
    func dropLast(_ count: Int) {
        end -= count
        findLabels()
    }

    // MARK: - The whole

    /// The name's bytes, until the next is read.
    var text: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes + start, count: end - start)
    }

    var hasEmptyLabel: Bool {
        for number in 0..<labelCount where starts[number + 1] - starts[number] == 1 { return true }
        return false
    }

    var hasLetter: Bool { has(.letter, start..<end) }
    var hasUppercase: Bool { has(.upper, start..<end) }
    var hasLowercase: Bool { has(.lower, start..<end) }
    var beginsWithUppercase: Bool { start < end && traits[start].contains(.upper) }

    private func has(_ trait: Traits, _ range: Range<Int>) -> Bool {
        for index in range where traits[index].contains(trait) { return true }
        return false
    }

    // MARK: - Labels

    func label(_ number: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes + starts[number], count: starts[number + 1] - starts[number] - 1)
    }

    /// Whether one of them begins with a mark that belongs to a character before it.
    var hasLabelOfMark: Bool {
        (0..<labelCount).contains { starts[$0] < end && traits[starts[$0]].contains(.mark) }
    }

    /// From the last one on.
    func label(fromEnd number: Int) -> UnsafeBufferPointer<UInt8> {
        label(labelCount - 1 - number)
    }

    var lastLabelHasLetter: Bool {
        has(.letter, starts[labelCount - 1]..<end)
    }

    /// Whether the last label is written like the first word of a sentence.
    var lastLabelIsCapitalized: Bool {
        let first = starts[labelCount - 1]
        guard first < end, traits[first].contains(.upper) else { return false }
        for index in (first + 1)..<end {
            // A character's further bytes say nothing new.
            let isFurther = bytes[index] & 0xC0 == 0x80
            if !isFurther, !traits[index].contains(.lower) { return false }
        }
        return true
    }
}
