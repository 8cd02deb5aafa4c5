/// Words, each with a number, found by their bytes without a `String`.
///
/// `@unchecked Sendable`: the memory is written once, before anything else sees it, and neither changed nor freed.
struct WordTable: @unchecked Sendable {
    private struct Word {
        let start: Int
        let count: Int
        let number: UInt8
    }

    private let text: UnsafeMutablePointer<UInt8>
    private let words: UnsafeMutablePointer<Word>
    /// A word's index and one; 0: none. At least half of them are free.
    private let slots: UnsafeMutablePointer<UInt16>
    private let mask: Int

    init(_ numbers: [String: UInt8]) {
        var size = 16
        while size < numbers.count * 2 { size *= 2 }
        mask = size - 1
        slots = .allocate(capacity: size)
        slots.initialize(repeating: 0, count: size)
        words = .allocate(capacity: numbers.count)
        text = .allocate(capacity: numbers.keys.reduce(0) { $0 + $1.utf8.count })
        var start = 0
        for (index, (word, number)) in numbers.enumerated() {
            for (offset, byte) in word.utf8.enumerated() { (text + start + offset).initialize(to: byte) }
            (words + index).initialize(to: Word(start: start, count: word.utf8.count, number: number))
            var slot = Self.hash(text + start, word.utf8.count) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt16(index + 1)
            start += word.utf8.count
        }
    }

    init(_ words: [String]) {
        self.init(Dictionary(words.map { ($0, 0) }) { first, _ in first })
    }

    /// The word's number; nil for none of the words.
    func number(of word: some Collection<UInt8>) -> UInt8? {
        word.withContiguousStorageIfAvailable { buffer in
            buffer.baseAddress.flatMap { number($0, buffer.count) }
        } ?? nil
    }

    func contains(_ word: some Collection<UInt8>) -> Bool {
        number(of: word) != nil
    }

    private func number(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt8? {
        var slot = Self.hash(bytes, count) & mask
        while slots[slot] != 0 {
            let word = words[Int(slots[slot]) - 1]
            if word.count == count {
                var offset = 0
                while offset < count, text[word.start + offset] == bytes[offset] { offset += 1 }
                if offset == count { return word.number }
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// FNV-1a. The words are known beforehand, so that no text can bring more of them into one place.
    private static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var hash: UInt32 = 2_166_136_261
        for offset in 0..<count { hash = (hash ^ UInt32(bytes[offset])) &* 16_777_619 }
        return Int(hash ^ hash >> 15)
    }
}
