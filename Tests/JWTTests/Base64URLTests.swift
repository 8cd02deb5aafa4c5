import Foundation
import Testing

@testable import JWT

@Suite("Base64url")
struct Base64URLTests {
    /// https://www.rfc-editor.org/rfc/rfc4648#section-10, without padding, and https://www.rfc-editor.org/rfc/rfc7515#appendix-C
    @Test(
        "Text and bytes stand for each other",
        arguments: [
            ("", []), ("Zg", Array("f".utf8)), ("Zm8", Array("fo".utf8)), ("Zm9v", Array("foo".utf8)),
            ("Zm9vYg", Array("foob".utf8)), ("Zm9vYmE", Array("fooba".utf8)), ("Zm9vYmFy", Array("foobar".utf8)),
            ("A-z_4ME", [3, 236, 255, 224, 193]), ("AA", [0]), ("_w", [255]), ("-_-_", [0xFB, 0xFF, 0xBF]),
            ("AAAA", [0, 0, 0]),
        ] as [(String, [UInt8])]
    )
    func vectors(text: String, bytes: [UInt8]) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text.utf8) == bytes)
    }

    @Test("Bytes of any length come back")
    func roundTrip() {
        for count in 0..<70 {
            let bytes = Array((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ count) })
            #expect(Base64URL.decode(Base64URL.encode(bytes).utf8) == bytes)
        }
    }

    @Test(
        "Anything else is no base64url",
        arguments: [
            // padding, the other alphabet, blanks, line ends, other letters
            "Zg==", "Zm8=", "Zm9v=", "=", "+w", "/w", "Zm 8", " Zg", "Zg ", "Zm9v\n", "Z\u{0}", "Zg.", "Zé",
            "Zm9v\u{2028}",
            // a length that no bytes have
            "Z", "Zm9vY", "A",
            // bits left over
            "Zh", "Zm9", "_x", "AB", "AAB",
        ]
    )
    func refused(text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }
}
