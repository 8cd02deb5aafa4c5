/// The head of a response (RFC 9112, section 4): its status, and its fields, which are read when one is asked for.
struct HeaderLines {
    /// The status code.
    let status: Int
    /// Whether it is of HTTP/1.0, in which a connection ends with the response.
    let isOld: Bool
    private let bytes: [UInt8]

    /// Reads a head up to its empty line; nil for what is none.
    init?(_ bytes: [UInt8]) {
        let line = bytes.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        guard line.count >= 12, line.starts(with: "HTTP/1.".utf8), line.count == 12 || line[12] == UInt8(ascii: " "),
            let status = Int(String(decoding: line[9..<12], as: UTF8.self)), (100..<600).contains(status)
        else { return nil }
        self.status = status
        isOld = line[7] == UInt8(ascii: "0")
        self.bytes = bytes
    }

    /// The value of the first field of that name, whatever its case, without blanks around it.
    subscript(name: StaticString) -> String? {
        bytes.withUnsafeBufferPointer { bytes in
            let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
            var start = 0
            while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = bytes[start..<end]
                start = end + 1
                guard line.count > name.count, line[line.startIndex + name.count] == UInt8(ascii: ":"),
                    zip(line, name).allSatisfy({ Self.lowercase($0) == Self.lowercase($1) })
                else { continue }
                var value = line.dropFirst(name.count + 1).drop { $0 <= UInt8(ascii: " ") }
                while let last = value.last, last <= UInt8(ascii: " ") { value.removeLast() }
                return String(decoding: value, as: UTF8.self)
            }
            return nil
        }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

extension Slice<UnsafeMutableRawBufferPointer> {
    /// The length of a head with its empty line, if all of it is there.
    ///
    /// - Parameter start: how many bytes are known not to begin that line.
    func endOfHead(from start: Int) -> Int? {
        guard count >= start + 4 else { return nil }
        var index = startIndex + start
        while index + 4 <= endIndex {
            if self[index] == 13, self[index + 1] == 10, self[index + 2] == 13, self[index + 3] == 10 {
                return index + 4 - startIndex
            }
            index += 1
        }
        return nil
    }
}
