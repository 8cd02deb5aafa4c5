import Foundation

extension HTTPServer {
    /// A header field as it came, or as it is sent.
    package struct Field: Equatable, Sendable {
        /// The name, in the case in which it came.
        package var name: String
        /// The value, without blanks around it.
        package var value: String

        /// A header field.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        /// Whether it has that name, whatever the case of its ASCII letters.
        func isNamed(_ other: String) -> Bool {
            name.utf8.elementsEqual(other.utf8) { left, right in
                left == right || left ^ right == 0x20 && (0x61...0x7A).contains(left | 0x20)
            }
        }
    }

    /// A request that came whole.
    package struct Request: Sendable {
        /// `GET`, `POST` …
        package var method: String
        /// The request target as it was sent: path and query, percent-encoded.
        package var target: String
        /// The header fields in the order in which they came.
        package var headers: [Field]
        /// The body, without its framing.
        package var body: Data
        /// Which of the server's connections it came on, counted from 1.
        package let connection: Int
        /// When it had come whole.
        package let arrival: ContinuousClock.Instant
        package let isConnected: @Sendable () -> Bool

        /// A request; `arrival` is now.
        package init(
            method: String,
            target: String,
            headers: [Field] = [],
            body: Data = Data(),
            connection: Int = 1,
            isConnected: @escaping @Sendable () -> Bool = { true }
        ) {
            self.method = method
            self.target = target
            self.headers = headers
            self.body = body
            self.connection = connection
            self.arrival = .now
            self.isConnected = isConnected
        }

        /// The target without its query.
        package var path: String {
            String(target.prefix { $0 != "?" })
        }

        /// The query without its question mark, as it was sent; empty if there is none.
        package var query: String {
            target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) } ?? ""
        }

        /// The value of the first field of that name, whatever its case.
        package subscript(name: String) -> String? {
            headers.first { $0.isNamed(name) }?.value
        }
    }

    /// What the server does with a request.
    package struct Reply: Sendable {
        /// The ways to answer, or not to.
        package enum Action: Sendable {
            /// A response.
            case respond(Response)
            /// These bytes as they are; then the connection ends, or waits for the next request.
            case send([UInt8], keepAlive: Bool)
            /// These bytes, and then the others again and again for as long as the peer takes them.
            ///
            /// - Parameter pause: seconds between two times.
            case flood([UInt8], endlessly: [UInt8], pause: Double = 0)
            /// TLS goes on and on about itself: it negotiates again (TLS 1.2), or hands out session tickets (TLS 1.3).
            case handshakes
            /// The connection ends without a word.
            case drop
            /// Nothing is sent for as long as the peer stays.
            case hang
        }

        /// Seconds until anything happens.
        package var delay: Double
        /// What happens.
        package var action: Action

        /// A reply.
        package init(_ action: Action, after delay: Double = 0) {
            self.action = action
            self.delay = delay
        }

        /// A response.
        package static func response(_ status: Int, _ headers: [Field] = [], _ body: Data = Data()) -> Reply {
            Reply(.respond(Response(status: status, headers: headers, body: body)))
        }

        /// A response whose body is JSON.
        package static func json(_ status: Int, _ body: JSONValue, _ headers: [Field] = []) -> Reply {
            .response(status, [Field("Content-Type", "application/json")] + headers, body.text())
        }

        /// Text as it is, line ends included; then the connection ends, or waits for the next request.
        package static func raw(_ text: String, keepAlive: Bool = false) -> Reply {
            Reply(.send(Array(text.utf8), keepAlive: keepAlive))
        }

        /// The connection ends without a word.
        package static let drop = Reply(.drop)
        /// Nothing is sent for as long as the peer stays.
        package static let hang = Reply(.hang)
    }

    /// A response to be sent.
    package struct Response: Sendable {
        /// How the end of the body is told.
        package enum Framing: Sendable {
            /// Content-Length.
            case length
            /// Content-Length with a number that may be a lie; then the connection ends.
            case stated(Int)
            /// Transfer-Encoding: chunked, in pieces of that many bytes.
            case chunked(Int)
        }

        /// A body that comes slowly: that many bytes, then a pause of so many seconds, and so on.
        package struct Pace: Sendable {
            /// Bytes at a time.
            package var bytes: Int
            /// Seconds in between.
            package var pause: Double

            /// A pace.
            package init(bytes: Int, pause: Double) {
                self.bytes = bytes
                self.pause = pause
            }
        }

        /// The status code.
        package var status: Int
        /// What follows the status code; nil: the code's usual phrase.
        package var reason: String?
        /// The header fields, without the framing's.
        package var headers: [Field]
        /// The body.
        package var body: Data
        /// How the end of the body is told.
        package var framing: Framing
        /// How fast the body comes; nil: at once.
        package var pace: Pace?

        /// A response.
        package init(
            status: Int,
            reason: String? = nil,
            headers: [Field] = [],
            body: Data = Data(),
            framing: Framing = .length,
            pace: Pace? = nil
        ) {
            self.status = status
            self.reason = reason
            self.headers = headers
            self.body = body
            self.framing = framing
            self.pace = pace
        }

        /// Whether the status allows a body at all (RFC 9110, section 6.4.1).
        var hasBody: Bool {
            status >= 200 && status != 204 && status != 304
        }

        /// The status line and the header fields, up to the empty line.
        ///
        /// - Parameter confirms: whether the peer, which speaks HTTP/1.0, has to be told that the connection stays.
        func head(keepAlive: Bool, confirms: Bool = false) -> [UInt8] {
            var text = "HTTP/1.1 \(status) \(reason ?? reasonPhrase(status))\r\n"
            for field in headers { text += "\(field.name): \(field.value)\r\n" }
            switch framing {
            case .length: if hasBody { text += "Content-Length: \(body.count)\r\n" }
            case .stated(let count): text += "Content-Length: \(count)\r\n"
            case .chunked: text += "Transfer-Encoding: chunked\r\n"
            }
            if !keepAlive {
                text += "Connection: close\r\n"
            } else if confirms {
                text += "Connection: keep-alive\r\n"
            }
            return Array((text + "\r\n").utf8)
        }
    }
}

/// The usual phrase of a status code (RFC 9110, section 15).
package func reasonPhrase(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 301: "Moved Permanently"
    case 302: "Found"
    case 304: "Not Modified"
    case 307: "Temporary Redirect"
    case 308: "Permanent Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 408: "Request Timeout"
    case 410: "Gone"
    case 413: "Content Too Large"
    case 421: "Misdirected Request"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: "Status \(status)"
    }
}
