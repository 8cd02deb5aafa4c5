import Loopback

/// Over TLS, and over HTTP/2 (RFC 9113): the server reads nothing, and sends frames half a second after the connection
/// stands, when the request is there.
extension EndlessFault {
    static let tls = [
        EndlessFault("SecurityTrails asks to negotiate TLS 1.2 again without end", .handshakes, .upstreamOverTLS12),
        EndlessFault("SecurityTrails hands out TLS 1.3 session tickets without end", .handshakes, .upstreamOverTLS13),
    ]

    static let http2 = [
        flood("body is empty HTTP/2 frames", after: ok, frame(.data, 1), time: 30),
        flood("body is HTTP/2 frames of padding", after: ok, frame(.data, 1, flags: 8, [255] + zeros(255))),
        flood("HTTP/2 settings are sent", frame(.settings, 0, [0, 3, 0, 0, 0, 100])),
        flood("HTTP/2 pings are sent", frame(.ping, 0, zeros(8))),
        flood("HTTP/2 stream is reset", frame(.reset, 1, [0, 0, 0, 8])),
        flood("HTTP/2 priorities are sent", frame(.priority, 1, [0, 0, 0, 0, 16])),
        flood("HTTP/2 windows are widened by one", frame(.windowUpdate, 1, [0, 0, 0, 1])),
        flood("HTTP/2 header is continued with nothing", after: frame(.headers, 1, [0x88]), frame(.continuation, 1)),
        flood("HTTP/2 header is continued", after: frame(.headers, 1, [0x88]), frame(.continuation, 1, field)),
        flood("HTTP/2 interim responses are sent", frame(.headers, 1, flags: 4, [8, 3] + Array("103".utf8))),
        flood("HTTP/2 pushes are promised", frame(.pushPromise, 1, flags: 4, [0, 0, 0, 2, 0x82])),
        flood("HTTP/2 farewells are sent", frame(.goAway, 0, zeros(8))),
        flood("HTTP/2 frames of no known type are sent", frame(.unknown, 1, zeros(8))),
        flood("HTTP/2 body of a stream that is not there is sent", frame(.data, 7, zeros(8))),
        // A field of 4,000 bytes goes into the table of fields once, and is then named by a byte (RFC 7541).
        EndlessFault(
            "SecurityTrails' HTTP/2 header unpacks to 40 MB",
            .send(
                settings
                    + frame(
                        .headers,
                        1,
                        flags: 4,
                        [0x88, 0x40, 1, 0x78, 0x7F, 0xA1, 0x1E] + zeros(4000, of: 0x79) + zeros(10_000, of: 0xBE)
                    ),
                keepAlive: false
            ),
            after: 0.5,
            .upstreamOverHTTP2
        ),
        EndlessFault(
            "SecurityTrails' HTTP/2 frame is larger than agreed on",
            .send(settings + [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1] + zeros(65_536), keepAlive: false),
            after: 0.5,
            .upstreamOverHTTP2
        ),
        EndlessFault(
            "SecurityTrails speaks no HTTP/2 after all",
            .send(Array("HTTP/1.1 200 OK\r\n\r\n{}".utf8), keepAlive: false),
            .upstreamOverHTTP2
        ),
    ]

    private enum FrameType: UInt8 {
        case data, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation
        case unknown = 0xF0
    }

    private static let settings = frame(.settings, 0)
    /// The status 200.
    private static let ok = frame(.headers, 1, flags: 4, [0x88])
    /// `x: y`, which goes into no table.
    private static let field: [UInt8] = [0, 1, 0x78, 1, 0x79]

    private static func zeros(_ count: Int, of byte: UInt8 = 0) -> [UInt8] {
        [UInt8](repeating: byte, count: count)
    }

    private static func frame(_ type: FrameType, _ stream: UInt8, flags: UInt8 = 0, _ payload: [UInt8] = []) -> [UInt8]
    {
        let count = payload.count
        return [UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255), type.rawValue, flags, 0, 0, 0, stream]
            + payload
    }

    /// Frames of one kind without end.
    private static func flood(
        _ what: String,
        after head: [UInt8] = [],
        _ frame: [UInt8],
        time: Double = 8
    ) -> EndlessFault {
        let piece = Array(repeating: frame, count: max(16_384 / frame.count, 1)).flatMap(\.self)
        return EndlessFault(
            "SecurityTrails' \(what) without end",
            .flood(settings + head, endlessly: piece),
            after: 0.5,
            .upstreamOverHTTP2,
            time: time
        )
    }
}
