import Foundation
import LocalLambda
import Loopback
import TestSupport
import Testing

@testable import HTTPClient

private let head = "HTTP/1.1 200 OK\r\n"

@Suite("A failing exchange", .waits)
struct FailureTests {
    @Test(
        "An answer that ends too early, or is no HTTP, is a lost connection",
        arguments: [
            "", "\r\n\r\n", "garbage", "garbage\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
            "HTTP/9.9 200 OK\r\n\r\n",
            "HTTP/1.1 200", head + "Content-Length: 5\r\n", head + "Content-Length: 5\r\n\r\nab",
            head + "Content-Length: 99999999999\r\n\r\n[]", head + "Content-Length: x\r\n\r\n",
            head + "Content-Length: 99999999999999999999\r\n\r\n[]", head + "Content-Length: \r\n\r\n[]",
            head + "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
            head + "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
            head + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabcde\r\n0\r\n\r\n",
            head + "Transfer-Encoding: chunked\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
        ]
    )
    func brokenAnswer(text: String) throws {
        let server = try ScriptedServer([.bytes(text)], afterwards: .accepted)
        defer { server.stop() }
        let connection = try connection()
        #expect(connection.get(server.origin).failure == "connectionLost")
        #expect(try connection.get(server.origin).get().status == 202)
    }

    @Test("A dropped connection is told apart from one that never stood")
    func dropped() throws {
        let server = try ScriptedServer([.reply(.drop)])
        #expect(try connection().get(server.origin).failure == "connectionLost")
        server.stop()
        #expect(try connection().get(server.origin).failure == "cannotConnect")
        #expect(try connection().get("http://127.0.0.1:1/").failure == "cannotConnect")
    }

    @Test("A request is sent once, even if the connection had served others before", arguments: ["", "HTTP/1.1 "])
    func sentOnce(rest: String) throws {
        for method in [HTTPRequest.Method.get, .post(Array("a".utf8))] {
            let server = try ScriptedServer([.reply(.accepted), .bytes(rest)], afterwards: .accepted)
            defer { server.stop() }
            let connection = try connection()
            #expect(connection.get(server.origin).failure == nil)
            let result = Result { () throws(HTTPError) in
                try connection.exchange(HTTPRequest(method, server.origin), timeout: 5)
            }
            #expect(result.failure == "connectionLost")
            #expect(server.requests.count == 2)
            #expect(connection.get(server.origin).failure == nil)
        }
    }

    @Test("A connection that the server has closed meanwhile is opened again")
    func closedMeanwhile() throws {
        let closing = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        let server = try ScriptedServer([.bytes(closing), .bytes(closing)], afterwards: .accepted)
        defer { server.stop() }
        let connection = try connection()
        for _ in 1...3 {
            #expect(connection.get(server.origin).failure == nil)
            if server.connectionCount < 3 { #expect(server.waitForNoConnection()) }
        }
        #expect(server.connectionCount == 3)
    }

    @Test("A streamed body that ends too early ends the exchange, and says so")
    func cutShort() throws {
        let server = try ScriptedServer([], afterwards: .accepted)
        defer { server.stop() }
        let connection = try connection()
        let stream = HTTPBodyStream(count: 100_000) {
            AnyIterator([[UInt8](repeating: 0, count: 99_999)].makeIterator())
        }
        #expect(throws: HTTPError.client("the body ended too early")) {
            try connection.exchange(HTTPRequest(.postStream(stream), server.origin), timeout: 5)
        }
        #expect(connection.get(server.origin).failure == nil)
    }

    @Test("An answer that takes too long times out, and the next exchange is a new one")
    func answerTimeout() throws {
        let slow = HTTPServer.Response(status: 200, body: Data(count: 1000), pace: .init(bytes: 10, pause: 0.1))
        let replies: [HTTPServer.Reply] = [
            .hang, .init(.respond(slow)), HTTPServer.Reply.init(.respond(.init(status: 200)), after: 5),
        ]
        for reply in replies {
            let server = try ScriptedServer([.reply(reply)], afterwards: .accepted)
            defer { server.stop() }
            let connection = try connection()
            let time = ContinuousClock().measure {
                #expect(connection.get(server.origin, timeout: 0.2).failure == "answerTimedOut")
            }
            #expect(time > .seconds(0.15) && time < .seconds(4))
            #expect(try connection.get(server.origin).get().status == 202)
        }
    }

    @Test("A timeout of one exchange is not that of the next")
    func timeoutIsReset() throws {
        let late = HTTPServer.Reply(.respond(.init(status: 200)), after: 0.4)
        let server = try ScriptedServer([.reply(.accepted), .reply(late)])
        defer { server.stop() }
        let connection = try connection()
        #expect(connection.get(server.origin, timeout: 0.2).failure == nil)
        #expect(connection.get(server.origin, timeout: nil).failure == nil)
    }

    @Test("A handshake that takes too long is a connection that never stood")
    func connectTimeout() throws {
        let silent = try HTTPServer { _ in .hang }
        defer { silent.stop() }
        let options = HTTPOptions(connectTimeout: 0.3, bodyLimit: 10)
        let connection = try HTTPConnection(options)
        let time = ContinuousClock().measure {
            #expect(connection.get("https://127.0.0.1:\(silent.port)/").failure == "connectTimedOut")
        }
        #expect(time < .seconds(10))
    }

    @Test("A body is taken up to its limit, and not a byte more")
    func bodyLimit() throws {
        func answer(_ count: Int, _ framing: HTTPServer.Response.Framing) -> ScriptedServer.Step {
            .reply(.init(.respond(.init(status: 200, body: Data(count: count), framing: framing))))
        }
        for (count, isTaken) in [(0, true), (99_999, true), (100_000, true), (100_001, false), (5_000_000, false)] {
            let server = try ScriptedServer(
                [answer(count, .length), answer(count, .chunked(1000))],
                afterwards: .accepted
            )
            defer { server.stop() }
            let connection = try connection(bodyLimit: 100_000)
            for _ in 1...2 {
                let result = connection.get(server.origin)
                #expect(result.failure == (isTaken ? nil : "bodyTooLarge"))
                if isTaken { #expect(try result.get().body.count == count) }
            }
            #expect(connection.get(server.origin).failure == nil)
        }
    }

    @Test(
        "What is no http or https URL is refused",
        arguments: [
            "", "file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1 x", "gopher://127.0.0.1/", "http://", "://",
        ]
    )
    func protocols(url: String) throws {
        let failure = try connection().get(url).failure
        #expect(failure == "client" || failure == "cannotResolve")
    }

    @Test("An error's reason is for people: one line, and not empty")
    func reasons() {
        let errors: [HTTPError] = [
            .cannotResolve("a"), .cannotConnect("b"), .connectTimedOut("c"), .answerTimedOut("d"), .certificate("e"),
            .connectionLost("f"), .client("g"),
        ]
        #expect(errors.map(\.reason) == ["a", "b", "c", "d", "e", "f", "g"])
        #expect(!HTTPError.bodyTooLarge.reason.isEmpty)
    }
}
