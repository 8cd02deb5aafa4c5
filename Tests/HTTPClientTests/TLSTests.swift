import Foundation
import LocalLambda
import Loopback
import Testing

@testable import HTTPClient

@Suite("TLS")
struct TLSTests {
    private let certificates: Certificates

    init() throws {
        certificates = try Certificates()
    }

    private func result(
        _ kind: Certificates.Kind,
        _ authorities: HTTPOptions.Authorities,
        host: String = "127.0.0.1"
    ) throws -> Result<HTTPResponse, HTTPError> {
        let server = try ScriptedServer([], afterwards: .accepted, tls: certificates.identity(kind))
        defer { server.stop() }
        let origin = server.origin.replacingOccurrences(of: "127.0.0.1", with: host)
        let result = try connection(authorities: authorities).get(origin + "/")
        #expect(server.requests.count == (result.failure == nil ? 1 : 0))
        return result
    }

    @Test("A certificate by a trusted authority for the host is taken, and no other is sent a request")
    func kinds() throws {
        defer { certificates.remove() }
        let trusted = HTTPOptions.Authorities.bundle(certificates.authority)
        for kind in Certificates.Kind.allCases {
            let result = try result(kind, trusted)
            #expect(result.failure == (kind == .good ? nil : "certificate"))
            if case .failure(let error) = result { #expect(!error.reason.isEmpty && !error.reason.contains("\n")) }
        }
        #expect(try result(.good, trusted, host: "localhost").failure == nil)
    }

    @Test("Without authorities, or with others, nobody is trusted")
    func untrusted() throws {
        defer { certificates.remove() }
        let others: [HTTPOptions.Authorities] = [
            .none, .bundle("/nonexistent/ca.pem"), .bundle("/dev/null"), .folder("/nonexistent"),
            .folder(certificates.folder.path), .bundle("/etc/ssl/certs/ca-certificates.crt"), .folder("/etc/ssl/certs"),
        ]
        for authorities in others {
            #expect(try result(.good, authorities).failure == "certificate", "\(authorities)")
        }
    }

    @Test("A folder of authorities under their hashed names is as good as a bundle")
    func folder() throws {
        defer { certificates.remove() }
        let folder = HTTPOptions.Authorities.folder(certificates.authorityFolder)
        #expect(try result(.good, folder).failure == nil)
        #expect(try result(.selfSigned, folder).failure == "certificate")
    }

    @Test("One connection serves several exchanges, and their bodies are whole")
    func keepAlive() throws {
        defer { certificates.remove() }
        let server = try HTTPServer(tls: certificates.identity(.good)) { .response(200, [], $0.body) }
        defer { server.stop() }
        let connection = try connection(authorities: .bundle(certificates.authority))
        for count in [0, 1, 16_384, 500_000] {
            let body = [UInt8](repeating: UInt8(truncatingIfNeeded: count), count: count)
            #expect(try connection.exchange(HTTPRequest(.post(body), server.origin), timeout: 5).body == body)
        }
        #expect(server.connectionCount == 1)
    }
}
