import Foundation
import LocalLambda
import Loopback
import TestSupport
import Testing

@testable import HTTPClient

@Suite("A hostile server", .waits)
struct HostileServerTests {
    private func connection() throws -> HTTPConnection {
        try HTTPConnection(HTTPOptions(connectTimeout: 3, bodyLimit: 1 << 20, acceptsCompressed: true))
    }

    @Test(
        "Only one gzip and chunked are decoded; any other coding ends the exchange",
        arguments: [
            "Content-Encoding: gzip, gzip", "content-encoding:gzip,gzip,gzip", "Content-Encoding: br",
            "Content-Encoding: deflate", "Content-Encoding: gzip\r\nContent-Encoding: gzip", "Content-Encoding: ",
            "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: gzip", "TRANSFER-ENCODING: chunked, chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip",
        ]
    )
    func codings(fields: String) throws {
        let server = try ScriptedServer([.bytes("HTTP/1.1 200 OK\r\n\(fields)\r\nContent-Length: 0\r\n\r\n")])
        defer { server.stop() }
        #expect(try connection().get(server.origin).failure == "connectionLost")
    }

    @Test(
        "One gzip and chunked are taken, whatever their case",
        arguments: ["Content-Encoding:  GZIP ", "Transfer-Encoding: Chunked", "Content-Encoding: identity"]
    )
    func knownCodings(field: String) throws {
        let body = field.contains("GZIP") ? Gzip.stored(Data("ab".utf8)) : Data("ab".utf8)
        let length = field.contains("Chunked") ? "" : "Content-Length: \(body.count)\r\n"
        let framed = field.contains("Chunked") ? Data("2\r\nab\r\n0\r\n\r\n".utf8) : body
        let bytes = Array("HTTP/1.1 200 OK\r\n\(field)\r\n\(length)\r\n".utf8) + framed
        let server = try HTTPServer { _ in .init(.send(bytes, keepAlive: false)) }
        defer { server.stop() }
        #expect(try connection().get(server.origin).get().body == Array("ab".utf8))
    }

    @Test(
        "A header or a status line without end ends its own request only",
        arguments: ["HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nX: "]
    )
    func endlessLine(head: String) throws {
        let flood = HTTPServer.Reply(.flood(Array(head.utf8), endlessly: Array(repeating: 0x78, count: 16_384)))
        let server = try HTTPServer { $0.path == "/bad" ? flood : .accepted }
        defer { server.stop() }
        let connection = try connection()
        #expect(connection.get(server.origin + "/bad").failure == "connectionLost")
        #expect(try connection.get(server.origin).get().status == 202)
    }

    @Test("The watchdog ends an endless answer inside one call of libcurl, and the client is of use afterwards")
    func watchdog() throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let frames: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0] + [0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88]
        let empty = Array(repeating: [UInt8]([0, 0, 0, 0, 0, 0, 0, 0, 1]), count: 1_800).flatMap(\.self)
        let flood = HTTPServer.Reply(.flood(frames, endlessly: empty), after: 0.3)
        let server = try HTTPServer(tls: certificates.identity(.good), http2: true) { _ in flood }
        defer { server.stop() }
        let multi = try HTTPMulti(
            HTTPOptions(connectTimeout: 3, bodyLimit: 1 << 20, authorities: .bundle(certificates.authority)),
            connections: 4
        )
        let kind = try HTTPServer(tls: certificates.identity(.good)) { _ in .accepted }
        defer { kind.stop() }
        // An earlier request that had more time: the watchdog must not sleep until that one's end.
        _ = try multi.start(HTTPRequest(.get, kind.origin), timeout: 30)
        #expect(try multi.wait(until: .now + 10).first?.1.get().status == 202)
        let begin = MonotonicTime.now
        _ = try multi.start(HTTPRequest(.get, server.origin), timeout: 1)
        let ended = try multi.wait(until: .now + 20)
        #expect(ended.map(\.1.failure) == ["answerTimedOut"])
        #expect(MonotonicTime.now - begin < 10)
        _ = try multi.start(HTTPRequest(.get, kind.origin), timeout: 5)
        #expect(try multi.wait(until: .now + 10).first?.1.get().status == 202)
    }

    @Test("A connection that idles longer than its requests had is used again")
    func idle() throws {
        let server = try HTTPServer { _ in .accepted }
        defer { server.stop() }
        let multi = try HTTPMulti(HTTPOptions(connectTimeout: 3, bodyLimit: 1 << 20), connections: 4)
        for _ in 1...2 {
            _ = try multi.start(HTTPRequest(.get, server.origin), timeout: 0.2)
            #expect(try multi.wait(until: .now + 5).first?.1.get().status == 202)
            Thread.sleep(forTimeInterval: 1)
        }
        #expect(server.connectionCount == 1)
    }

    @Test(
        "A proxy that libcurl cannot read is named by its variable, and only if it would be used",
        arguments: [
            ("http://user:p#ss@proxy:3128", false), ("http://user:p@ss@proxy:3128", false),
            ("http://user:p%00ss@proxy:3128", false), ("http://us%0Aer@proxy:3128", false), ("http://pr%00xy", false),
            ("http://user:p ss@proxy:3128", false), ("ftp://proxy", false), ("http://proxy:x", false),
            ("http://", false),
            ("http://user:p%23ss@proxy:3128", true), ("proxy:3128", true), ("ftp.example.com", true),
            ("socks5h://[::1]:1080", true), ("", true),
        ]
    )
    func proxies(text: String, isReadable: Bool) {
        #expect((HTTPOptions.unreadableProxy(environment: ["https_proxy": text]) == nil) == isReadable)
        #expect(HTTPOptions.unreadableProxy(environment: ["HTTPS_PROXY": "http://proxy", "ALL_PROXY": text]) == nil)
        #expect(HTTPOptions.unreadableProxy(environment: ["http_proxy": text]) == nil)
    }
}
