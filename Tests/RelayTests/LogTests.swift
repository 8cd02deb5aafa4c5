import Foundation
import LocalLambda
import Loopback
import Testing

@testable import Relay

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
