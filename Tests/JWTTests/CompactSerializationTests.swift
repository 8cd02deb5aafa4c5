import Foundation
import Testing

@testable import JWT

private let secret = "the quick brown fox, naïve and 😀"
private let now = 1_700_000_000.0

private struct Claims: Codable, Equatable {
    var key: String
}

/// Base64url by Foundation's base64.
private func encoded(_ text: String) -> String {
    encoded(Data(text.utf8))
}

private func encoded(_ data: Data) -> String {
    data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        .replacingOccurrences(of: "=", with: "")
}

/// A token that is signed as it should be, whatever it holds.
private func token(
    header: String = #"{"alg":"HS256","typ":"JWT"}"#,
    payload: String = #"{"key":"k"}"#,
    secret: String = secret
) -> String {
    let input = encoded(header) + "." + encoded(payload)
    return input + "." + encoded(Data(HS256.authenticationCode(of: input.utf8, key: secret.utf8)))
}

private func verify(_ token: String, secret: String = secret, now: Double = now) throws -> Claims {
    let payload = try CompactSerialization.verify(token, secret: secret, now: now)
    return try JSONDecoder().decode(Claims.self, from: Data(payload))
}

@Suite("JWS compact serialization")
struct CompactSerializationTests {
    @Test("A token is signed as any other library would, and verified")
    func sign() throws {
        let signed = CompactSerialization.sign(["key": "a/b+c"], secret: secret)
        #expect(signed == token(payload: #"{"key":"a/b+c"}"#))
        #expect(try verify(signed) == Claims(key: "a/b+c"))
    }

    /// Made with Python's hmac, hashlib and base64.
    @Test("A token that another program made is verified, under its secret only")
    func foreign() throws {
        let token =
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJrZXkiOiJzb21lX2tleSJ9.QLm_UukGkxtsfXx9th33URWw8CulKU-znhWP02PDKNE"
        let secret = "Qm7tV2xRk9sLpZ3wHc8yBn4dJf6gTa1uEe5oKi0rXvMqWzSbCjNhPlDyFtGxAs2U"
        #expect(try verify(token, secret: secret) == Claims(key: "some_key"))
        for other in ["", String(secret.dropLast()), secret + " ", secret.lowercased()] {
            #expect(throws: JWTError.notVerified) { try verify(token, secret: other) }
        }
    }

    @Test("The secret is its UTF-8 bytes as they are: what only looks the same is another")
    func secretBytes() {
        #expect(throws: Never.self) { try verify(token(secret: "é"), secret: "é") }
        #expect(throws: JWTError.notVerified) { try verify(token(secret: "\u{E9}"), secret: "e\u{301}") }
        #expect(throws: JWTError.notVerified) { try verify(token(secret: "s"), secret: "s\n") }
    }

