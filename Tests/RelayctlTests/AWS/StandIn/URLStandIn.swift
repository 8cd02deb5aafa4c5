import Foundation
import TestSupport
import Testing

/// The URL of every REST API, by way of a proxy that stands in for API Gateway (`url_stand_in.py`).
struct URLStandIn {
    private let certificate: String
    private let key: String

    init(in folder: ProjectFolder) throws {
        certificate = folder.url.appendingPathComponent("certificate.pem").path
        key = folder.url.appendingPathComponent("key.pem").path
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.arguments =
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
            + ["-subj", "/CN=stand-in", "-addext", "subjectAltName=DNS:*.execute-api.us-east-1.amazonaws.com"]
            + ["-keyout", key, "-out", certificate]
        openssl.environment = hermeticEnvironment
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0)
    }

    /// A URL that answers so: a port on loopback, where requests go on to, or `STATUS BODY`, or empty for none.
    func answering(_ answer: String) throws -> PythonServer {
        try PythonServer("url_stand_in.py", certificate, key, answer)
    }

    /// What makes relayctl ask that URL, and trust it unless another authority is named.
    func environment(_ url: PythonServer, trusting authority: String? = nil) -> [String: String] {
        [
            "HTTPS_PROXY": "http://127.0.0.1:\(url.port)", "NO_PROXY": "", "SSL_CERT_FILE": authority ?? certificate,
        ]
    }
}
