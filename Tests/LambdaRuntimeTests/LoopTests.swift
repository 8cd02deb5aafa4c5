import Foundation
import LocalLambda
import Loopback
import Testing

@testable import LambdaRuntime

private let handlerFault = FunctionError(.fault, "it broke")

@Suite("The loop")
struct LoopTests {
    @Test("Events are answered one after the other, over one connection")
    func answers() throws {
        let steps = (1...5).flatMap { [ScriptedServer.Step.invocation("id-\($0)", "{\"n\":\($0)}"), .accepted] }
        let play = try Play(steps)
        #expect(play.calls == (1...5).flatMap { ["GET next", "POST id-\($0)/response"] } + ["GET next"])
        #expect(play.requests.filter { $0.method == "POST" }.map(\.body) == (1...5).map { Data("{\"n\":\($0)}".utf8) })
        #expect(play.connections == 1)
        #expect(play.end.contains("next") && play.end.contains("500"))
        #expect(play.requests.allSatisfy { $0["Expect"] == nil && $0["Transfer-Encoding"] == nil })
        #expect(play.requests.filter { $0.method == "POST" }.allSatisfy { $0["Content-Type"] == "application/json" })
    }

    @Test("A large answer goes out whole and at once")
    func largeAnswer() throws {
        let payload = [UInt8](repeating: UInt8(ascii: "x"), count: 6_291_556)
        let play = try Play([.invocation("a"), .accepted]) { _ in FunctionResponse(payload: payload, summary: "large") }
        #expect(play.calls == ["GET next", "POST a/response", "GET next"])
        #expect(play.requests[1].body == Data(payload) && play.requests[1]["Expect"] == nil)
    }

    @Test("An answer refused with 400 or 410 is let go", arguments: [400, 410])
    func refusedAnswer(status: Int) throws {
        let play = try Play([.invocation("a"), .status(status), .invocation("b"), .accepted])
        #expect(play.calls == ["GET next", "POST a/response", "GET next", "POST b/response", "GET next"])
        #expect(play.log.contains { $0.contains("\ta\t") && $0.contains("\(status)") })
        #expect(play.log.count { $0.contains("echoed") } == 1)
    }

    @Test("After an answer refused as too large nothing more is posted, and the loop goes on")
    func tooLarge() throws {
        let play = try Play([.invocation("a"), .status(413), .invocation("b"), .accepted])
        #expect(play.calls == ["GET next", "POST a/response", "GET next", "POST b/response", "GET next"])
        #expect(play.log.contains { $0.contains("ERROR") && $0.contains("\ta\t") && $0.contains("too large") })
    }

    @Test("A handler's error is reported with its type, and the loop goes on")
    func handlerError() throws {
        let play = try Play([.invocation("a"), .accepted, .invocation("b"), .accepted]) {
            invocation throws(FunctionError) in
            if invocation.requestID == "a" { throw handlerFault }
            return Play.echo(invocation)
        }
        #expect(play.calls == ["GET next", "POST a/error", "GET next", "POST b/response", "GET next"])
        #expect(play.requests[1]["Lambda-Runtime-Function-Error-Type"] == "Function.Fault")
        #expect(play.requests[1]["Content-Type"] == "application/json")
        let body = try JSONValue(parsing: play.requests[1].body)
        #expect(body == ["errorMessage": "it broke", "errorType": "Function.Fault", "stackTrace": []])
        #expect(play.log.contains { $0.contains("ERROR") && $0.contains("\ta\t") && $0.contains("it broke") })
    }

    @Test("An error refused with 400, 410 or 413 is let go", arguments: [400, 410, 413])
    func refusedError(status: Int) throws {
        let play = try Play([.invocation("a"), .status(status), .invocation("b"), .status(status)]) {
            _ throws(FunctionError) in throw handlerFault
        }
        #expect(play.calls == ["GET next", "POST a/error", "GET next", "POST b/error", "GET next"])
    }

