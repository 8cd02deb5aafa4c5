import Foundation
import HTTPClient
import LocalLambda
import Loopback
import TestSupport
import Testing

@testable import LambdaRuntime

@Suite("An invocation", .waits)
struct InvocationTests {
    /// The invocation that comes with these header fields.
    private func invocation(_ fields: [(String, String)], event: String = "{}") throws -> Invocation {
        let headers = fields.map { HTTPServer.Field($0.0, $0.1) }
        let server = try ScriptedServer([.reply(.response(200, headers, Data(event.utf8)))])
        defer { server.stop() }
        return try RuntimeAPI(["AWS_LAMBDA_RUNTIME_API": server.address]).next()
    }

    @Test("It carries everything that Lambda says of it, whatever the case of the names")
    func fields() throws {
        let fields = [
            ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
            ("LAMBDA-RUNTIME-DEADLINE-MS", String(Int((Date().timeIntervalSince1970 + 12) * 1000))),
            ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:210987654321:function:relay:live"),
            ("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1"),
            ("Lambda-Runtime-Client-Context", #"{"client":{"app_title":"t"}}"#),
            ("Lambda-Runtime-Cognito-Identity", #"{"cognitoIdentityId":"i"}"#),
            ("Lambda-Runtime-Aws-Tenant-Id", "tenant-7"),
        ]
        let invocation = try invocation(fields, event: #"{"é":1}"#)
        #expect(invocation.requestID == fields[0].1)
        let left = try #require(invocation.deadline) - .now
        #expect(left > 11 && left < 12.1)
        #expect(MonotonicTime.now - invocation.began < 5 && invocation.began <= .now)
        #expect(invocation.traceID == fields[3].1)
        #expect(invocation.tenantID == fields[6].1)
        #expect(invocation.event == Array(#"{"é":1}"#.utf8))
    }

    @Test("All but the id is optional")
    func idAlone() throws {
        let invocation = try invocation([("Lambda-Runtime-Aws-Request-Id", "a")], event: "")
        #expect(invocation.requestID == "a" && invocation.deadline == nil && invocation.event.isEmpty)
        #expect(invocation.traceID == nil)
        #expect(invocation.tenantID == nil)
        let empty = try self.invocation([("Lambda-Runtime-Aws-Request-Id", "a"), ("Lambda-Runtime-Trace-Id", "")])
        #expect(empty.traceID == nil, "Managed Instances send an empty one")
    }

    @Test(
        "An id that would lead an answer elsewhere is none",
        arguments: ["", "../init", "a/b", "a?b", "a#b", "a b", "a%2Fb", "é", String(repeating: "a", count: 129)]
    )
    func badID(id: String) {
        #expect(throws: RuntimeLost(message: "invocation/next: no request id in the answer")) {
            try invocation([("Lambda-Runtime-Aws-Request-Id", id)])
        }
    }

    @Test(
        "A deadline that is none is no reason to fail",
        arguments: [
            "", "soon", "nan", "inf", "-inf", "1e400", "-1", "0", "99999999999999999999999999", "9223372036854775807",
            "1.5",
        ]
    )
    func deadline(text: String) throws {
        let invocation = try invocation([("Lambda-Runtime-Aws-Request-Id", "a"), ("Lambda-Runtime-Deadline-Ms", text)])
        #expect(invocation.requestID == "a")
        if ["", "soon", "nan", "99999999999999999999999999"].contains(text) { #expect(invocation.deadline == nil) }
        if ["-1", "0"].contains(text), let deadline = invocation.deadline { #expect(deadline < .now) }
    }

    @Test("The Runtime API may be named with a scheme and a path")
    func address() throws {
        let variants: [(String, String, String)] = [
            ("", "", "/2018-06-01/runtime/invocation/next"), ("http://", "", "/2018-06-01/runtime/invocation/next"),
            ("http://", "/", "/2018-06-01/runtime/invocation/next"),
            ("http://", "/.rt", "/.rt/2018-06-01/runtime/invocation/next"),
            ("", "/.rt/", "/.rt/2018-06-01/runtime/invocation/next"),
        ]
        for (scheme, path, target) in variants {
            let server = try ScriptedServer([.invocation("a")])
            defer { server.stop() }
            _ = try RuntimeAPI(["AWS_LAMBDA_RUNTIME_API": scheme + server.address + path]).next()
            #expect(server.requests.map(\.target) == [target])
        }
        for address in [
            nil, "", "https://127.0.0.1:1", ":9001", "[]:1", "host:port", "a b:1", "host:99999", "u@host:1",
        ] {
            let environment = address.map { ["AWS_LAMBDA_RUNTIME_API": $0] } ?? [:]
            #expect(throws: RuntimeLost.self, "\(address ?? "-")") { try RuntimeAPI(environment) }
        }
    }

    @Test(
        "The Runtime API may be named by a host's name or an IPv6 address",
        arguments: [
            ("localhost:9001", "localhost", "9001", ""), ("[::1]:9001", "::1", "9001", ""),
            ("[::]/.rt", "::", "80", "/.rt"),
            ("169.254.100.1:9001", "169.254.100.1", "9001", ""), ("http://sandbox", "sandbox", "80", ""),
        ]
    )
    func names(text: String, host: String, port: String, path: String) throws {
        let address = try #require(RuntimeConnection.Address(text))
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.path == path)
    }

    @Test("An answer that comes byte by byte, in chunks with extensions, or after a 100, is read whole")
    func pieces() throws {
        let head = "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: a\r\n"
        let answers = [
            "HTTP/1.1 100 Continue\r\n\r\n" + head + "Content-Length: 2\r\n\r\n{}",
            head + "Transfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n1 \r\n}\r\n0\r\nTrailer: x\r\n\r\n",
            "HTTP/1.0 200\r\nLambda-Runtime-Aws-Request-Id:a\r\ncontent-length:2\r\n\r\n{}",
        ]
        for answer in answers {
            let server = try ScriptedServer([.bytes(answer)])
            defer { server.stop() }
            #expect(try RuntimeAPI(["AWS_LAMBDA_RUNTIME_API": server.address]).next().event == Array("{}".utf8))
        }
    }

    @Test("An answer that trickles in is given up in time, and one that is waited for is not")
    func trickle() throws {
        let pieces = HTTPServer.Response.Pace(bytes: 1, pause: 0.05)
        var response = HTTPServer.Response(status: 202, body: Data(repeating: 0x20, count: 60))
        response.pace = pieces
        let server = try ScriptedServer([], afterwards: .init(.respond(response)))
        defer { server.stop() }
        let address = try #require(RuntimeConnection.Address(server.address))
        let connection = RuntimeConnection(address, bodyLimit: 100)
        let begin = ContinuousClock.now
        #expect(throws: RuntimeConnection.Lost.self) {
            try connection.exchange("", headers: "", body: [], timeout: 0.5)
        }
        #expect(ContinuousClock.now - begin < .seconds(2.5))
        #expect(try connection.exchange("", headers: "", body: nil, timeout: nil).body.count == 60)
    }

    /// An answer that is an invocation begins and ends so.
    private static let good = "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: a\r\n"
    private static let rest = "Lambda-Runtime-Aws-Request-Id: a\r\nContent-Length: 2\r\n\r\n{}"

    @Test(
        "An answer that is no HTTP, too large or without a length is refused",
        arguments: [
            "HTTP/1.1 99 x\r\n" + rest, "HTTP/2 200\r\n" + rest, "HTTP/1.1 2000\r\n" + rest, "\r\n" + rest,
            good + "\r\n{}", good + "Content-Length: -1\r\n\r\n",
            good + "Content-Length: 8388609\r\n\r\n", good + "Content-Length: 2x\r\n\r\n{}",
            good + "Transfer-Encoding: chunked\r\n\r\n-1\r\n{\r\n",
            good + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n+0\r\n\r\n",
            good + "Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
            good + "Content-Length: +2\r\n\r\n{}",
            good + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x",
            good + "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n{}",
            good + "X: " + String(repeating: "x", count: 70_000) + "\r\n" + rest,
        ]
    )
    func refused(answer: String) throws {
        let server = try ScriptedServer([.bytes(answer)])
        defer { server.stop() }
        #expect(throws: RuntimeLost.self) { try RuntimeAPI(["AWS_LAMBDA_RUNTIME_API": server.address]).next() }
    }
}
