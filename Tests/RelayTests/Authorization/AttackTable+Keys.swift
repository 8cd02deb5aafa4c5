import Foundation
import TestSupport

/// Attacks by what is known of the platform's keys, and by what signatures hold.
extension Attack {
    static let confusions: [Attack] = [
        Attack("HS256 with the platform's key in PEM", hs256(by: { pem($0) + "\n" }), .notVerified),
        Attack("HS256 with the platform's key in PEM, no line's end", hs256(by: pem), .notVerified),
        Attack("HS256 with the platform's modulus", hs256(by: { base64URL($0.modulus) }), .notVerified),
        Attack(
            "HS256 with the platform's set of keys",
            hs256(by: { _ in String(decoding: try attackedKeySet(), as: UTF8.self) }),
            .notVerified
        ),
        Attack("HS256 with the key in DER", { try hs256(secret: pair.get().publicKeyInfo)() }, .notVerified),
        Attack("HS256 with the modulus' bytes", { try hs256(secret: pair.get().modulus)() }, .notVerified),
        Attack(
            "HS256 with kid of the platform's key",
            { try hs256(own(#""kid":"k""#), secret: pair.get().publicKeyInfo)() },
            .notVerified
        ),
        Attack("RS256 that the secret signed", hs256(rs256Header), .notVerified),
        Attack("HS256 that the platform's key signed", rs256(hs256Header), .notVerified),
        Attack("RS256 under HS256's header", changed(0, of: rs256()) { _ in base64URL(hs256Header) }, .notVerified),
        Attack("HS256 under RS256's header", changed(0, of: hs256()) { _ in base64URL(rs256Header) }, .notVerified),
        Attack("RS256 for another audience", rs256(claim: #""aud":"https://other.example/""#), .wrongAudience),
        Attack("RS256 for the audience with a slash", rs256(claim: #""aud":"\#(audience)/""#), .wrongAudience),
    ]

    static let keys: [Attack] = [
        Attack("a key of 1024 bits", rs256(#"{"alg":"RS256","kid":"small"}"#, by: smallPair), .unknownKey),
        Attack("a key of 2056 bits", rs256(#"{"alg":"RS256","kid":"odd"}"#, by: oddPair), .letIn),
        Attack("an exponent of 3", rs256(#"{"alg":"RS256","kid":"cube"}"#, by: cubePair), .letIn),
        Attack(
            "an exponent of 1",
            rs256(#"{"alg":"RS256","kid":"one"}"#, signature: { padded(digestInfo(digest($0))) }),
            .unknownKey
        ),
        Attack("a key for encryption", rs256(#"{"alg":"RS256","kid":"enc"}"#), .unknownKey),
        Attack("a key for PS256", rs256(#"{"alg":"RS256","kid":"ps"}"#), .unknownKey),
        Attack("a secret among the keys", hs256(#"{"alg":"RS256","kid":"oct"}"#, secret: [0, 0, 0]), .unknownKey),
        Attack("another key of the set", rs256(#"{"alg":"RS256","kid":"cube"}"#), .notVerified),
    ]

    static let paddings: [Attack] = [
        Attack("the right content, as a power", rs256(content: { padded($0) }), .letIn),
        Attack("PSS", rs256(signature: { try pair.get().sign($0, padding: .pss(saltLength: 32)) }), .notVerified),
        Attack("SHA-1", rs256(signature: { try pair.get().sign($0, hash: "SHA1") }), .notVerified),
        Attack("SHA-512", rs256(signature: { try pair.get().sign($0, hash: "SHA512") }), .notVerified),
        Attack("PKCS #1 of type 2", rs256(content: { padded($0, lead: [0, 2]) }), .notVerified),
        Attack("PKCS #1 of type 0", rs256(content: { padded($0, lead: [0, 0], fill: 0) }), .notVerified),
        Attack("another filling", rs256(content: { padded($0, fill: 0xEE) }), .notVerified),
        Attack(
            "eight bytes of filling, garbage behind",
            rs256(content: {
                let short = [0, 1] + bytes(0xFF, 8) + [0] + $0; return short + bytes(0x5A, 256 - short.count)
            }),
            .notVerified
        ),
        Attack(
            "no filling, garbage behind",
            rs256(content: { [0, 1, 0] + $0 + bytes(0xFF, 253 - $0.count) }),
            .notVerified
        ),
        Attack("two bytes behind the digest", rs256(content: { padded($0 + [0, 0]) }), .notVerified),
        Attack(
            "garbage in the parameters",
            rs256(content: { padded([0x30, 0x34] + [0x30, 0x10] + $0[4..<15] + [5, 3, 1, 2, 3] + $0[17...]) }),
            .notVerified
        ),
        Attack(
            "no parameters",
            rs256(content: { padded([0x30, 0x2F] + [0x30, 0x0B] + $0[4..<15] + $0[17...]) }),
            .notVerified
        ),
        Attack("the digest without its name", rs256(content: { padded(Array($0[19...])) }), .notVerified),
        Attack("a signature of zeros", rs256(signature: { _ in bytes(0, 256) }), .notVerified),
        Attack("a signature of one", rs256(signature: { _ in bytes(0, 255) + [1] }), .notVerified),
        Attack("the modulus", rs256(signature: { _ in try pair.get().modulus }), .notVerified),
        Attack("a zero in front of the signature", rs256(signature: { try [0] + pair.get().sign($0) }), .notVerified),
        Attack(
            "the signature without its last byte",
            rs256(signature: { try pair.get().sign($0).dropLast() }),
            .notVerified
        ),
        Attack(
            "a bit of RSA's signature",
            changed(2, of: rs256()) { ($0.first == "A" ? "B" : "A") + $0.dropFirst() },
            .notVerified
        ),
        Attack(
            "a cube root, garbage behind",
            rs256(#"{"alg":"RS256","kid":"cube"}"#, signature: { _ in bytes(0, 170) + bytes(0x32, 86) }),
            .notVerified
        ),
    ]

    /// The content of an RSA signature of 256 bytes (RFC 8017, section 9.2).
    private static func padded(_ info: [UInt8], lead: [UInt8] = [0, 1], fill: UInt8 = 0xFF) -> [UInt8] {
        lead + bytes(fill, 256 - lead.count - 1 - info.count) + [0] + info
    }
}
