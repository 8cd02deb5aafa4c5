#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

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
        bytes.withUnsafeBytes { bytes in
            let count = name.utf8CodeUnitCount
            var rest = bytes[...]
            while let end = rest.firstLineFeed {
                let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
                rest = rest[(end + 1)...]
                guard line.count > count, line[count] == UInt8(ascii: ":"), let start = line.baseAddress,
                    strncasecmp(start, name.utf8Start, count) == 0
                else { continue }
                var value = line[(count + 1)...].drop { $0 <= UInt8(ascii: " ") }
                while let last = value.last, last <= UInt8(ascii: " ") { value.removeLast() }
                return String(decoding: value, as: UTF8.self)
            }
            return nil
        }
    }
}

extension Slice<UnsafeRawBufferPointer> {
    /// Where the next line feed is.
    var firstLineFeed: Int? {
        guard let start = base.baseAddress?.advanced(by: startIndex),
            let found = memchr(start, Int32(UInt8(ascii: "\n")), count)
        else { return nil }
        return startIndex + start.distance(to: found)
    }

    /// The length of a head with its empty line, if all of it is there.
    ///
    /// - Parameter start: how many bytes are known not to end that line.
    func endOfHead(from start: Int) -> Int? {
        var rest = self[(startIndex + Swift.min(start, count))...]
        while let end = rest.firstLineFeed {
            let length = end + 1 - startIndex
            if length >= 4, self[end - 1] == 13, self[end - 2] == 10, self[end - 3] == 13 { return length }
            rest = self[(end + 1)...]
        }
        return nil
    }
}
