import Foundation
import HTTPClient
import LocalLambda
import Loopback
import Testing

@testable import LambdaRuntime

@Suite("An invocation")
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
        #expect(invocation.functionARN == fields[2].1 && invocation.traceID == fields[3].1)
        #expect(invocation.clientContext == fields[4].1 && invocation.cognitoIdentity == fields[5].1)
        #expect(invocation.tenantID == fields[6].1 && invocation.event == Array(#"{"é":1}"#.utf8))
    }

    @Test("All but the id is optional")
    func idAlone() throws {
        let invocation = try invocation([("Lambda-Runtime-Aws-Request-Id", "a")], event: "")
        #expect(invocation.requestID == "a" && invocation.deadline == nil && invocation.event.isEmpty)
        #expect(invocation.functionARN == nil && invocation.traceID == nil && invocation.tenantID == nil)
        #expect(invocation.clientContext == nil && invocation.cognitoIdentity == nil)
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
        for environment in [[:], ["AWS_LAMBDA_RUNTIME_API": ""]] {
            #expect(throws: RuntimeLost.self) { try RuntimeAPI(environment) }
        }
    }
}