    @Test(
        "What is not three base64url segments is malformed",
        arguments: [
            "", ".", "..", "...", "a", "a.b", "a.b.c", encoded("{}") + "." + encoded("{}"),
            token() + ".", "." + token(), token() + "." + encoded("x"), token() + "=", token() + "\n", " " + token(),
            token().replacingOccurrences(of: ".", with: ","), token().replacingOccurrences(of: "eyJ", with: "ey+"),
            encoded(#"{"alg":"HS256"}"#) + "." + encoded("{}") + ".é",
            "." + encoded("{}") + ".", "é.é.é", "\u{0}.\u{0}.\u{0}",
        ]
    )
    func notThreeSegments(token: String) {
        #expect(throws: JWTError.malformed) { try verify(token) }
    }

    @Test(
        "A header that is not a JSON object is malformed",
        arguments: [
            "", "[]", "null", "1", #""HS256""#, "HS256", #"["HS256"]"#, #"{"alg":"HS256",}"#, #"{"alg":"HS256""#,
        ]
    )
    func header(text: String) {
        #expect(throws: JWTError.malformed) { try verify(token(header: text)) }
    }

    @Test(
        "A payload that is not a JSON object is malformed, once the signature is right",
        arguments: [
            "", "[]", "null", "7", #""key""#, #"[{"key":"k"}]"#, #"{"key":"k",}"#, #"{"key":"k"} x"#, "{'key':'k'}",
        ]
    )
    func payload(text: String) {
        #expect(throws: JWTError.malformed) { try verify(token(payload: text)) }
        #expect(throws: JWTError.notVerified) { try verify(token(payload: text, secret: "other")) }
    }

    @Test("Bytes that are no UTF-8 are no JSON object")
    func invalidUTF8() {
        let bytes = encoded(Data([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]))
        let input = encoded(#"{"alg":"HS256"}"#) + "." + bytes
        let signature = encoded(Data(HS256.authenticationCode(of: input.utf8, key: secret.utf8)))
        #expect(throws: JWTError.malformed) { try verify(input + "." + signature) }
        #expect(throws: JWTError.malformed) { try verify(bytes + "." + encoded("{}") + "." + signature) }
    }

    @Test(
        "Blanks that JSON allows may stand around the object",
        arguments: [" {\"key\":\"k\"}", "\n{\"key\":\"k\"}\r\n", "\t{ \"key\" : \"k\" }"]
    )
    func blanks(payload: String) throws {
        #expect(try verify(token(payload: payload)) == Claims(key: "k"))
        #expect(try verify(token(header: "\r\n {\"alg\" : \"HS256\"} ")) == Claims(key: "k"))
    }

    @Test(
        "No algorithm but HS256 is taken, and no extension, even under the right signature",
        arguments: [
            "{}", #"{"typ":"JWT"}"#, #"{"alg":null}"#, #"{"alg":"none"}"#, #"{"alg":"None"}"#, #"{"alg":""}"#,
            #"{"alg":"hs256"}"#, #"{"alg":"HS256 "}"#, #"{"alg":"HS384"}"#, #"{"alg":"HS512"}"#, #"{"alg":"RS256"}"#,
            #"{"alg":"ES256"}"#, #"{"alg":"PS256"}"#, #"{"alg":256}"#, #"{"alg":["HS256"]}"#, #"{"Alg":"HS256"}"#,
            #"{"alg":"HS256","crit":["exp"]}"#, #"{"alg":"HS256","crit":[]}"#, #"{"alg":"HS256","crit":null}"#,
            #"{"alg":"HS256","crit":["b64"],"b64":false}"#,
        ]
    )
    func algorithm(header: String) {
        #expect(throws: JWTError.notVerified) { try verify(token(header: header)) }
    }

    @Test("A key that the token brings along is never used, and does not spoil a good token")
    func ownKey() throws {
        let own =
            #"{"alg":"HS256","jwk":{"kty":"oct","k":"b3du"},"jku":"https://x.example/","kid":"../../dev/null""#
            + #","x5u":"https://x.example/","x5c":["AA=="]}"#
        #expect(throws: JWTError.notVerified) { try verify(token(header: own, secret: "own")) }
        #expect(try verify(token(header: own)) == Claims(key: "k"))
    }

    @Test("A signature is the whole signature of the whole input")
    func signature() {
        let good = token()
        let segments = good.split(separator: ".").map(String.init)
        let input = segments[0] + "." + segments[1]
        let signature = Data(HS256.authenticationCode(of: input.utf8, key: secret.utf8))
        for wrong in [Data(), signature.prefix(31), signature + [0], signature.prefix(1), Data(signature.reversed())] {
            #expect(throws: JWTError.notVerified) { try verify(input + "." + encoded(wrong)) }
        }
        let otherPayload = segments[0] + "." + encoded(#"{"key":"other"}"#) + "." + segments[2]
        #expect(throws: JWTError.notVerified) { try verify(otherPayload) }
        let otherHeader = encoded(#"{"alg":"HS256"}"#) + "." + segments[1] + "." + segments[2]
        #expect(throws: JWTError.notVerified) { try verify(otherHeader) }
    }

    @Test("A member that is there twice spoils the token, in the header and in the payload")
    func duplicates() {
        #expect(throws: JWTError.malformed) { try verify(token(header: #"{"alg":"HS256","alg":"HS256"}"#)) }
        #expect(throws: JWTError.malformed) { try verify(token(header: #"{"alg":"HS256","\u0061lg":"none"}"#)) }
        #expect(throws: JWTError.malformed) { try verify(token(payload: #"{"key":"k","key":"l"}"#)) }
    }

    @Test(
        "The claims exp and nbf are held against the clock, with a minute's leeway",
        arguments: [
            ("exp", 3600.0, nil), ("exp", 0, nil), ("exp", -59, nil), ("exp", -61, .expired), ("exp", -1e9, .expired),
            ("exp", -1.7e9, .expired), ("exp", 1e12, nil),
            ("nbf", -3600, nil), ("nbf", 0, nil), ("nbf", 59, nil), ("nbf", 61, .notYetValid),
            ("nbf", 1e15, .notYetValid),
            ("nbf", -1e12, nil), ("iat", 1e9, nil),
        ] as [(String, Double, JWTError?)]
    )
    func lifetime(claim: String, offset: Double, error: JWTError?) {
        let token = token(payload: #"{"key":"k","\#(claim)":\#(now + offset)}"#)
        if let error {
            #expect(throws: error) { try verify(token) }
        } else {
            #expect(throws: Never.self) { try verify(token) }
        }
    }

    @Test(
        "A time may be written in any form that JSON has for numbers",
        arguments: ["1.8e9", "1800000000", "18E+8", "1800000000.5"]
    )
    func numbers(time: String) {
        #expect(throws: Never.self) { try verify(token(payload: #"{"key":"k","exp":\#(time)}"#)) }
        #expect(throws: JWTError.notYetValid) { try verify(token(payload: #"{"key":"k","nbf":\#(time)}"#)) }
    }

    @Test(
        "A number too small to be told from zero is a time long past",
        arguments: ["1e-400", "-1e-400", "0.0e0", "-0"]
    )
    func tinyNumbers(time: String) {
        #expect(throws: JWTError.expired) { try verify(token(payload: #"{"key":"k","exp":\#(time)}"#)) }
        #expect(throws: Never.self) { try verify(token(payload: #"{"key":"k","nbf":\#(time)}"#)) }
    }

    @Test(
        "A time that is no number spoils the token",
        arguments: [#""1800000000""#, "null", "true", "[]", "{}", #"[1800000000]"#, #""""#]
    )
    func notANumber(time: String) {
        #expect(throws: JWTError.badClaim("exp")) { try verify(token(payload: #"{"key":"k","exp":\#(time)}"#)) }
        #expect(throws: JWTError.badClaim("nbf")) { try verify(token(payload: #"{"key":"k","nbf":\#(time)}"#)) }
    }

    @Test(
        "A number beyond all is no time, and no crash",
        arguments: ["1e999", "-1e999", "1e308", "123456789012345678901234567890"]
    )
    func hugeNumbers(time: String) {
        _ = try? verify(token(payload: #"{"key":"k","exp":\#(time),"nbf":\#(time)}"#))
        #expect(throws: (any Error).self) { try verify(token(payload: #"{"key":"k","nbf":\#(time)}"#), now: 1) }
    }
}
