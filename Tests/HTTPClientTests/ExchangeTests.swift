import Foundation
import LocalLambda
import Loopback
import Testing

@testable import HTTPClient

/// A connection with the usual options.
func connection(bodyLimit: Int = 1 << 20, authorities: HTTPOptions.Authorities = .none) throws -> HTTPConnection {
    try HTTPConnection(HTTPOptions(connectTimeout: 3, bodyLimit: bodyLimit, authorities: authorities))
}

extension HTTPConnection {
    /// What came of a GET.
    func get(_ url: String, timeout: Double? = 5) -> Result<HTTPResponse, HTTPError> {
        Result { () throws(HTTPError) in try exchange(HTTPRequest(.get, url), timeout: timeout) }
    }
}

extension Result where Success == HTTPResponse, Failure == HTTPError {
    /// The error's case, without libcurl's words.
    var failure: String? {
        guard case .failure(let error) = self else { return nil }
        return String("\(error)".prefix { $0 != "(" })
    }
}

@Suite("An exchange")
struct ExchangeTests {
    @Test("GET and POST go over one connection that is kept alive, and each is answered with its own")
    func keepAlive() throws {
        let server = try HTTPServer { request in
            .response(200, [], Data("\(request.method) \(request.target) \(request.body.count)".utf8))
        }
        defer { server.stop() }
        let connection = try connection()
        let bodies: [[UInt8]?] = [
            nil, Array("abc".utf8), nil, [], [UInt8](repeating: 0, count: 300_000), nil, [0xFF], nil,
        ]
        for (number, body) in bodies.enumerated() {
            let method = body.map { HTTPRequest.Method.post($0) } ?? .get
            let request = HTTPRequest(method, "\(server.origin)/\(number)?a=\(number)")
            let response = try connection.exchange(request, timeout: 5)
            let expected = "\(body == nil ? "GET" : "POST") /\(number)?a=\(number) \(body?.count ?? 0)"
            #expect(response.status == 200 && String(decoding: response.body, as: UTF8.self) == expected)
        }
        #expect(server.connectionCount == 1)
    }

    @Test("A POST's body arrives byte for byte, without waiting for '100 Continue'")
    func post() throws {
        let server = try ScriptedServer([], afterwards: .accepted)
        defer { server.stop() }
        let connection = try connection()
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let headers = ["Content-Type: application/json", "X-Own: a b"]
        let begin = MonotonicTime.now
        let sent = HTTPRequest(.post(body), server.origin + "/x", headers: headers)
        #expect(try connection.exchange(sent, timeout: 10).status == 202)
        #expect(MonotonicTime.now - begin < 0.9)
        let request = try #require(server.requests.first)
        #expect(request["Expect"] == nil && request["Transfer-Encoding"] == nil)
        #expect(request["Content-Length"] == "3000000" && request.body == Data(body))
        #expect(request["Content-Type"] == "application/json" && request["X-Own"] == "a b")
    }

