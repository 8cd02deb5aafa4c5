import Foundation
import LocalLambda
import Loopback
import Testing

@testable import HTTPClient

@Suite("Several exchanges at once")
struct MultiTests {
    /// The answers' texts, or the errors, by URL's last letter, until all have ended.
    private func run(_ multi: HTTPMulti) throws -> [String: String] {
        var ended: [String: String] = [:]
        let end = MonotonicTime.now + 10
        while multi.count > 0, MonotonicTime.now < end {
            for (exchange, result) in try multi.wait(until: end) {
                let name = String(exchange.request.url.suffix(1))
                #expect(exchange.isOver)
                if case .success(let response) = result {
                    ended[name] = String(decoding: response.body, as: UTF8.self)
                } else {
                    ended[name] = result.failure
                }
            }
        }
        return ended
    }

    @Test("They run side by side, and each has its own answer")
    func parallel() throws {
        let server = try HTTPServer { .init(.respond(.init(status: 200, body: Data($0.target.utf8))), after: 0.3) }
        defer { server.stop() }
        let multi = try HTTPMulti(HTTPOptions(bodyLimit: 100), connections: 8)
        let begin = MonotonicTime.now
        for name in "abcdefgh" { _ = try multi.start(HTTPRequest(.get, "\(server.origin)/\(name)"), timeout: 5) }
        #expect(multi.count == 8)
        #expect(try run(multi) == Dictionary(uniqueKeysWithValues: "abcdefgh".map { (String($0), "/\($0)") }))
        #expect(MonotonicTime.now - begin < 1.5 && multi.count == 0)
    }

    @Test("No more connections are open than were allowed, and they are used again")
    func connections() throws {
        let server = try HTTPServer { .init(.respond(.init(status: 200, body: Data($0.target.utf8))), after: 0.02) }
        defer { server.stop() }
        let multi = try HTTPMulti(HTTPOptions(bodyLimit: 100), connections: 2)
        for name in "abcdefgh" { _ = try multi.start(HTTPRequest(.get, "\(server.origin)/\(name)"), timeout: 5) }
        #expect(try run(multi).count == 8)
        #expect(server.connectionCount <= 2)
    }

    @Test("One that fails leaves the others alone")
    func failures() throws {
        let server = try HTTPServer { request in
            switch request.target {
            case "/d": .drop
            case "/h": .hang
            case "/l": .response(200, [], Data(count: 101))
            default: .response(200, [], Data("ok".utf8))
            }
        }
        defer { server.stop() }
        let multi = try HTTPMulti(HTTPOptions(bodyLimit: 100), connections: 8)
        for name in "dhl12" {
            _ = try multi.start(HTTPRequest(.get, "\(server.origin)/\(name)"), timeout: name == "h" ? 0.3 : 5)
        }
        _ = try multi.start(HTTPRequest(.get, "http://127.0.0.1:1/r"), timeout: 5)
        #expect(
            try run(multi) == [
                "d": "connectionLost", "h": "answerTimedOut", "l": "bodyTooLarge", "r": "cannotConnect", "1": "ok",
                "2": "ok",
            ]
        )
    }

    @Test("Waiting ends at its moment, whatever is under way, and what is dropped is over")
    func waiting() throws {
        let server = try HTTPServer { _ in .hang }
        defer { server.stop() }
        let multi = try HTTPMulti(HTTPOptions(bodyLimit: 100), connections: 2)
        let exchange = try multi.start(HTTPRequest(.get, server.origin), timeout: 5)
        #expect(exchange.sentAt == nil)
        let begin = MonotonicTime.now
        #expect(try multi.wait(until: begin + 0.3).isEmpty)
        #expect(MonotonicTime.now - begin > 0.25 && MonotonicTime.now - begin < 1)
        #expect(exchange.sentAt != nil && !exchange.isOver)
        multi.cancelAll()
        #expect(exchange.isOver && multi.count == 0 && exchange.sentAt != nil)
        #expect(try multi.wait(until: begin).isEmpty)
    }

    @Test("A moment is as far away as it says, and no number of seconds is too many")
    func moments() {
        let now = MonotonicTime.now
        #expect(now + 1 > now && now + -1 < now)
        #expect(abs(((now + 2.5) - now) - 2.5) < 0.001)
        for seconds in [Double.infinity, -.infinity, .nan, .greatestFiniteMagnitude, -1e300] {
            _ = (now + seconds) - now
        }
        #expect(now + .infinity > now + 1_000_000 && now + -.infinity < now)
        #expect(((now + .infinity) + .infinity) > now)
    }
}
