import Foundation
import Loopback

/// Over HTTP/1.1 (RFC 9112), to SecurityTrails and to a proxy.
extension EndlessFault {
    static let codings =
        [
            EndlessFault("SecurityTrails' body is gzip in gzip in gzip", bomb("Content-Encoding")),
            EndlessFault("SecurityTrails' body is gzip in gzip in gzip, in transfer", bomb("Transfer-Encoding")),
        ]
        + ["deflate", "br", "zstd", "compress", "gzip, br", "identity, gzip", "aes128gcm"].map { coding in
            EndlessFault(
                "SecurityTrails' body is coded as \(coding)",
                .send(
                    bytes("HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: 4\r\n\r\n{} \n"),
                    keepAlive: true
                )
            )
        }

    static let http1 = [
        EndlessFault(
            "SecurityTrails' status line never ends",
            .flood(bytes("HTTP/1.1 200 "), endlessly: bytes("O", 16_384)),
            time: 30
        ),
        EndlessFault(
            "SecurityTrails' header never ends",
            .flood(bytes("HTTP/1.1 200 OK\r\nX: "), endlessly: bytes("x", 16_384))
        ),
        EndlessFault(
            "SecurityTrails' header has fields without end",
            .flood(bytes("HTTP/1.1 200 OK\r\n"), endlessly: bytes("X: y\r\n", 1_000))
        ),
        EndlessFault(
            "SecurityTrails' header has folded lines without end",
            .flood(bytes("HTTP/1.1 200 OK\r\nX: y\r\n"), endlessly: bytes(" y\r\n", 1_000))
        ),
        EndlessFault(
            "SecurityTrails' interim responses never end",
            .flood([], endlessly: bytes("HTTP/1.1 103 Early Hints\r\n\r\n", 500))
        ),
        EndlessFault(
            "SecurityTrails' interim responses have fields without end",
            .flood(
                [],
                endlessly: bytes("HTTP/1.1 100 Continue\r\n" + String(repeating: "X: y\r\n", count: 50) + "\r\n", 20)
            )
        ),
        EndlessFault(
            "SecurityTrails' trailer never ends",
            .flood(bytes(chunkedHead + "0\r\n"), endlessly: bytes("X: y\r\n", 1_000))
        ),
        EndlessFault(
            "SecurityTrails' chunk has an extension without end",
            .flood(bytes(chunkedHead + "1;x="), endlessly: bytes("y", 16_384))
        ),
        EndlessFault(
            "SecurityTrails' chunk has a size without end",
            .flood(bytes(chunkedHead), endlessly: bytes("0", 16_384))
        ),
        EndlessFault("SecurityTrails' chunk has a size over 64 bits", sent(chunkedHead + "FFFFFFFFFFFFFFFFF\r\nx\r\n")),
        EndlessFault("SecurityTrails' chunk has a negative size", sent(chunkedHead + "-1\r\nx\r\n")),
        EndlessFault("SecurityTrails' length is negative", sent("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}")),
        EndlessFault("SecurityTrails' length is no number", sent("HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\n{")),
        EndlessFault(
            "SecurityTrails' length is over 64 bits",
            sent("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}")
        ),
        EndlessFault(
            "SecurityTrails sends its status line a byte a second",
            .flood(bytes("HTTP/1.1 200 "), endlessly: bytes("O"), pause: 1)
        ),
        EndlessFault(
            "SecurityTrails sends its header a byte a second",
            .flood(bytes("HTTP/1.1 200 OK\r\nX: "), endlessly: bytes("x"), pause: 1)
        ),
        EndlessFault(
            "SecurityTrails sends its body a byte a second",
            .flood(bytes(chunkedHead), endlessly: bytes("1\r\n \r\n"), pause: 1)
        ),
        EndlessFault(
            "SecurityTrails sends an interim response a second",
            .flood([], endlessly: bytes("HTTP/1.1 102 Processing\r\n\r\n"), pause: 1)
        ),
        EndlessFault(
            "SecurityTrails changes to another protocol",
            sent("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
        ),
        EndlessFault("SecurityTrails answers without a header", sent("{}\r\n")),
    ]

    static let proxies =
        [
            EndlessFault(
                "a proxy refuses with an answer that never ends",
                .flood(
                    bytes("HTTP/1.1 407 Proxy Authentication Required\r\nTransfer-Encoding: chunked\r\n\r\n"),
                    endlessly: bytes("8\r\nxxxxxxxx\r\n", 20_000)
                ),
                .proxy,
                time: 30
            ),
            EndlessFault(
                "a proxy's header has fields without end",
                .flood(bytes("HTTP/1.1 200 OK\r\n"), endlessly: bytes("X: y\r\n", 1_000)),
                .proxy
            ),
            EndlessFault(
                "a proxy's interim responses never end",
                .flood([], endlessly: bytes("HTTP/1.1 103 Early Hints\r\n\r\n", 500)),
                .proxy
            ),
            EndlessFault(
                "a proxy sends its header a byte a second",
                .flood(bytes("HTTP/1.1 200 OK\r\nX: "), endlessly: bytes("x"), pause: 1),
                .proxy
            ),
            EndlessFault(
                "a proxy's tunnel leads to no TLS",
                .flood(bytes("HTTP/1.1 200 OK\r\n\r\n"), endlessly: bytes("x", 16_384)),
                .proxy
            ),
            EndlessFault(
                "a proxy's tunnel leads to records of TLS that are empty",
                // Of the type for alerts, with no content (RFC 8446, section 5.1).
                .flood(bytes("HTTP/1.1 200 OK\r\n\r\n"), endlessly: [21, 3, 3, 0, 0]),
                .proxy
            ),
            EndlessFault("a proxy never answers", .hang, .proxy),
            EndlessFault("a proxy ends the connection", .drop, .proxy),
        ]
        + [
            "302 Found\r\nLocation: http://127.0.0.1:1/", "401 Unauthorized\r\nWWW-Authenticate: Basic",
            "407 No\r\nProxy-Authenticate: Digest realm=\"x\", nonce=\"y\"", "200 OK\r\nContent-Length: 9",
            "204 No Content", "502 Bad Gateway",
        ].map { answer in
            EndlessFault(
                "a proxy answers CONNECT with \(answer.prefix { $0 != "\r\n" })",
                .send(bytes("HTTP/1.1 \(answer)\r\n\r\n"), keepAlive: false),
                .proxy
            )
        }

    private static let chunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static func bytes(_ text: String, _ times: Int = 1) -> [UInt8] {
        Array(String(repeating: text, count: times).utf8)
    }

    private static func sent(_ text: String) -> HTTPServer.Reply.Action {
        .send(bytes(text), keepAlive: false)
    }

    private static func bomb(_ field: String) -> HTTPServer.Reply.Action {
        let codings = Array(repeating: "gzip", count: Bomb.layers).joined(separator: ", ")
        let headers = [HTTPServer.Field(field, codings)]
        return .respond(HTTPServer.Response(status: 200, headers: headers, body: Bomb.body))
    }
}
