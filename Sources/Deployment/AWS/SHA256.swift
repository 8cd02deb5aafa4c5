import COpenSSL
import Foundation

/// The SHA-256 of bytes that come piece by piece (FIPS 180-4).
struct SHA256 {
    private let digest: [UInt8]

    init(_ pieces: some Sequence<some ContiguousBytes>) {
        var digest = [UInt8](repeating: 0, count: 32)
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
        for piece in pieces {
            _ = piece.withUnsafeBytes { bytes in EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }
        }
        EVP_DigestFinal_ex(context, &digest, nil)
        self.digest = digest
    }

    /// As Lambda tells it of a function's code.
    var base64: String { Data(digest).base64EncodedString() }

    /// As a request's signature has it.
    var hexadecimal: String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
