/// What is known of characters beyond ASCII. Unicode's tables are searched once for each block of 64 characters that a text
/// has, because searching them again for each character would take longer than all the rest.
final class Characters {
    struct Traits: OptionSet {
        let rawValue: UInt8
        static let letter = Traits(rawValue: 1)
        static let upper = Traits(rawValue: 2)
        static let lower = Traits(rawValue: 4)
        /// It may stand in a name: a letter, a digit or a mark.
        static let host = Traits(rawValue: 8)
        /// It belongs to the character before it, so that no label begins with it (RFC 5891, section 4.2.3.2).
        static let mark = Traits(rawValue: 16)
    }

    struct Character {
        var traits: Traits = []
        /// Its lower case in UTF-8, if it may stand in a name.
        fileprivate(set) var lowercase = Lowercase()
    }

    /// Bytes in UTF-8, which begin with the lowest ones of a number.
    struct Lowercase: Sequence, IteratorProtocol {
        fileprivate var bytes: UInt32 = 0

        /// A zero for what may not stand in a name.
        var first: UInt8 { UInt8(truncatingIfNeeded: bytes) }

        @inline(__always)
        mutating func next() -> UInt8? {
            // No character has a zero in it.
            guard bytes != 0 else { return nil }
            defer { bytes >>= 8 }
            return UInt8(truncatingIfNeeded: bytes)
        }
    }

    private static let blockSize: UInt32 = 64

    /// Where each block begins in `characters`, and one; 0: not looked up yet.
    private var blocks = [Int32](repeating: 0, count: 0x11_0000 / Int(blockSize))
    private var characters: [Character] = []

    @inline(__always)
    subscript(scalar: Unicode.Scalar) -> Character {
        let block = Int(scalar.value / Self.blockSize)
        if blocks[block] == 0 { lookUp(block) }
        return characters[Int(blocks[block]) - 1 + Int(scalar.value % Self.blockSize)]
    }

    private func lookUp(_ block: Int) {
        blocks[block] = Int32(characters.count + 1)
        for offset in 0..<Self.blockSize {
            let scalar = Unicode.Scalar(UInt32(block) * Self.blockSize + offset)
            characters.append(scalar.map(Self.character) ?? Character())
        }
    }

    private static func character(_ scalar: Unicode.Scalar) -> Character {
        let properties = scalar.properties
        var character = Character()
        switch properties.generalCategory {
        case .uppercaseLetter: character.traits = [.host, .letter, .upper]
        case .lowercaseLetter: character.traits = [.host, .letter, .lower]
        case .titlecaseLetter, .modifierLetter, .otherLetter: character.traits = [.host, .letter]
        case .decimalNumber: character.traits = .host
        case .nonspacingMark, .spacingMark: character.traits = [.host, .mark]
        default: return character
        }
        // None is longer than four bytes.
        for byte in properties.lowercaseMapping.utf8.prefix(4).reversed() {
            character.lowercase.bytes = character.lowercase.bytes << 8 | UInt32(byte)
        }
        return character
    }
}
