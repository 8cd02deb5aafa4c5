import Foundation
import TestSupport
import Testing

/// The URL of a REST API is called as it is, by way of a proxy that stands in for API Gateway.
@Suite(
    "The call to the URL at the end of a deployment (moto)",
    .idles,
    .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why)
)
struct AnswerTests {
    private let stage: StageOnAWS
    private let urls: URLStandIn

    init() throws {
        stage = try StageOnAWS()
        urls = try URLStandIn(in: stage.folder)
    }

    @Test("The relay's own answer, from the real executable, ends a deployment and an update well")
    func relay() async throws {
        let (relay, output, _) = try stage.folder.start(
            ["serve", "--port", "0", "--exec", built("bootstrap").path],
            input: .nullDevice
        )
        defer {
            kill(relay.processIdentifier, SIGINT)
            relay.waitUntilExit()
        }
        var text = ""
        while text.firstMatch(of: /localhost:([0-9]+)\//) == nil, relay.isRunning {
            text += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        }
        let port = try #require(text.firstMatch(of: /localhost:([0-9]+)\//)?.output.1)
        let url = try urls.answering(String(port))
        for command in ["deploy", "update"] {
            let outcome = try await finish(start(command, by: url))
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.hasSuffix(".execute-api.us-east-1.amazonaws.com/dev\n"))
            #expect(outcome.errors.contains("✓ answer         version 1."))
        }
    }

    @Test("Any other answer, and none, is told with what it means, and is status 1")
    func others() async throws {
        try stage.expect(0, try stage.deploy())
        let answers = [
            (
                "403 {\"message\":\"Forbidden\"}", "status 403 {\"message\":\"Forbidden\"}",
                "The stage in the URL is missing"
            ),
            (
                "502 {\"message\":\n \"Internal server error\"}",
                "status 502 {\"message\": \"Internal server error\"}", "its log says how ('relayctl tail dev')"
            ),
            (
                "200 <html>\u{1B}[31mHello", "not this relay's answer: status 200 <html> [31mHello",
                "aws/CommonErrors.md"
            ),
            ("", "no answer: ", "aws/CommonErrors.md"),
        ]
        // All at once: each asks for half a minute before it gives up.
        let running = try answers.map { answer, message, meaning in
            let url = try urls.answering(answer)
            return (url, try start("deploy", by: url), message, meaning)
        }
        let untrusted = try urls.answering("200 {}")
        let refused = try await finish(start("deploy", by: untrusted, trusting: "/etc/ssl/certs/ca-certificates.crt"))
        #expect(refused.status == 1)
        #expect(refused.errors.contains("/dev/version: no answer: the certificate is self-signed"), "\(refused.errors)")
        for (_, process, message, meaning) in running {
            let outcome = try await finish(process)
            #expect(outcome.status == 1)
            #expect(outcome.output.hasSuffix(".amazonaws.com/dev\n"))
            let lines = outcome.errorLines.suffix(2)
            #expect(lines.first?.hasPrefix("relayctl deploy: deployed, but POST https://") == true)
            #expect(lines.first?.contains("/dev/version: " + message) == true)
            #expect(lines.last?.contains(meaning) == true)
        }
    }

    private func start(_ command: String, by url: PythonServer, trusting authority: String? = nil) throws -> Running {
        // Each has a folder for locks of its own, as on machines of their own.
        let temporary = stage.folder.url.appendingPathComponent("temporary-\(url.port)")
        try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
        return try stage.folder.start(
            [command, "dev"],
            input: .nullDevice,
            environment: urls.environment(url, trusting: authority).merging(["TMPDIR": temporary.path]) { $1 }
        )
    }
}
