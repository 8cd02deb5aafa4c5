import Foundation
import Loopback
import TestSupport
import Testing

@Suite struct HTTPServerTests {
    private func echo(limits: HTTPServer.Limits = HTTPServer.Limits()) throws -> HTTPServer {
        try HTTPServer(limits: limits) { request in
            let text = "\(request.method) \(request.target) \(request["x-test"] ?? "-") "
            return .response(200, [], Data(text.utf8) + request.body)
        }
    }

    @Test("several requests go over one connection, whether their bodies have a length or come in chunks")
    func keepAlive() throws {
        let server = try echo()
        defer { server.stop() }
        let client = RawClient(port: server.port)
        client.send("POST /a?b HTTP/1.1\r\nHost: localhost\r\nX-Test:  one \r\nContent-Length: 3\r\n\r\nabc")
        #expect(client.receive { $0.hasSuffix("POST /a?b one abc") }.hasPrefix("HTTP/1.1 200 OK\r\n"))
        client.send(
            "POST /b HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
        )
        #expect(client.receive { $0.hasSuffix("abcde") }.hasSuffix("POST /b - abcde"))
        client.send("GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /2 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let both = client.receive { $0.contains("/2 - ") }
        #expect(both.contains("GET /1 - ") && both.contains("GET /2 - "))
        #expect(server.connectionCount == 1)
    }

    @Test("the connection ends where the client wants that, and by default in HTTP/1.0")
    func close() throws {
        let server = try echo()
        defer { server.stop() }
        #expect(RawClient.exchange(server.port, "GET / HTTP/1.1").contains("Connection: close"))
        let old = RawClient(port: server.port)
        old.send("GET / HTTP/1.0\r\n\r\n")
        #expect(old.receive().hasSuffix("GET / - "))
    }

    @Test("a client that waits for 100 Continue gets it")
    func expectation() throws {
        let server = try echo()
        defer { server.stop() }
        let client = RawClient(port: server.port)
        client.send("POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        #expect(client.receive { $0.hasSuffix("\r\n\r\n") } == "HTTP/1.1 100 Continue\r\n\r\n")
        client.send("ok")
        #expect(client.receive { $0.hasSuffix("ok") }.hasSuffix("POST / - ok"))
    }

    @Test(
        "what is no request is refused with the status that says why, and the connection ends",
        arguments: [
            ("nonsense\r\n\r\n", 400),
            ("GET / HTTP/2\r\n\r\n", 505),
            ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nName : x\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n+0\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n-0\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +0\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n", 413),
            ("POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", 413),
            ("GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 600))\r\n\r\n", 431),
            ("GET / HTTP/1.1\r\nX: never ends", 408),
        ]
    )
    func refusals(text: String, status: Int) throws {
        var limits = HTTPServer.Limits()
        limits.head = 500
        limits.body = 1000
        limits.request = 0.3
        let server = try echo(limits: limits)
        defer { server.stop() }
        let client = RawClient(port: server.port)
        client.send(text)
        #expect(client.receive().hasPrefix("HTTP/1.1 \(status) "))
    }

    @Test("A connection that a client of HTTP/1.0 wants to keep is kept, and that is confirmed")
    func oldKeepAlive() throws {
        let server = try echo()
        defer { server.stop() }
        let client = RawClient(port: server.port)
        for path in ["/1", "/2"] {
            client.send("GET \(path) HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(client.receive { $0.hasSuffix(" - ") }.contains("\r\nConnection: keep-alive\r\n"))
        }
        #expect(server.connectionCount == 1)
    }

    @Test(
        "Every server refuses a Host that is not this machine's",
        arguments: [
            ("localhost:9000", 200), ("LOCALHOST", 200), ("127.0.0.1:1", 200), ("[::1]:1", 200), ("[::1]", 200),
            ("evil.example", 421), ("[::1].evil", 421), ("localhost:evil.example", 421), ("localhost:", 421),
            ("localhost.evil", 421), ("evil@localhost", 421), ("localhost:1:2", 421), ("", 421),
        ]
    )
    func hosts(host: String, status: Int) throws {
        let server = try echo()
        defer { server.stop() }
        let client = RawClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
        #expect(client.receive().hasPrefix("HTTP/1.1 \(status) "))
    }

    @Test(
        "A request without a Host, with two, or with a host in its target is refused",
        arguments: [
            ("GET / HTTP/1.1\r\n\r\n", 421), ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 421),
            ("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        ]
    )
    func hostless(text: String, status: Int) throws {
        let server = try echo()
        defer { server.stop() }
        let client = RawClient(port: server.port)
        client.send(text)
        #expect(client.receive().hasPrefix("HTTP/1.1 \(status) "))
    }

    @Test("a reply can lie about its length, come in chunks, drop, or never come")
    func replies() throws {
        let server = try HTTPServer { request in
            let body = Data("0123456789".utf8)
            switch request.path {
            case "/lie": return .init(.respond(.init(status: 200, body: body, framing: .stated(99))))
            case "/chunks": return .init(.respond(.init(status: 200, body: body, framing: .chunked(4))))
            case "/raw": return .raw("not even HTTP")
            case "/hang": return .hang
            default: return .drop
            }
        }
        defer { server.stop() }
        let liar = RawClient(port: server.port)
        liar.send("GET /lie HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let lie = liar.receive { $0.hasSuffix("0123456789") }
        #expect(liar.isEnded())
        #expect(lie.contains("Content-Length: 99\r\n") && lie.hasSuffix("\r\n\r\n0123456789"))
        let chunks = RawClient.exchange(server.port, "GET /chunks HTTP/1.1")
        #expect(chunks.hasSuffix("4\r\n0123\r\n4\r\n4567\r\n2\r\n89\r\n0\r\n\r\n"))
        #expect(RawClient.exchange(server.port, "GET /raw HTTP/1.1") == "not even HTTP")
        #expect(RawClient.exchange(server.port, "GET /drop HTTP/1.1") == "")
        let client = RawClient(port: server.port)
        client.send("GET /hang HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(!client.isEnded())
    }

    @Test("stop ends open connections, even one that hangs or waits, at once")
    func stop() throws {
        let server = try HTTPServer { request in
            request.path == "/hang" ? .hang : HTTPServer.Reply(.drop, after: 60)
        }
        let clients = ["/hang", "/wait"].map { path in
            let client = RawClient(port: server.port)
            client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return client
        }
        Thread.sleep(forTimeInterval: 0.2)
        let time = ContinuousClock().measure { server.stop() }
        #expect(time < .seconds(20))
        for client in clients { #expect(client.isEnded()) }
    }
}
