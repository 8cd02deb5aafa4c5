import Foundation

/// A few kilobytes of gzip in gzip in gzip that unpack to gigabytes, of which the last layer leaves nothing: a client that
/// bounds what it is handed has nothing to count.
enum Bomb {
    /// gzip in so many layers.
    static let layers = 3

    static let body: Data = {
        // An empty stored block (RFC 1951, section 3.2.4), again and again.
        let nothing = Deflated(prefix: header, period: [0, 0, 0, 0xFF, 0xFF])
        // Four repetitions fill whole bytes, so the compressed form has a period of its own.
        return Data(
            header + Deflated(prefix: header + nothing.prefix, period: nothing.period).bytes(repetitions: 150_000)
        )
    }()

    /// The header of gzip (RFC 1952).
    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
}

/// A deflated text of a prefix and a period that never ends (RFC 1951, section 3.2.6), in a form that never ends either.
private struct Deflated {
    /// The compressed bytes before their own period begins.
    let prefix: [UInt8]
    /// The compressed period.
    let period: [UInt8]

    init(prefix text: [UInt8], period textPeriod: [UInt8]) {
        var bits = Bits()
        bits.append(0b1, count: 1)
        bits.append(0b01, count: 2)
        for byte in text + textPeriod { bits.append(literal: byte) }
        let start = bits.count
        for _ in 0..<32 { bits.append(matchAtDistance: textPeriod.count) }
        // A match has 14 bits, so four of them are seven bytes, wherever they begin.
        let first = (start + 7) / 8
        prefix = Array(bits.bytes[..<first])
        period = Array(bits.bytes[first..<(first + 7)])
    }

    /// The compressed bytes with so many of their periods.
    func bytes(repetitions: Int) -> [UInt8] {
        var bytes = prefix
        for _ in 0..<repetitions { bytes += period }
        return bytes
    }
}

/// Bits as deflate packs them: the first into a byte's lowest bit.
private struct Bits {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    mutating func append(_ value: Int, count width: Int) {
        for index in 0..<width {
            if count % 8 == 0 { bytes.append(0) }
            bytes[count / 8] |= UInt8(value >> index & 1) << UInt8(count % 8)
            count += 1
        }
    }

    /// Huffman codes begin with their highest bit.
    private mutating func append(code: Int, count width: Int) {
        for index in (0..<width).reversed() { append(code >> index & 1, count: 1) }
    }

    mutating func append(literal byte: UInt8) {
        if byte < 144 {
            append(code: 0x30 + Int(byte), count: 8)
        } else {
            append(code: 0x190 + Int(byte) - 144, count: 9)
        }
    }

    /// 258 bytes again, from a distance of 5 to 8.
    mutating func append(matchAtDistance distance: Int) {
        append(code: 0b1100_0101, count: 8)
        append(code: distance < 7 ? 4 : 5, count: 5)
        append((distance - 5) % 2, count: 1)
    }
}
