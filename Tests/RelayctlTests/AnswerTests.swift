import Foundation
import TestSupport
import Testing

/// The URL of a REST API is called as it is, by way of a proxy that stands in for API Gateway.
@Suite("The call to the URL at the end of a deployment (moto)", .waits, .enabled(if: AWSStandIn.isAvailable))
struct AnswerTests {
    private let stage: StageOnAWS
    private let certificate: String
    private let key: String

    init() throws {
        stage = try StageOnAWS()
        certificate = stage.folder.url.appendingPathComponent("certificate.pem").path
        key = stage.folder.url.appendingPathComponent("key.pem").path
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.arguments =
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
            + ["-subj", "/CN=stand-in", "-addext", "subjectAltName=DNS:*.execute-api.us-east-1.amazonaws.com"]
            + ["-keyout", key, "-out", certificate]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0)
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
        let url = try PythonServer("url_stand_in.py", certificate, key, String(port))
        for command in ["deploy", "update"] {
            let outcome = try await finish(start(command, by: url))
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.hasSuffix(".execute-api.us-east-1.amazonaws.com/dev\n"))
            #expect(outcome.errors.contains("✓ answer         version 1."))
        }
    }

    @Test("Any other answer, and none, is one line with what came, and status 1")
    func others() async throws {
        try stage.expect(0, try stage.deploy())
        let answers = [
            ("403 {\"message\":\"Forbidden\"}", "status 403 {\"message\":\"Forbidden\"};"),
            ("502 {\"message\":\n \"Internal server error\"}", "status 502 {\"message\": \"Internal server error\"};"),
            ("200 <html>\u{1B}[31mHello", "not this relay's answer: status 200 <html> [31mHello;"),
            ("", "no answer: "),
        ]
        // All at once: each asks for half a minute before it gives up.
        let running = try answers.map { answer, message in
            let url = try PythonServer("url_stand_in.py", certificate, key, answer)
            return (url, try start("deploy", by: url), message)
        }
        let untrusted = try PythonServer("url_stand_in.py", certificate, key, "200 {}")
        let refused = try await finish(start("deploy", by: untrusted, trusting: "/etc/ssl/certs/ca-certificates.crt"))
        #expect(refused.status == 1)
        #expect(refused.errors.contains("/dev/version: no answer: the certificate is self-signed"), "\(refused.errors)")
        for (_, process, message) in running {
            let outcome = try await finish(process)
            #expect(outcome.status == 1 && outcome.output.hasSuffix(".amazonaws.com/dev\n"))
            let line = try #require(outcome.errorLines.last)
            #expect(line.hasPrefix("relayctl deploy: deployed, but POST https://"))
            #expect(line.contains("/dev/version: " + message))
            #expect(line.hasSuffix("; what it means is in aws/CommonErrors.md"))
        }
    }

    private func start(_ command: String, by url: PythonServer, trusting authority: String? = nil) throws -> Running {
        try stage.folder.start(
            [command, "dev"],
            input: .nullDevice,
            environment: [
                "HTTPS_PROXY": "http://127.0.0.1:\(url.port)", "NO_PROXY": "",
                "SSL_CERT_FILE": authority ?? certificate,
            ]
        )
    }
}
