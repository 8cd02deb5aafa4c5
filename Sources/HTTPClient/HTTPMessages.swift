#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One request.
public struct HTTPRequest: Sendable {
    /// What a request asks the server to do, with what it sends along.
    public enum Method: Sendable {
        /// GET.
        case get
        /// POST, with its body.
        case post([UInt8])
    }

    /// The method and the body.
    public var method: Method
    /// An absolute http or https URL, percent-encoded; it is sent as it stands.
    public var url: String
    /// Lines of the form `Name: value`. A name without a value after the colon takes out a header of libcurl's own.
    public var headers: [String]

    /// A request.
    public init(_ method: Method, _ url: String, headers: [String] = []) {
        self.method = method
        self.url = url
        self.headers = headers
    }
}

/// What came back, whatever its status.
public struct HTTPResponse: Sendable {
    /// The status code.
    public let status: Int
    /// The header fields.
    public let headers: HTTPHeaders
    /// The body, decoded.
    public let body: Data
    /// Seconds that `Retry-After`, a number or a date, asks to wait.
    public let retryAfter: Double?
}

/// The header fields of a response as they came, read when one is asked for.
public struct HTTPHeaders: Sendable {
    /// The header lines, each with its line end.
    var lines: [UInt8] = []

    /// The value of the first field of that name, whatever its case, without blanks around it.
    public subscript(name: String) -> String? {
        let name = Array(name.utf8)
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon - line.startIndex == name.count,
                zip(line, name).allSatisfy({ Self.lowercase($0) == Self.lowercase($1) })
            else { continue }
            var value = line[(colon + 1)...].drop(while: Self.isBlank)
            while let last = value.last, Self.isBlank(last) { value.removeLast() }
            return String(decoding: value, as: UTF8.self)
        }
        return nil
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}

/// Why no response came. The text is libcurl's own word for it, without a line end.
public enum HTTPError: Error, Equatable {
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
    public var reason: String {
        switch self {
        case .cannotResolve(let text), .cannotConnect(let text), .connectTimedOut(let text), .answerTimedOut(let text),
            .certificate(let text), .connectionLost(let text), .client(let text):
            text
        case .bodyTooLarge: "the answer is too large"
        }
    }
}
