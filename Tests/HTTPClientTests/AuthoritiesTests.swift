import Foundation
import Testing

@testable import HTTPClient

@Suite("Where certificate authorities are")
struct AuthoritiesTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "authorities-\(UUID().uuidString)"
    )
    private let files = FileManager.default

    private func path(_ name: String) -> String {
        folder.appendingPathComponent(name).path
    }

    @Test(
        "The first that is there counts: the environment's file, its folder, certs beside the executable, the system's"
    )
    func order() throws {
        try files.createDirectory(atPath: path("own"), withIntermediateDirectories: true)
        try files.createDirectory(atPath: path("certs"), withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: path("bundle.pem")))
        defer { try? files.removeItem(at: folder) }
        func found(_ environment: [String: String], beside own: String? = nil) -> HTTPOptions.Authorities {
            HTTPOptions.Authorities(environment: environment, folder: own ?? folder.path + "/")
        }
        let (file, own, certs) = (path("bundle.pem"), path("own"), path("certs"))
        #expect(found(["SSL_CERT_FILE": file, "SSL_CERT_DIR": own]) == .bundle(file))
        #expect(found(["SSL_CERT_FILE": path("absent"), "SSL_CERT_DIR": own]) == .folder(own))
        #expect(found(["SSL_CERT_FILE": "", "SSL_CERT_DIR": own]) == .folder(own))
        #expect(found(["SSL_CERT_DIR": path("absent")]) == .folder(certs))
        #expect(found(["SSL_CERT_FILE": "", "SSL_CERT_DIR": ""]) == .folder(certs))
        #expect(found([:]) == .folder(certs))
        let system = found([:], beside: "/nonexistent/")
        let bundles = ["/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"]
        let there = bundles.first(where: files.isReadableFile(atPath:))
        #expect(system == (there.map { .bundle($0) } ?? HTTPOptions.Authorities.none))
    }
}