    @Test("A streamed body arrives byte for byte and with its length, and so does what follows on the connection")
    func stream() throws {
        let server = try ScriptedServer([], afterwards: .accepted)
        defer { server.stop() }
        let connection = try connection()
        let pieces = [1, 0, 65_536, 3, 1_000_000].map { count in (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        }
        let body = Data(pieces.joined())
        let stream = HTTPBodyStream(count: body.count) { AnyIterator(pieces.makeIterator()) }
        let methods: [HTTPRequest.Method] = [
            .postStream(stream), .post([1]), .putStream(stream), .get,
            .postStream(.init(count: 0) { AnyIterator { nil } }),
        ]
        for method in methods { _ = try connection.exchange(HTTPRequest(method, server.origin), timeout: 5) }
        #expect(server.requests.map(\.method) == ["POST", "POST", "PUT", "GET", "POST"])
        #expect(server.requests.map(\.body) == [body, Data([1]), body, Data(), Data()])
        #expect(server.requests[0]["Content-Length"] == "\(body.count)" && server.requests[0]["Expect"] == nil)
    }

    @Test("A success's body goes to a sink if there is one, an error's to the response")
    func sink() throws {
        let server = try HTTPServer { request in
            .response(request.target == "/missing" ? 404 : 200, [], Data(repeating: 7, count: 300_000))
        }
        defer { server.stop() }
        let connection = try connection()
        var sunk = Data()
        func get(_ path: String, _ sink: ((UnsafeRawBufferPointer) -> Bool)?) throws -> Data {
            Data(try connection.exchange(HTTPRequest(.get, server.origin + path), timeout: 5, sink: sink).body)
        }
        let sink = { (bytes: UnsafeRawBufferPointer) in
            sunk.append(contentsOf: bytes)
            return true
        }
        #expect(try get("/", sink).isEmpty && sunk == Data(repeating: 7, count: 300_000))
        #expect(try get("/missing", sink).count == 300_000 && sunk.count == 300_000)
        #expect(try get("/", nil).count == 300_000)
        #expect(throws: HTTPError.self) { try get("/") { _ in false } }
    }

    @Test("The headers of one request do not go out with the next")
    func ownHeaders() throws {
        let server = try ScriptedServer([], afterwards: .accepted)
        defer { server.stop() }
        let connection = try connection()
        let lists = [["APIKEY: one"], [], ["APIKEY: two", "B: c"], ["B: c"], ["B: c"], ["User-Agent:", "Accept:"]]
        for headers in lists {
            _ = try connection.exchange(HTTPRequest(.get, server.origin, headers: headers), timeout: 5)
        }
        #expect(server.requests.map { $0["APIKEY"] } == ["one", nil, "two", nil, nil, nil])
        #expect(server.requests.map { $0["B"] } == [nil, nil, "c", "c", "c", nil])
        #expect(server.requests.last?["Accept"] == nil)
        #expect(server.requests.allSatisfy { $0["User-Agent"] == nil && $0["Accept-Encoding"] == nil })
    }

    @Test("A path goes out as it stands")
    func pathAsIs() throws {
        let server = try ScriptedServer([], afterwards: .accepted)
        defer { server.stop() }
        let targets = ["/a/../b/./c", "/a%2Fb%20?x=%41", "//a//b", "/a?x=y/../z"]
        for target in targets { _ = try connection().get(server.origin + target).get() }
        #expect(server.requests.map(\.target) == targets)
    }

    @Test("A compressed answer is asked for if that is wanted, and decoded")
    func compressed() throws {
        var answer = Scenario.Answer.text(String(repeating: "compressed ", count: 1000))
        answer.gzip = true
        let server = try StandInSecurityTrails(Scenario(fallback: answer))
        defer { server.stop() }
        let options = HTTPOptions(bodyLimit: 11_000, userAgent: "relay/1", acceptsCompressed: true)
        let response = try HTTPConnection(options).get(server.baseURL + "x").get()
        #expect(response.body == Array(String(repeating: "compressed ", count: 1000).utf8))
        let request = try #require(server.requests.first)
        #expect(request["Accept-Encoding"] == "gzip" && request["User-Agent"] == "relay/1")
        let tight = HTTPOptions(bodyLimit: 10_999, acceptsCompressed: true)
        #expect(try HTTPConnection(tight).get(server.baseURL + "x").failure == "bodyTooLarge")
    }

    @Test("A redirect is an answer, and nobody goes there", arguments: [301, 302, 303, 307, 308])
    func redirect(status: Int) throws {
        let other = try ScriptedServer([], afterwards: .accepted)
        let server = try ScriptedServer([.reply(.response(status, [.init("Location", other.origin + "/stolen")]))])
        defer {
            server.stop()
            other.stop()
        }
        let request = HTTPRequest(.get, server.origin + "/", headers: ["APIKEY: secret"])
        let response = try connection().exchange(request, timeout: 5)
        #expect(response.status == status && response.headers["location"] == other.origin + "/stolen")
        #expect(other.connectionCount == 0)
    }

    @Test(
        "Every status is an answer, with a body or without",
        arguments: [200, 202, 204, 304, 400, 403, 404, 413, 429, 500, 599]
    )
    func status(status: Int) throws {
        let server = try ScriptedServer([], afterwards: .response(status, [], Data("why".utf8)))
        defer { server.stop() }
        let connection = try connection()
        for _ in 1...2 {
            let response = try connection.get(server.origin).get()
            #expect(response.status == status)
            #expect(response.body.count == ([204, 304].contains(status) ? 0 : 3))
        }
        #expect(server.connectionCount == 1)
    }

    @Test("A chunked answer is put together, and an empty one is empty")
    func chunked() throws {
        let body = Data((0..<10_000).map { UInt8(truncatingIfNeeded: $0) })
        let server = try ScriptedServer(
            [1, 7, 4096, 100_000].map { .reply(.init(.respond(.init(status: 200, body: body, framing: .chunked($0))))) }
                + [.bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", keepAlive: true)]
        )
        defer { server.stop() }
        let connection = try connection()
        for _ in 1...4 { #expect(try connection.get(server.origin).get().body == Array(body)) }
        #expect(try connection.get(server.origin).get().body.isEmpty)
        #expect(server.connectionCount == 1)
    }

    @Test(
        "Retry-After is a number of seconds",
        arguments: [("3", 3), ("0", nil), ("-5", nil), ("soon", nil), ("", nil), (nil, nil)] as [(String?, Double?)]
    )
    func retryAfter(value: String?, seconds: Double?) throws {
        let server = try ScriptedServer([], afterwards: .response(429, value.map { [.init("Retry-After", $0)] } ?? []))
        defer { server.stop() }
        #expect(try connection().get(server.origin).get().retryAfter == seconds)
    }

    @Test("A date in Retry-After is so many seconds away")
    func retryAfterDate() throws {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let date = format.string(from: Date(timeIntervalSinceNow: 40))
        let server = try ScriptedServer([], afterwards: .response(503, [.init("Retry-After", date)]))
        defer { server.stop() }
        let wait = try #require(try connection().get(server.origin).get().retryAfter)
        #expect(wait > 35 && wait <= 41)
    }
}
