import Foundation
import Loopback

/// Certificate authorities as OpenSSL looks them up: a file each, under the hash of its subject
/// (https://docs.openssl.org/3.0/man1/openssl-rehash/). A whole bundle takes twenty milliseconds to load, a file of this
/// folder a fraction of one.
struct CertificateFolder {
    /// The build machine's bundle: Debian's, or Amazon Linux's.
    private static let bundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]

    /// The files: their names, `HASH.NUMBER`, and their contents, sorted by name.
    let files: [(name: String, certificate: Data)]

    /// Reads the build machine's bundle.
    init() throws {
        guard let bundle = Self.bundles.first(where: FileManager.default.isReadableFile(atPath:)) else {
            throw PackagingError(
                "no certificate authorities at \(Self.bundles[0]): deploy/setup --lambda installs them"
            )
        }
        try self.init(bundle: String(contentsOfFile: bundle, encoding: .utf8))
    }

    /// Takes a bundle of PEM certificates apart.
    init(bundle: String) throws {
        let openssl = Tool(name: "openssl")
        var numbers: [String: Int] = [:]
        files = try Self.certificates(in: bundle).map { certificate in
            let printed = try openssl.run(["x509", "-noout", "-subject_hash"], input: certificate)
            let hash = String(decoding: printed, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            let number = numbers[hash, default: 0]
            numbers[hash] = number + 1
            return ("\(hash).\(number)", certificate)
        }.sorted { $0.name < $1.name }
        guard !files.isEmpty else { throw PackagingError("the bundle of certificate authorities is empty") }
    }

    private static func certificates(in bundle: String) -> [Data] {
        let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----")
        return bundle.components(separatedBy: begin).dropFirst().compactMap { part in
            part.range(of: end).map { Data((begin + part[..<$0.upperBound] + "\n").utf8) }
        }
    }
}
