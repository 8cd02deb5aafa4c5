import Foundation
import Loopback
import TestSupport
import Testing

@Suite struct TLSTests {
    @Test("openssl's client finds each certificate to be what its name says")
    func certificates() throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        for kind in Certificates.Kind.allCases {
            let server = try HTTPServer(tls: certificates.identity(kind)) { _ in
                .response(200, [], Data("over TLS".utf8))
            }
            defer { server.stop() }
            let output = try connect(port: server.port, authority: certificates.authority)
            switch kind {
            case .good:
                #expect(output.contains("Verification: OK") && output.contains("over TLS"))
            case .expired: #expect(output.contains("certificate has expired"))
            case .selfSigned: #expect(output.contains("self-signed certificate"))
            case .otherHost: #expect(output.contains("IP address mismatch"))
            }
        }
    }

    private func connect(port: Int, authority: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-CAfile", authority]
            + ["-verify_ip", "127.0.0.1", "-ign_eof"]
        process.environment = hermeticEnvironment
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        input.fileHandleForWriting.write(Data("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8))
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }
}
