import Foundation
import LambdaRuntime
import LocalLambda
import Loopback
import Testing

@testable import Relay
@testable import bootstrap

@Suite("The log of the relay's executable")
struct LogTests {
    private static let settings: [(level: String, format: String)] = [
        ("TRACE", "Text"), ("DEBUG", "JSON"), ("INFO", "Text"), ("INFO", "JSON"), ("ERROR", "JSON"),
    ]

    @Test("Neither a key, a token nor a secret is ever logged, and an observable only at DEBUG", arguments: settings)
    func secrets(level: String, format: String) throws {
        let standIn = try StandInSecurityTrails(Scenario(fallback: .text("no \(apiKey) here", status: 500)))
        defer { standIn.stop() }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let handle = try FileHandle(forWritingTo: file)
        let environment = ExecutionEnvironment(
            executable: try Executable.besideThis(orAt: nil),
            function: LambdaFunction(variables: [
                "SECRET_KEY": secret, "SECURITYTRAILS_API_URL": standIn.baseURL, "AWS_LAMBDA_LOG_LEVEL": level,
                "AWS_LAMBDA_LOG_FORMAT": format,
            ]),
            output: handle.fileDescriptor
        )
        for authorization in [bearer, "Bearer \(apiKey)", bearer + "x"] {
            _ = environment.invoke(event(authorization))
        }
        environment.stop()

        let log = try String(contentsOf: file, encoding: .utf8)
        #expect(log.isEmpty == (level == "ERROR"))
        for hidden in [secret, apiKey, bearer.dropFirst(7).description] { #expect(!log.contains(hidden)) }
        #expect(log.contains("observed.example") == ["TRACE", "DEBUG"].contains(level))
        for record in log.split(separator: "\n") {
            #expect(format == "JSON" ? record.contains(#""requestId":""#) : !record.contains("\t-\t"), "\(record)")
        }
        if level == "INFO" { #expect(log.split(separator: "\n").count == 3, "one record an invocation") }
    }

    /// What a relay that asks nobody says of a request.
    private func outcome(_ members: JSONValue) throws -> Relay.Response {
        var event: JSONValue = ["httpMethod": "POST", "path": "/version", "requestContext": [:]]
        for (name, value) in members.object ?? [:] { event[name] = value }
        let relay = try Relay(Configuration(environment: ["SECRET_KEY": secret]))
        return try relay.answer(Array(event.text()), began: .now, deadline: nil)
    }

    @Test(
        "A method is logged if it is a short token",
        arguments: [
            ("POST", "POST"), ("get", "get"), ("M-SEARCH", "M-SEARCH"), ("UPDATEREDIRECTREF", "UPDATEREDIRECTREF"),
            ("", "-"), ("GET ", "-"), ("GET\n2026 INFO forged", "-"), ("G\u{1B}[31mT", "-"), ("GÉT", "-"),
            ("G\u{2028}T", "-"),
            ("GET,POST", "-"), (String(repeating: "A", count: 20), String(repeating: "A", count: 20)),
            (String(repeating: "A", count: 21), "-"), (String(repeating: "A", count: 100_000), "-"),
        ]
    )
    func method(sent: String, logged: String) throws {
        #expect(try outcome(["httpMethod": .string(sent)]).method == logged)
    }

    @Test(
        "The module that asks is logged if its id is visible ASCII of 64 characters at most",
        arguments: [
            ("a2c7d6f0-7d0b-4b0c-9a55-0c9f4d1b2a3e", true), ("m", true), (String(repeating: "m", count: 64), true),
            (String(repeating: "m", count: 65), false), ("", false), ("a b", false), ("a\nb", false), ("é", false),
            ("\u{1B}[31m", false), ("a\u{2028}", false), ("\u{7F}", false),
        ]
    )
    func module(id: String, isLogged: Bool) throws {
        let outcome = try outcome(["headers": ["X-Module-Instance-Id": .string(id)]])
        #expect(outcome.moduleInstanceID == (isLogged ? id : nil))
        let answer = FunctionResponse(outcome)
        #expect(answer.summary.contains(", module ") == isLogged)
        let field = answer.fields.first { $0.0 == "moduleInstanceId" }?.1
        #expect(field == (isLogged ? .string(id) : nil))
    }

    @Test(
        "Requests to SecurityTrails are counted, and one is not said to be several",
        arguments: [("", "0 upstream requests"), ("ipv4", "1 upstream request"), ("ipv4,ipv6", "2 upstream requests")]
    )
    func requests(lookups: String, words: String) throws {
        let served = try Served(Scenario(), ["LOOKUPS": lookups])
        let outcome = try lookups.isEmpty ? outcome([:]) : served.send(["domain one.example"]).outcome
        #expect((FunctionResponse(outcome).summary + ",").contains(", \(words),"))
    }

    private func event(_ authorization: String) -> Data {
        let event: JSONValue = [
            "resource": "/{proxy+}",
            "path": "/observe/observables",
            "httpMethod": "POST",
            "headers": ["Authorization": .string(authorization)],
            "body": #"[{"type":"domain","value":"observed.example"}]"#,
        ]
        return event.text()
    }
}
