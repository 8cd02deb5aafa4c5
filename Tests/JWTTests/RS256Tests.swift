import Foundation
import JWT
import TestSupport
import Testing

/// A pair for all tests of signatures: making one takes a tenth of a second.
let pair = Result { try RSAKeyPair(bits: 2048) }

/// The public key of a pair, as a JWK set has it.
func publicKey(of pair: RSAKeyPair) throws -> RSAPublicKey {
    guard let key = RSAPublicKey(modulus: pair.modulus, exponent: pair.exponent) else { throw RSAKeyPair.Failure() }
    return key
}

@Suite("RS256")
struct RS256Tests {
    private let now = 1_700_000_000.0
    private let header = #"{"alg":"RS256","kid":"k"}"#

    private func claims(_ token: String, key: RSAPublicKey) throws -> String {
        String(decoding: try Token(token).claims(signedFor: key).json, as: UTF8.self)
    }

    /// https://www.rfc-editor.org/rfc/rfc7515#appendix-A.2
    @Test("The example of RFC 7515 is verified, and says what it says there")
    func vector() throws {
        let keys = try #require(
            KeySet(
                json: Array(
                    """
                    {"keys":[{"kid":"example","kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddx\
                    HmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg\
                    0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT\
                    6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}]}
                    """.utf8
                )
            )
        )
        let token = """
            eyJhbGciOiJSUzI1NiJ9.\
            eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
            cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CU\
            Ar7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_d\
            O--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0ig\
            cN_IoypGlUPQGe77Rw
            """
        let key = try #require(keys["example"])
        let payload = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}"
        #expect(try claims(token, key: key) == payload)
        #expect(try Token(token).keyID == nil)
        let changed = token.replacingOccurrences(of: "eyJpc3MiOiJqb2Ui", with: "eyJpc3MiOiJqb2Uj")
        #expect(throws: JWTError.notVerified) { try claims(changed, key: key) }
    }

    @Test("A token is verified with the key that signed it, and with no other")
    func ownKey() throws {
        let token = try pair.get().token(header: header, payload: #"{"key":"k"}"#)
        #expect(try claims(token, key: publicKey(of: pair.get())) == #"{"key":"k"}"#)
        let other = try publicKey(of: RSAKeyPair(bits: 2048))
        #expect(throws: JWTError.notVerified) { try claims(token, key: other) }
    }

    @Test("Keys of other sizes and with a small exponent verify too", arguments: [(2056, 65537), (3072, 3), (2048, 3)])
    func otherKeys(bits: Int, exponent: Int) throws {
        let pair = try RSAKeyPair(bits: bits, exponent: UInt(exponent))
        let token = try pair.token(header: header, payload: "{}")
        #expect(try claims(token, key: publicKey(of: pair)) == "{}")
    }

    @Test(
        "Every other spelling of the algorithm is refused, under the right signature",
        arguments: [
            "{}", #"{"alg":"none"}"#, #"{"alg":"None"}"#, #"{"alg":"nOnE"}"#, #"{"alg":""}"#, #"{"alg":null}"#,
            #"{"alg":"rs256"}"#, #"{"alg":"RS256 "}"#, #"{"alg":"RS256\u0000"}"#, #"{"alg":"RS384"}"#,
            #"{"alg":"RS512"}"#, #"{"alg":"PS256"}"#, #"{"alg":"ES256"}"#, #"{"alg":"HS256"}"#, #"{"alg":"RSA"}"#,
            #"{"alg":["RS256"]}"#, #"{"alg":{"RS256":1}}"#, #"{"alg":256}"#, #"{"Alg":"RS256"}"#,
            #"{"alg":"ＲＳ256"}"#, #"{"alg":"RS256","crit":["exp"]}"#, #"{"alg":"RS256","crit":[]}"#,
            #"{"alg":"RS256","crit":null}"#, #"{"alg":"RS256","crit":["b64"],"b64":false}"#,
            #"{"alg":"RS256","crit":["b64"],"b64":true}"#,
        ]
    )
    func algorithm(header: String) throws {
        let token = try pair.get().token(header: header, payload: "{}")
        #expect(throws: JWTError.notVerified) { try claims(token, key: publicKey(of: pair.get())) }
    }

    @Test("An algorithm may be written with JSON's escapes, and b64 without crit means nothing")
    func escapes() throws {
        let key = try publicKey(of: pair.get())
        for header in [#"{"alg":"RS\u0032\u00356"}"#, #"{"alg":"RS256","b64":false}"#, " {\"alg\" :\t\"RS256\"}\r\n"] {
            #expect(try claims(pair.get().token(header: header, payload: "{}"), key: key) == "{}")
        }
    }

    @Test(
        "A header or a payload with a member that is there twice is malformed",
        arguments: [
            (#"{"alg":"RS256","alg":"RS256"}"#, "{}"), (#"{"alg":"none","alg":"RS256"}"#, "{}"),
            (#"{"alg":"RS256","kid":"k","kid":"k"}"#, "{}"), (#"{"alg":"RS256","\u006bid":"a","kid":"k"}"#, "{}"),
            (#"{"alg":"RS256"}"#, #"{"aud":"a","aud":"b"}"#), (#"{"alg":"RS256"}"#, #"{"exp":1,"\u0065xp":2}"#),
        ]
    )
    func duplicates(header: String, payload: String) throws {
        let token = try pair.get().token(header: header, payload: payload)
        #expect(throws: JWTError.malformed) { try claims(token, key: publicKey(of: pair.get())) }
    }

    @Test("A key that the token brings along is not used, and does not spoil a good token")
    func embeddedKey() throws {
        let own = try RSAKeyPair(bits: 2048)
        let header = """
            {"alg":"RS256","kid":"k","jku":"https://evil.example/jwks","x5u":"https://evil.example/x","x5c":["AA=="],\
            "jwk":{"kty":"RSA","n":"\(base64URL(own.modulus))","e":"AQAB","kid":"k"}}
            """
        let key = try publicKey(of: pair.get())
        #expect(throws: JWTError.notVerified) { try claims(own.token(header: header, payload: "{}"), key: key) }
        #expect(try claims(pair.get().token(header: header, payload: "{}"), key: key) == "{}")
    }

    @Test(
        "The key's id is a text, whatever is in it",
        arguments: [
            (#""k""#, "k"), (#""""#, ""), (#""../../etc/passwd""#, "../../etc/passwd"), (#""k\u0000""#, "k\u{0}"),
            (#""' OR 1=1""#, "' OR 1=1"), ("1", nil), ("null", nil), (#"["k"]"#, nil), (#"{"k":"k"}"#, nil),
        ] as [(String, String?)]
    )
    func keyID(json: String, id: String?) throws {
        let token = try pair.get().token(header: #"{"alg":"RS256","kid":\#(json)}"#, payload: "{}")
        #expect(try Token(token).keyID == id)
    }

    @Test("The public key is no secret of HS256, in whichever form, and no HS256 token is verified with it")
    func confusion() throws {
        let pair = try pair.get()
        let key = try publicKey(of: pair)
        let forms: [[UInt8]] = [
            pair.modulus, try keySet([pair.webKey(id: "k")]), Array(base64URL(pair.modulus).utf8), pair.exponent,
        ]
        for form in forms {
            let secret = String(decoding: form, as: UTF8.self)
            let token = CompactSerialization.sign(["key": "k"], secret: secret)
            #expect(throws: JWTError.notVerified) { try claims(token, key: key) }
        }
        let signed = try pair.token(header: header, payload: "{}")
        #expect(throws: JWTError.notVerified) { try Token(signed).claims(signedWith: "") }
        #expect(throws: JWTError.notVerified) { try CompactSerialization.verify(signed, secret: "s", now: now) }
    }

    @Test("Base64url with padding, blanks, other letters or bits left over is malformed")
    func malleable() throws {
        let pair = try pair.get()
        let key = try publicKey(of: pair)
        let token = try pair.token(header: header, payload: "{}")
        let parts = token.split(separator: ".").map(String.init)
        // 256 bytes are 342 letters, the last of which has four bits left over.
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let letter = try #require(parts[2].last)
        let last = try #require(letters.firstIndex(of: letter))
        let others = (1..<16).map { parts[2].dropLast() + String(letters[last + $0]) }
        let malformed =
            others.map { "\(parts[0]).\(parts[1]).\($0)" } + [
                token + "==", token + "=", token + "\n", token + " ", token + ".",
                "\(parts[0])=.\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1])==.\(parts[2])",
                "\(parts[0]).\(parts[1])\u{0}.\(parts[2])", "\(parts[0]).e3 0.\(parts[2])",
                "\(parts[0]).\(parts[1]).\(parts[2].replacingOccurrences(of: "-", with: "+"))+",
                ".\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1])", "\(parts[0])", "",
            ]
        for token in malformed {
            #expect(throws: JWTError.malformed, "\(token.suffix(20))") { try claims(token, key: key) }
        }
        #expect(throws: JWTError.notVerified) { try claims(token + "A", key: key) }
        #expect(throws: JWTError.notVerified) { try claims("\(parts[0])..\(parts[2])", key: key) }
        #expect(throws: JWTError.notVerified) { try claims("\(parts[0]).\(parts[1]).", key: key) }
        #expect(try claims(token, key: key) == "{}")
    }

    @Test("A token of a megabyte is judged in no time, whichever part is long")
    func long() throws {
        let pair = try pair.get()
        let key = try publicKey(of: pair)
        let filler = String(repeating: "x", count: 1 << 20)
        let began = Date()
        let payload = #"{"key":"\#(filler)"}"#
        #expect(try claims(pair.token(header: header, payload: payload), key: key) == payload)
        let longID = try pair.token(header: #"{"alg":"RS256","kid":"\#(filler)"}"#, payload: "{}")
        #expect(try claims(longID, key: key) == "{}")
        let token = try pair.token(header: header, payload: "{}")
        #expect(throws: JWTError.notVerified) { try claims(token + String(repeating: "A", count: 1 << 20), key: key) }
        #expect(throws: JWTError.malformed) { try claims(String(repeating: ".", count: 1 << 20), key: key) }
        #expect(Date().timeIntervalSince(began) < 30)
    }

    @Test("A payload that is no JSON object is malformed, once the signature is right")
    func payload() throws {
        let key = try publicKey(of: pair.get())
        for payload in ["", "[]", "null", "{", "{'a':1}", "{\"a\":1,}", "\u{FEFF}\u{FEFF}{}"] {
            let token = try pair.get().token(header: header, payload: payload)
            #expect(throws: JWTError.malformed) { try claims(token, key: key) }
        }
    }
}

@Suite("Claims of another party's token")
struct ClaimsTests {
    private let now = 1_700_000_000.0

    private func check(_ claims: String, audience: String = "https://relay.example/dev") throws {
        let token = try pair.get().token(id: "k", payload: claims)
        try Token(token).claims(signedFor: publicKey(of: pair.get())).check(audience: audience, now: now)
    }

    @Test(
        "The claim exp must be there, nbf and iat may be, all with a minute's leeway",
        arguments: [
            (#""exp":1700000000"#, nil), (#""exp":1699999941"#, nil), (#""exp":1699999940"#, .expired),
            (#""exp":1e-400"#, .expired), (#""exp":0"#, .expired), ("", .badClaim("exp")),
            (#""exp":null"#, .badClaim("exp")), (#""exp":"1800000000""#, .badClaim("exp")),
            (#""exp":1e400"#, .badClaim("exp")),
            (#""exp":1800000000,"nbf":1700000060"#, nil), (#""exp":1800000000,"nbf":1700000061"#, .notYetValid),
            (#""exp":1800000000,"nbf":"0""#, .badClaim("nbf")),
            (#""exp":1800000000,"iat":1700000060"#, nil), (#""exp":1800000000,"iat":1700000061"#, .notYetValid),
            (#""exp":1800000000,"iat":true"#, .badClaim("iat")), (#""exp":1800000000,"iat":-1e400"#, .badClaim("iat")),
        ] as [(String, JWTError?)]
    )
    func times(claims: String, error: JWTError?) throws {
        let json = #"{"aud":"https://relay.example/dev"\#(claims.isEmpty ? "" : ",")\#(claims)}"#
        if let error {
            #expect(throws: error) { try check(json) }
        } else {
            #expect(throws: Never.self) { try check(json) }
        }
    }

    @Test(
        "The audience is a text, or is in a list",
        arguments: [
            #""https://relay.example/dev""#, #"["https://relay.example/dev"]"#,
            #"["x",1,"https://relay.example\/dev"]"#,
        ]
    )
    func audience(json: String) {
        #expect(throws: Never.self) { try check(#"{"exp":1800000000,"aud":\#(json)}"#) }
    }

    @Test(
        "Any other audience is wrong",
        arguments: [
            "null", "1", "[]", #""""#, #""https://relay.example/dev/""#, #""HTTPS://relay.example/dev""#, #"["x"]"#,
            #"{"https://relay.example/dev":1}"#, #"[["https://relay.example/dev"]]"#,
            #""https://relay.example/dev\u0000""#,
        ]
    )
    func otherAudience(json: String) {
        #expect(throws: JWTError.wrongAudience) { try check(#"{"exp":1800000000,"aud":\#(json)}"#) }
        #expect(throws: JWTError.wrongAudience) { try check(#"{"exp":1800000000}"#) }
    }

    @Test("Audiences are compared byte by byte")
    func bytes() {
        #expect(throws: JWTError.wrongAudience) { try check(#"{"exp":1800000000,"aud":"e\u0301"}"#, audience: "é") }
    }
}
