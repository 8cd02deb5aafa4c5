import Foundation
import Loopback
import Testing

@testable import Deployment

@Suite("Calls to AWS")
struct AWSClientTests {
    private func client(_ url: String) throws(AWSError) -> AWSClient {
        let credentials = Credentials(accessKeyID: "A", secretAccessKey: "B", sessionToken: nil)
        return try AWSClient(region: "us-east-1", credentials: credentials, environment: ["AWS_ENDPOINT_URL": url])
    }

    @Test(
        "AWS_ENDPOINT_URL takes addresses of this machine",
        arguments: ["http://127.0.0.1:5000", "http://127.1.2.3", "http://[::1]:5000/", "http://[0:0:0:0:0:0:0:1]"]
    )
    func loopback(url: String) throws {
        _ = try client(url)
    }

    @Test(
        "AWS_ENDPOINT_URL takes no name, and no other address",
        arguments: [
            "http://127.999.1", "http://127.1", "http://0127.0.0.1", "http://localhost:5000", "http://[::2]",
            "http://[::ffff:192.0.2.1]", "http://127.0.0.1@192.0.2.1", "http://128.0.0.1", "https://127.0.0.1",
        ]
    )
    func elsewhere(url: String) {
        #expect(throws: AWSError.self) { try client(url) }
    }

    @Test("AWS_CA_BUNDLE goes before the other certificate authorities, unless it is empty")
    func authorities() throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let server = try HTTPServer(tls: certificates.identity(.good)) { _ in .json(200, ["version": "1.2.3"]) }
        defer { server.stop() }
        func version(_ bundle: String, _ file: String) throws -> String? {
            let environment = ["AWS_CA_BUNDLE": bundle, "SSL_CERT_FILE": file]
            let probe = try RelayProbe(url: server.origin, isHere: true, environment: environment)
            return try? probe.version(timeout: 10).result.get()
        }
        let (right, wrong) = (certificates.authority, certificates.identity(.selfSigned).certificate)
        #expect(try version(right, wrong) == "1.2.3")
        #expect(try version(wrong, right) == nil)
        #expect(try version("", right) == "1.2.3")
    }

    @Test("Neither SECRET_KEY nor RELAY_JWT reaches a child process, and AWS's keys only those that sign in")
    func childProcesses() throws {
        let environment = ["SECRET_KEY": "s", "RELAY_JWT": "j", "AWS_SECRET_ACCESS_KEY": "a"]
        let lines = String(decoding: try Tool(name: "env").run([], environment: environment), as: UTF8.self)
            .split(separator: "\n")
        #expect(lines.contains("AWS_SECRET_ACCESS_KEY=a"))
        #expect(!lines.contains { $0.hasPrefix("SECRET_KEY=") || $0.hasPrefix("RELAY_JWT=") })
    }

    @Test("A query is encoded as AWS signs it")
    func query() {
        #expect("aZ09-._~".uriEncoded == "aZ09-._~")
        #expect("a b+/=é\n".uriEncoded == "a%20b%2B%2F%3D%C3%A9%0A")
    }
}
