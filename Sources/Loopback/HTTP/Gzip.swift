import Foundation

/// gzip (RFC 1952) around blocks that are stored and not compressed (RFC 1951, section 3.2.4): all that it takes to
/// have a client unpack something, without another library.
package enum Gzip {
    package static func stored(_ data: Data) -> Data {
        var out = Data([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
        var rest = data[...]
        repeat {
            let block = rest.prefix(65_535)
            rest = rest.dropFirst(block.count)
            out.append(rest.isEmpty ? 1 : 0)
            out.append(littleEndian: UInt16(block.count))
            out.append(littleEndian: ~UInt16(block.count))
            out.append(block)
        } while !rest.isEmpty
        out.append(littleEndian: checksum(data))
        out.append(littleEndian: UInt32(truncatingIfNeeded: data.count))
        return out
    }

    /// CRC-32 as in RFC 1952, section 8.
    private static func checksum(_ data: Data) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in data {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
        }
        return ~sum
    }
}

extension Data {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
