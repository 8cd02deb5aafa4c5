import Foundation
import LocalLambda
import Loopback
import Testing

@testable import HTTPClient

@Suite("The headers of a response")
struct HeaderTests {
    /// The headers of an answer with these lines.
    private func headers(_ lines: String..., before interim: String = "") throws -> HTTPHeaders {
        let head = (["HTTP/1.1 200 OK"] + lines + ["Content-Length: 0"]).joined(separator: "\r\n")
        let server = try ScriptedServer([.bytes(interim + head + "\r\n\r\n")])
        defer { server.stop() }
        return try connection().get(server.origin).get().headers
    }

    @Test("A field is found in any case, without the blanks around its value")
    func names() throws {
        let headers = try headers("lambda-RUNTIME-Aws-Request-Id:   a b\t ", "Empty:", "Colons: a:b: c")
        #expect(headers["Lambda-Runtime-Aws-Request-Id"] == "a b")
        #expect(headers["lambda-runtime-aws-request-id"] == "a b")
        #expect(headers["Empty"] == "")
        #expect(headers["Colons"] == "a:b: c")
        #expect(headers["CONTENT-LENGTH"] == "0")
    }

    @Test("A name is the whole name")
    func wholeName() throws {
        let headers = try headers("X-Rate-Limit: 5", "Rate: 6", "XRate: 7")
        #expect(
            headers["X-Rate"] == nil && headers["Limit"] == nil && headers["Rate-Limit"] == nil && headers[""] == nil
        )
        #expect(headers["Rate"] == "6" && headers["HTTP/1.1 200 OK"] == nil && headers["X_Rate_Limit"] == nil)
    }

    @Test("Of several fields the first counts")
    func first() throws {
        #expect(try headers("A: 1", "a: 2")["A"] == "1")
    }

    @Test("A letter and what differs from it by the bit of its case are not the same")
    func caseOfSymbols() throws {
        let headers = try headers("A@B: 1", "C[D: 2", "E^F: 3")
        #expect(headers["A`B"] == nil && headers["C{D"] == nil && headers["E~F"] == nil)
        #expect(headers["a@b"] == "1")
    }

    @Test("Bytes that are no UTF-8 are no reason to fail")
    func bytes() throws {
        let field = HTTPServer.Field("Latin", "caf\u{E9}")
        var head = Array("HTTP/1.1 200 OK\r\n\(field.name): caf".utf8)
        head += [0xE9] + Array("\r\nContent-Length: 0\r\n\r\n".utf8)
        let bytes = head
        let server = try HTTPServer { _ in .init(.send(bytes, keepAlive: false)) }
        defer { server.stop() }
        #expect(try connection().get(server.origin).get().headers["Latin"] == "caf\u{FFFD}")
    }

    @Test("The fields of an interim response are not the response's")
    func interim() throws {
        let interim = "HTTP/1.1 103 Early Hints\r\nLambda-Runtime-Aws-Request-Id: early\r\nA: early\r\n\r\n"
        let headers = try headers("A: late", before: interim)
        #expect(headers["A"] == "late" && headers["Lambda-Runtime-Aws-Request-Id"] == nil)
    }

    @Test("The fields of one response are not those of the next, nor are they lost with it")
    func ownHeaders() throws {
        let server = try ScriptedServer([
            .reply(.response(200, [.init("A", "1")])), .reply(.response(200, [.init("B", "2")])),
        ])
        defer { server.stop() }
        let connection = try connection()
        let first = try connection.get(server.origin).get()
        let second = try connection.get(server.origin).get()
        #expect(first.headers["A"] == "1" && first.headers["B"] == nil)
        #expect(second.headers["A"] == nil && second.headers["B"] == "2")
    }

    @Test("More headers than any server sends end the exchange, and not the client")
    func tooMany() throws {
        let many = (1...200).map { HTTPServer.Field("X-\($0)", String(repeating: "a", count: 1000)) }
        let server = try ScriptedServer([.reply(.response(200, many)), .reply(.response(200))])
        defer { server.stop() }
        let connection = try connection()
        #expect(connection.get(server.origin).failure == "connectionLost")
        #expect(try connection.get(server.origin).get().status == 200)
    }
}
