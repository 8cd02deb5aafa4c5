import COpenSSL
import Foundation
import Testing

@testable import JWT

/// The bytes that hexadecimal digits stand for.
private func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

@Suite("HMAC with SHA-256")
struct SignatureTests {
    /// https://www.rfc-editor.org/rfc/rfc4231#section-4
    static let vectors: [(key: [UInt8], data: [UInt8], code: String)] = [
        (
            .init(repeating: 0x0b, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            .init(repeating: 0xaa, count: 20), .init(repeating: 0xdd, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(0x01...0x19), .init(repeating: 0xcd, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            .init(repeating: 0xaa, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            .init(repeating: 0xaa, count: 131),
            Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8
            ),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test("The vectors of RFC 4231 hold", arguments: vectors)
    func vector(key: [UInt8], data: [UInt8], code: String) {
        #expect(HS256.authenticationCode(of: data, key: key) == bytes(code))
        #expect(HS256.isAuthentic(bytes(code), input: data, key: key))
    }

    @Test(
        "Keys of every length around a block's have libcrypto's own code",
        arguments: [0, 1, 32, 63, 64, 65, 127, 128, 129]
    )
    func keyLengths(count: Int) {
        let key = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let data = Array("data".utf8)
        var code = [UInt8](repeating: 0, count: 32)
        var written: UInt32 = 0
        _ = HMAC(EVP_sha256(), key, Int32(key.count), data, data.count, &code, &written)
        #expect(HS256.authenticationCode(of: data, key: key) == code)
    }

    @Test("Nothing signed with an empty key has its own well-known code")
    func empty() {
        let code = bytes("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
        #expect(HS256.authenticationCode(of: [UInt8](), key: [UInt8]()) == code)
    }

    @Test("A code with any one bit changed, a byte less or a byte more is not authentic")
    func changed() {
        let (key, data, code) = (
            Array("k".utf8), Array("d".utf8), HS256.authenticationCode(of: "d".utf8, key: "k".utf8)
        )
        for bit in 0..<256 {
            var other = code
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!HS256.isAuthentic(other, input: data, key: key))
        }
        #expect(!HS256.isAuthentic(code.dropLast(), input: data, key: key))
        #expect(!HS256.isAuthentic(code + [0], input: data, key: key))
        #expect(!HS256.isAuthentic([UInt8](), input: data, key: key))
    }

    /// https://www.rfc-editor.org/rfc/rfc7515#appendix-A.1
    @Test("The token of RFC 7515, appendix A.1, is authentic under its key, and under no other")
    func appendixA1() throws {
        let input =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
            + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let signature = try #require(Base64URL.decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".utf8))
        let encodedKey = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
        let key = try #require(Base64URL.decode(encodedKey.utf8))
        #expect(HS256.isAuthentic(signature, input: input.utf8, key: key))
        #expect(!HS256.isAuthentic(signature, input: input.utf8, key: key.dropLast()))
        #expect(!HS256.isAuthentic(signature, input: input.dropLast().utf8, key: key))
        #expect(!HS256.isAuthentic(signature, input: input.utf8, key: encodedKey.utf8))
    }
}
