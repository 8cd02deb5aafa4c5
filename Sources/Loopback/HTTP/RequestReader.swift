import Foundation

/// Reads HTTP/1.1 requests (RFC 9112) off a connection, one after the other, within bounds.
struct RequestReader {
    /// Why there is no request, and what the peer is told before the connection ends.
    struct Refusal: Error {
        let status: Int
        let message: String
    }

    /// What a request is made of, besides where it came from.
    struct Parts {
        var method: String
        var target: String
        var version: String
        var headers: [HTTPServer.Field]
        var body = Data()
        var keepAlive = true

        /// The values of a field, whatever the case of its name.
        func values(_ name: String) -> [String] {
            headers.filter { $0.isNamed(name) }.map(\.value)
        }
    }

    let connection: Connection
    let limits: HTTPServer.Limits
    private var buffer: [UInt8] = []

    init(_ connection: Connection, limits: HTTPServer.Limits) {
        self.connection = connection
        self.limits = limits
    }

    /// The next request; nil if the peer has no more.
    mutating func next() throws(Refusal) -> Parts? {
        if buffer.isEmpty {
            guard connection.read(into: &buffer, seconds: limits.idle) else { return nil }
        }
        let end = ContinuousClock.now + .seconds(limits.request)
        guard let head = try readHead(until: end) else { return nil }
        var parts = try Self.parse(head)
        parts.keepAlive = keepsAlive(parts)
        try readBody(into: &parts, until: end)
        return parts
    }

    // MARK: - Head

    private mutating func readHead(until end: ContinuousClock.Instant) throws(Refusal) -> [UInt8]? {
        var searched = 0
        while true {
            if let index = Self.endOfHead(buffer, from: searched), index <= limits.head {
                let head = Array(buffer[..<index])
                buffer.removeFirst(index + 4)
                return head
            }
            searched = max(0, buffer.count - 3)
            guard buffer.count <= limits.head else {
                throw Refusal(status: 431, message: "The header is larger than \(limits.head) bytes.")
            }
            try more(until: end)
        }
    }

    private static func endOfHead(_ buffer: [UInt8], from start: Int) -> Int? {
        guard buffer.count >= start + 4 else { return nil }
        return (start...buffer.count - 4).first { index in
            buffer[index] == 13 && buffer[index + 1] == 10 && buffer[index + 2] == 13 && buffer[index + 3] == 10
        }
    }

    private static func parse(_ head: [UInt8]) throws(Refusal) -> Parts {
        let lines = lines(of: head)
        let words = lines[0].split(separator: 0x20, omittingEmptySubsequences: false).map(text)
        guard words.count == 3, !words[0].isEmpty, words[1].hasPrefix("/") || words[1] == "*" else {
            throw Refusal(status: 400, message: "The request line is no request line.")
        }
        guard words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
            throw Refusal(status: 505, message: "Only HTTP/1.1 is spoken here.")
        }
        var headers: [HTTPServer.Field] = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy({ (0x21...0x7E).contains($0) })
            else { throw Refusal(status: 400, message: "A header line is no header line.") }
            headers.append(HTTPServer.Field(text(line[..<colon]), text(trimmed(line[(colon + 1)...]))))
        }
        return Parts(method: words[0], target: words[1], version: words[2], headers: headers)
    }

    /// What stands between the line ends, CR LF each.
    private static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        for index in bytes.indices.dropLast() where bytes[index] == 13 && bytes[index + 1] == 10 {
            lines.append(bytes[start..<index])
            start = index + 2
        }
        return lines + [bytes[start...]]
    }

    /// Without the blanks and tabs around it.
    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let start = bytes.drop(while: isBlank)
        return start.prefix(upTo: start.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start.startIndex)
    }

    /// UTF-8 if it is that, else Latin-1, so that no byte is lost.
    private static func text(_ bytes: some Collection<UInt8>) -> String {
        String(validating: bytes, as: UTF8.self) ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    private func keepsAlive(_ parts: Parts) -> Bool {
        let options = parts.values("connection").joined(separator: ",").lowercased()
        return parts.version == "HTTP/1.1" ? !options.contains("close") : options.contains("keep-alive")
    }

    // MARK: - Body

    private mutating func readBody(into parts: inout Parts, until end: ContinuousClock.Instant) throws(Refusal) {
        let codings = parts.values("transfer-encoding")
        let lengths = Set(parts.values("content-length"))
        guard codings.isEmpty || lengths.isEmpty, lengths.count <= 1 else {
            throw Refusal(status: 400, message: "The length of the body is stated in two ways.")
        }
        if !codings.isEmpty {
            guard codings == ["chunked"] else {
                throw Refusal(status: 501, message: "The only transfer coding here is chunked.")
            }
            inviteBody(of: parts)
            parts.body = try readChunks(until: end)
        } else if let text = lengths.first {
            guard let length = Int(text), length >= 0, text.allSatisfy(\.isNumber) else {
                throw Refusal(status: 400, message: "Content-Length is no number.")
            }
            try checkSize(length)
            if length > 0 { inviteBody(of: parts) }
            parts.body = try take(length, until: end)
        }
    }

    private func inviteBody(of parts: Parts) {
        let expectations = parts.values("expect").map { $0.lowercased() }
        guard buffer.isEmpty, expectations.contains("100-continue") else { return }
        _ = connection.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }

    private mutating func readChunks(until end: ContinuousClock.Instant) throws(Refusal) -> Data {
        var body = Data()
        while true {
            let line = try takeLine(until: end)
            let digits = line.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
            guard digits.first?.isHexDigit == true, let size = Int(digits, radix: 16) else {
                throw Refusal(status: 400, message: "The size of a chunk is no number.")
            }
            if size == 0 { break }
            try checkSize(size)
            try checkSize(body.count + size)
            body += try take(size, until: end)
            guard try takeLine(until: end).isEmpty else {
                throw Refusal(status: 400, message: "A chunk is longer than its size.")
            }
        }
        while try !takeLine(until: end).isEmpty {}
        return body
    }

    private func checkSize(_ count: Int) throws(Refusal) {
        guard count <= limits.body else {
            throw Refusal(status: 413, message: "The body is larger than \(limits.body) bytes.")
        }
    }

    // MARK: - Bytes

    private mutating func take(_ count: Int, until end: ContinuousClock.Instant) throws(Refusal) -> Data {
        while buffer.count < count { try more(until: end) }
        defer { buffer.removeFirst(count) }
        return Data(buffer[..<count])
    }

    private mutating func takeLine(until end: ContinuousClock.Instant) throws(Refusal) -> String {
        while true {
            if let index = buffer.firstIndex(of: 10) {
                var line = buffer[..<index]
                buffer.removeFirst(index + 1)
                if line.last == 13 { line.removeLast() }
                return Self.text(line)
            }
            guard buffer.count <= limits.head else {
                throw Refusal(status: 400, message: "A line of a chunked body does not end.")
            }
            try more(until: end)
        }
    }

    private mutating func more(until end: ContinuousClock.Instant) throws(Refusal) {
        let seconds = (end - .now) / .seconds(1)
        guard connection.read(into: &buffer, seconds: seconds) else {
            throw Refusal(status: 408, message: "The request did not come whole.")
        }
    }
}