    @Test("403 and 500 end the loop, whatever was called", arguments: [403, 500, 502, 404, 301])
    func fatalStatus(status: Int) throws {
        let next = try Play([.status(status), .invocation("a"), .accepted])
        #expect(next.calls == ["GET next"] && next.end.contains("\(status)"))
        let response = try Play([.invocation("a"), .status(status), .invocation("b")])
        #expect(response.calls == ["GET next", "POST a/response"] && response.end.contains("\(status)"))
        let error = try Play([.invocation("a"), .status(status), .invocation("b")]) { _ throws(FunctionError) in
            throw handlerFault
        }
        #expect(error.calls == ["GET next", "POST a/error"] && error.end.contains("\(status)"))
    }

    @Test("A connection that is lost ends the loop, whatever was called")
    func lostConnection() throws {
        let broken: [ScriptedServer.Step] = [
            .drop, .bytes("HTTP/1.1 202 Accepted\r\nContent-Length: 20\r\n\r\n{"), .bytes("garbage\r\n\r\n"),
            .bytes("HTTP/1.1 "),
            .bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{"),
        ]
        for step in broken {
            let next = try Play([step, .invocation("a"), .accepted])
            #expect(next.calls == ["GET next"] && next.end.contains("lost"))
            let response = try Play([.invocation("a"), step, .accepted, .invocation("b")])
            #expect(response.calls == ["GET next", "POST a/response"] && response.end.contains("lost"))
            let error = try Play([.invocation("a"), step, .accepted]) { _ throws(FunctionError) in throw handlerFault }
            #expect(error.calls == ["GET next", "POST a/error"] && error.end.contains("lost"))
            let secondNext = try Play([.invocation("a"), .accepted, step, .invocation("b"), .accepted])
            #expect(secondNext.calls == ["GET next", "POST a/response", "GET next"] && secondNext.end.contains("lost"))
        }
    }

    @Test("Where nobody listens, the loop ends at once")
    func nobody() throws {
        let file = try LogFile()
        do throws(RuntimeLost) {
            let api = try RuntimeAPI(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"])
            try Runtime.serve(api, Log(format: .text, level: .info, file: file.descriptor), Play.echo)
        } catch {
            #expect(error.message.contains("next") && error.message.contains("lost"))
        }
    }

    @Test("An invocation without an id, or with one that is no part of a path, ends the loop")
    func noID() throws {
        for id in [nil, "", " ", "a/b", "../next", "a b", "a?b", "a%2Fb", "é", String(repeating: "a", count: 129)] {
            let play = try Play([.invocation(id), .invocation("b"), .accepted])
            #expect(play.calls == ["GET next"] && play.end.contains("request id"), "\(id ?? "nil")")
        }
    }

    @Test("An event may come in chunks, be empty, or be of the largest size")
    func events() throws {
        let large = Data(repeating: UInt8(ascii: "x"), count: 6_300_000)
        for event in [Data(), Data("{}".utf8), large] {
            let fields = [HTTPServer.Field("Lambda-Runtime-Aws-Request-Id", "a")]
            let chunked = HTTPServer.Response(status: 200, headers: fields, body: event, framing: .chunked(65_536))
            for step in [.reply(.init(.respond(chunked))), .reply(.invocation(event, id: "a"))] as [ScriptedServer.Step]
            {
                let play = try Play([step, .accepted])
                #expect(play.calls == ["GET next", "POST a/response", "GET next"])
                #expect(play.requests[1].body == event)
            }
        }
    }

    @Test("A next that waits is waited for, and a connection that was closed meanwhile is opened again")
    func waiting() throws {
        let late = HTTPServer.Reply(
            .respond(.init(status: 200, headers: [.init("Lambda-Runtime-Aws-Request-Id", "a")])),
            after: 1.2
        )
        let play = try Play([
            .reply(late), .bytes("HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
            .invocation("b"),
        ])
        #expect(play.calls == ["GET next", "POST a/response", "GET next", "POST b/response"])
        #expect(play.connections == 2)
    }
}
