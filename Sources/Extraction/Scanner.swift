/// Goes once through a plain text and reports what it comes across.
struct Scanner: ~Copyable {
    let text: Bytes
    var report = Report()
    let characters: Characters
    let name: Name
    let judgement = NameJudgement()
    /// What is being put together.
    var value: [UInt8] = []
    var index = 0
    /// What the characters before belong to.
    var tail = Tail.none
    /// Whether the line, or the line that it continues, is an e-mail's header field of identifiers.
    var holdsIdentifiers = false
    /// The last word without a dot.
    var word = 0..<0
    /// Where no IPv6 address begins before, because what is there was looked at.
    var noIPv6Before = 0
    /// Where no local part of an e-mail address ends before.
    var noLocalPartBefore = 0

    /// What the characters before belong to.
    enum Tail {
        /// Nothing: names and addresses are looked for.
        case none
        /// A path, in which only URLs and e-mail addresses are looked for.
        case path
        /// A query, in which the values are looked at too.
        case query
    }

    init(_ text: Bytes) {
        self.text = text
        characters = Characters()
        name = Name(characters)
    }

    mutating func scan() {
        beginLine()
        while index < text.count {
            let byte = text[index]
            switch CharacterClass.of(byte) {
            case .host: scanWord()
            case .nonASCII: if isHost(at: index) { scanWord() } else { end() }
            case .blank:
                if byte == UInt8(ascii: "\n") {
                    end()
                    beginLine()
                } else {
                    end()
                }
            case .separator: end()
            case .colon: scanColon()
            case .slash: scanSlash()
            case .query:
                if tail != .none || isHostBefore { tail = .query }
                index += 1
            case .other:
                // "user+@example.com": no word stands before the sign.
                if byte == UInt8(ascii: "@"), text[index - 1] == UInt8(ascii: "+"), scanMail(from: index, at: index) {
                    continue
                }
                index += 1
            }
        }
    }

    /// A character that ends whatever it is in.
    private mutating func end() {
        tail = .none
        index += text[index] < 0x80 ? 1 : text.scalar(at: index)?.length ?? 1
    }

    private var isHostBefore: Bool {
        index > 0 && CharacterClass.of(text[index - 1]) == .host
    }

    // MARK: - Characters

    enum CharacterClass: UInt8 {
        case host, nonASCII, blank, separator, colon, slash, query, other

        @inline(__always)
        static func of(_ byte: UInt8) -> CharacterClass {
            switch byte {
            case Refanging.dot, UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                .host
            case 0x80...: .nonASCII
            case 0...0x20, 0x7F: .blank
            case UInt8(ascii: ":"): .colon
            case UInt8(ascii: "/"), UInt8(ascii: "\\"): .slash
            case UInt8(ascii: "?"), UInt8(ascii: "#"): .query
            case UInt8(ascii: "="), UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "%"), UInt8(ascii: "@"),
                UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "("),
                UInt8(ascii: "["):
                .other
            default: .separator
            }
        }
    }

    /// Whether a letter, a digit or a mark of any script begins here.
    func isHost(at index: Int) -> Bool {
        switch CharacterClass.of(text[index]) {
        case .host: return true
        case .nonASCII:
            guard let (scalar, _) = text.scalar(at: index) else { return false }
            return characters[scalar].traits.contains(.host)
        default: return false
        }
    }

    /// Where the host characters from here on end. Two dots, and Chinese or Japanese that runs into Latin, are an end
    /// too.
    func endOfHost(from start: Int) -> Int {
        var end = start
        while end < text.count {
            let byte = text[end]
            switch CharacterClass.of(byte) {
            case .host:
                if byte == UInt8(ascii: "."), text[end + 1] == UInt8(ascii: ".") { return max(end, start + 1) }
                if end > start, isLetter(byte), text[end - 1] >= 0x80, isIdeograph(before: end) { return end }
                end += 1
            case .nonASCII:
                guard let (scalar, length) = text.scalar(at: end) else { return end }
                let character = characters[scalar]
                guard character.traits.contains(.host) else { return end }
                // "İ" and the Kelvin sign become Latin.
                if end > start, isLetter(character.lowercase.first), isIdeograph(before: end) { return end }
                end += length
            default: return end
            }
        }
        return end
    }

    private func isIdeograph(before index: Int) -> Bool {
        guard let scalar = text.scalar(at: index - 3), scalar.length == 3 else { return false }
        return (0x2E80...0x9FFF).contains(scalar.scalar.value) || (0xAC00...0xD7AF).contains(scalar.scalar.value)
    }

    // MARK: - Lines

    private mutating func beginLine() {
        // A folded header field goes on.
        if holdsIdentifiers, text[index] == 0x20 || text[index] == 0x09 { return }
        holdsIdentifiers =
            text.matches("message-id:", at: index) || text.matches("in-reply-to:", at: index)
            || text.matches("references:", at: index) || text.matches("content-id:", at: index)
    }

    /// Whether the last word, which is close, ends in one of these.
    func follows(_ words: [StaticString]) -> Bool {
        guard !word.isEmpty, index - word.upperBound <= 6 else { return false }
        for position in word.upperBound..<index where text[position] == UInt8(ascii: "\n") { return false }
        for wanted in words {
            let start = word.upperBound - wanted.utf8CodeUnitCount
            if start >= word.lowerBound, text.matches(wanted, at: start) { return true }
        }
        return false
    }
}
