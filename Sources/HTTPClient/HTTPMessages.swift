/// One request.
package struct HTTPRequest: Sendable {
    /// What a request asks the server to do, with what it sends along.
    package enum Method: Sendable {
        /// GET.
        case get
        /// POST, with its body.
        case post([UInt8])
        /// PUT, with its body.
        case put([UInt8])
        /// POST, with a body that is read while it is sent.
        case postStream(HTTPBodyStream)
        /// PUT, with a body that is read while it is sent.
        case putStream(HTTPBodyStream)
        /// DELETE.
        case delete
    }

    /// The method and the body.
    package var method: Method
    /// An absolute http or https URL, percent-encoded; it is sent as it stands.
    package var url: String
    /// Lines of the form `Name: value`. A name without a value after the colon takes out a header of libcurl's own.
    package var headers: [String]
    /// What signs the request, if it goes to AWS.
    package var signature: AWSSignature?

    /// A request.
    package init(_ method: Method, _ url: String, headers: [String] = [], signature: AWSSignature? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.signature = signature
    }
}

/// What came back, whatever its status.
package struct HTTPResponse: Sendable {
    /// The status code.
    package let status: Int
    /// The header fields.
    package let headers: HTTPHeaders
    /// The body, decoded.
    package let body: [UInt8]
    /// Seconds that `Retry-After`, a number or a date, asks to wait.
    package let retryAfter: Double?
}

/// The header fields of a response as they came, read when one is asked for.
package struct HTTPHeaders: Sendable {
    /// The header lines, one behind the other, and where each ends.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// Bytes of all lines.
    var count: Int {
        bytes.count
    }

    mutating func append(line: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: line)
        ends.append(bytes.count)
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// The value of the first field of that name, whatever its case, without blanks around it.
    package subscript(name: StaticString) -> String? {
        bytes.withUnsafeBytes { bytes in
            var start = 0
            for end in ends {
                let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                start = end
                if let value = Self.value(of: line, named: name) { return value }
            }
            return nil
        }
    }

    /// The value of a header line if its field has that name, whatever its case, without blanks around it.
    static func value(of line: UnsafeRawBufferPointer, named name: StaticString) -> String? {
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard line.count > name.count, line[name.count] == UInt8(ascii: ":") else { return nil }
        for index in name.indices where lowercase(line[index]) != lowercase(name[index]) { return nil }
        return value(line[(name.count + 1)...])
    }

    private static func value(_ text: Slice<UnsafeRawBufferPointer>) -> String {
        var value = text.drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        return String(decoding: value, as: UTF8.self)
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte <= UInt8(ascii: " ")
    }
}

/// Why no response came. The text is libcurl's own word for it, without a line end.
package enum HTTPError: Error, Equatable {
    /// The name was not found: nothing was sent.
    case cannotResolve(String)
    /// The connection was refused, or there is no way there: nothing was sent.
    case cannotConnect(String)
    /// The name, the connection or the handshake took too long: nothing was sent.
    case connectTimedOut(String)
    /// The connection stands, and the answer took too long.
    case answerTimedOut(String)
    /// The server's certificate is not to be trusted, or there is nothing to verify it with.
    case certificate(String)
    /// The connection ended before the answer did, or what came is no HTTP.
    case connectionLost(String)
    /// The body is larger than what was allowed.
    case bodyTooLarge
    /// libcurl could not be set up; a fault of ours or of the machine.
    case client(String)
}

extension HTTPError {
    /// What went wrong, for people.
    package var reason: String {
        switch self {
        case .cannotResolve(let text), .cannotConnect(let text), .connectTimedOut(let text), .answerTimedOut(let text),
            .certificate(let text), .connectionLost(let text), .client(let text):
            text
        case .bodyTooLarge: "the answer is too large"
        }
    }
}
