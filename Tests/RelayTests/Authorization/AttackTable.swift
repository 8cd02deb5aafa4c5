import Foundation
import TestSupport

/// The table of attacks: what is tried, and what the relay answers. It has both a SECRET_KEY and a JWKS_HOST, so that
/// either could be played off against the other.
extension Attack {
    static let all =
        algorithms + spellings + embeddedKeys + keyIDs + extensions + duplicates + headers + segments + base64
        + times + sizes + confusions + keys + paddings + payloads

    private static let algorithms: [Attack] = [
        Attack("HS256 as it should be", hs256(), .letIn),
        Attack("RS256 as it should be", rs256(), .letIn),
        Attack(
            "alg none, no signature",
            { base64URL(#"{"alg":"none"}"#) + "." + base64URL(claims()) + "." },
            .notVerified
        ),
        Attack("alg none, the right HMAC", hs256(#"{"alg":"none"}"#), .notVerified),
        Attack("HS256 without a signature", changed(2, of: hs256()) { _ in "" }, .notVerified),
        Attack("no alg", hs256("{}"), .notVerified),
        Attack("alg null", hs256(#"{"alg":null}"#), .notVerified),
        Attack("alg empty", hs256(#"{"alg":""}"#), .notVerified),
        Attack("alg a list", hs256(#"{"alg":["HS256"]}"#), .notVerified),
        Attack("alg an object", hs256(#"{"alg":{"HS256":1}}"#), .notVerified),
        Attack("alg a number", hs256(#"{"alg":256}"#), .notVerified),
        Attack("HS384", hs256(#"{"alg":"HS384"}"#), .notVerified),
        Attack("HS512", hs256(#"{"alg":"HS512"}"#), .notVerified),
        Attack("ES256", hs256(#"{"alg":"ES256"}"#), .notVerified),
        Attack("EdDSA", hs256(#"{"alg":"EdDSA"}"#), .notVerified),
        Attack("RS384", rs256(#"{"alg":"RS384","kid":"k"}"#), .notVerified),
        Attack("RS512", rs256(#"{"alg":"RS512","kid":"k"}"#), .notVerified),
        Attack("PS256", rs256(#"{"alg":"PS256","kid":"k"}"#), .notVerified),
        Attack("encryption in place of a signature", hs256(#"{"alg":"dir","enc":"A128GCM"}"#), .notVerified),
    ]

    private static let spellings: [Attack] = [
        Attack("hs256", hs256(#"{"alg":"hs256"}"#), .notVerified),
        Attack("None", hs256(#"{"alg":"None"}"#), .notVerified),
        Attack("nOnE", hs256(#"{"alg":"nOnE"}"#), .notVerified),
        Attack("a blank behind HS256", hs256(#"{"alg":"HS256 "}"#), .notVerified),
        Attack("NUL behind HS256", hs256(#"{"alg":"HS256\u0000"}"#), .notVerified),
        Attack("full-width HS256", hs256(#"{"alg":"ＨＳ２５６"}"#), .notVerified),
        Attack("a Cyrillic letter in HS256", hs256(#"{"alg":"HЅ256"}"#), .notVerified),
        Attack("the name in capitals", hs256(#"{"ALG":"HS256"}"#), .notVerified),
        Attack("NUL in the name", hs256(#"{"alg\u0000":"HS256"}"#), .notVerified),
        Attack("HS256 in JSON's escapes", hs256(#"{"\u0061lg":"HS\u0032\u00356"}"#), .letIn),
        Attack("rs256", rs256(#"{"alg":"rs256","kid":"k"}"#), .notVerified),
    ]

    private static let embeddedKeys: [Attack] = [
        Attack(
            "jwk, signed with it",
            hs256(own(#""jwk":{"kty":"oct","k":"b3du"}"#), secret: Array("own".utf8)),
            .notVerified
        ),
        Attack("jwk, not needed", hs256(own(#""jwk":{"kty":"oct","k":"b3du"}"#)), .letIn),
        Attack(
            "jku, signed with what is there",
            hs256(own(#""jku":"https://evil.example/""#), secret: [0]),
            .notVerified
        ),
        Attack("x5u, signed with what is there", hs256(own(#""x5u":"file:///dev/null""#), secret: []), .notVerified),
        Attack("x5c, signed with it", hs256(own(#""x5c":["AA=="]"#), secret: [0]), .notVerified),
        Attack("x5t, signed with it", hs256(own(#""x5t":"AA""#), secret: [0]), .notVerified),
        Attack("RS256 by a stranger", rs256(by: strangerPair), .notVerified),
        Attack(
            "RS256 by a stranger, jwk, jku, x5u and x5c with the key",
            {
                let (n, info) = (base64URL(try strangerPair.get().modulus), try strangerPair.get().publicKeyInfo)
                let key = #"{"kty":"RSA","kid":"k","n":"\#(n)","e":"AQAB"}"#
                let urls = #""jku":"https://evil.example/jwks","x5u":"https://evil.example/c.pem""#
                let x5c = Data(info).base64EncodedString()
                let header = #"{"alg":"RS256","kid":"k","jwk":\#(key),\#(urls),"x5c":["\#(x5c)"]}"#
                return try strangerPair.get().token(header: header, payload: claims())
            },
            .notVerified
        ),
        Attack("jwks_host names another host", rs256(claim: #""jwks_host":"evil.example""#), .wrongHost),
        Attack("jwks_host with a user", rs256(claim: #""jwks_host":"127.0.0.1@evil.example""#), .wrongHost),
    ]

    /// An HS256 header with further members.
    static func own(_ members: String) -> String { #"{"alg":"HS256",\#(members)}"# }

    private static let keyIDs: [Attack] = [
        Attack("kid a file", hs256(own(#""kid":"../../../../dev/null""#), secret: []), .notVerified),
        Attack("kid SQL", hs256(own(#""kid":"x' UNION SELECT 'k';--""#), secret: Array("k".utf8)), .notVerified),
        Attack("kid a command", hs256(own(#""kid":"|sleep 9""#), secret: []), .notVerified),
        Attack("kid a file, not needed", hs256(own(#""kid":"../../../../dev/null""#)), .letIn),
        Attack("no kid", rs256(#"{"alg":"RS256"}"#), .unknownKey),
        Attack("kid null", rs256(#"{"alg":"RS256","kid":null}"#), .unknownKey),
        Attack("kid a list", rs256(#"{"alg":"RS256","kid":["k"]}"#), .unknownKey),
        Attack("kid empty", rs256(#"{"alg":"RS256","kid":""}"#), .unknownKey),
        Attack("kid in capitals", rs256(#"{"alg":"RS256","kid":"K"}"#), .unknownKey),
        Attack("NUL behind kid", rs256(#"{"alg":"RS256","kid":"k\u0000"}"#), .unknownKey),
        Attack("kid a path to the key", rs256(#"{"alg":"RS256","kid":"./k"}"#), .unknownKey),
        Attack("kid a web address", rs256(#"{"alg":"RS256","kid":"https://evil.example/k"}"#), .unknownKey),
        Attack("kid of two keys", rs256(#"{"alg":"RS256","kid":"twice"}"#), .unknownKey),
        Attack("kid in JSON's escapes", rs256(#"{"alg":"RS256","kid":"\u006b"}"#), .letIn),
    ]

    private static let extensions: [Attack] = [
        Attack("crit of a known name", hs256(own(#""crit":["exp"],"exp":0"#)), .notVerified),
        Attack("crit of an unknown name", hs256(own(#""crit":["x"],"x":1"#)), .notVerified),
        Attack("crit empty", hs256(own(#""crit":[]"#)), .notVerified),
        Attack("crit null", hs256(own(#""crit":null"#)), .notVerified),
        Attack("b64 false, in crit", hs256(own(#""crit":["b64"],"b64":false"#)), .notVerified),
        Attack("b64 true, in crit", hs256(own(#""crit":["b64"],"b64":true"#)), .notVerified),
        Attack("b64 false, not in crit", hs256(own(#""b64":false"#)), .letIn),
        Attack(
            "b64 false, the payload as it is",
            { hs256(segments: base64URL(own(#""b64":false"#)), #"{"key":"k"}"#) },
            .malformed
        ),
        Attack("crit, RS256", rs256(#"{"alg":"RS256","kid":"k","crit":["exp"]}"#), .notVerified),
        Attack("zip", hs256(own(#""zip":"DEF""#), "\u{5}\u{0}"), .malformed),
        Attack("a token in the token", hs256(own(#""cty":"JWT""#), "e30.e30.AA"), .malformed),
    ]

    private static let duplicates: [Attack] = [
        Attack("alg twice, none first", hs256(#"{"alg":"none","alg":"HS256"}"#), .malformed),
        Attack("alg twice, none last", hs256(#"{"alg":"HS256","alg":"none"}"#), .malformed),
        Attack("alg twice, one escaped", hs256(#"{"alg":"HS256","\u0061lg":"HS256"}"#), .malformed),
        Attack("kid twice", rs256(#"{"alg":"RS256","kid":"x","kid":"k"}"#), .malformed),
        Attack("key twice", hs256(hs256Header, #"{"key":"one","key":"two"}"#), .malformed),
        Attack("exp twice", hs256(hs256Header, #"{"key":"k","exp":1,"exp":4000000000}"#), .malformed),
        Attack("aud twice", rs256(claim: #""aud":"x","aud":"\#(audience)""#), .malformed),
        Attack("any claim twice", hs256(claim: #""x":1,"x":1"#), .malformed),
        Attack("the header twice", hs256(hs256Header + hs256Header), .malformed),
    ]

    private static let headers: [Attack] = [
        Attack("no header", in: #""headers":{}"#, .noHeader),
        Attack("headers null", in: #""headers":null"#, .noHeader),
        Attack("a header of no text", in: #""headers":{"Authorization":7}"#, .noHeader),
        Attack("an empty header", sent: #""#, .wrongType),
        Attack("no scheme", sent: #"TOKEN"#, .wrongType),
        Attack("Basic", sent: #"Basic TOKEN"#, .wrongType),
        Attack("a scheme that begins so", sent: #"BearerX TOKEN"#, .wrongType),
        Attack("a scheme in quotation marks", sent: #"\"Bearer\" TOKEN"#, .wrongType),
        Attack("two tokens in one header", sent: #"Bearer TOKEN TOKEN"#, .wrongType),
        Attack("two values in one header", sent: #"Bearer TOKEN, Bearer TOKEN"#, .wrongType),
        Attack("a comma behind it", sent: #"Bearer TOKEN,"#, .malformed),
        Attack(
            "two headers",
            in: #""multiValueHeaders":{"Authorization":["Bearer TOKEN","Bearer TOKEN"]}"#,
            .wrongType
        ),
        Attack("two headers, one empty", in: #""multiValueHeaders":{"Authorization":["","Bearer TOKEN"]}"#, .wrongType),
        Attack(
            "two spellings",
            in: #""headers":{"Authorization":"Bearer TOKEN","authorization":"Bearer TOKEN"}"#,
            .wrongType
        ),
        Attack(
            "the same member twice",
            in: #""headers":{"Authorization":"x","Authorization":"Bearer TOKEN"}"#,
            .wrongType
        ),
        Attack(
            "two forms of headers, which differ",
            in: #""headers":{"Authorization":"Bearer TOKEN"},"multiValueHeaders":{"Authorization":["x"]}"#,
            .wrongType
        ),
        Attack("Proxy-Authorization", in: #""headers":{"Proxy-Authorization":"Bearer TOKEN"}"#, .noHeader),
        Attack("a blank behind the name", in: #""headers":{"Authorization ":"Bearer TOKEN"}"#, .noHeader),
        Attack("a line's end before it", sent: #"\r\nBearer TOKEN"#, .wrongType),
        Attack("a line's end for the blank", sent: #"Bearer\nTOKEN"#, .wrongType),
        Attack("a line's end behind it", sent: #"Bearer TOKEN\n"#, .malformed),
        Attack("a vertical tab for the blank", sent: #"Bearer\u000bTOKEN"#, .wrongType),
        Attack("a no-break space for the blank", sent: #"Bearer\u00a0TOKEN"#, .wrongType),
        Attack("NUL before it", sent: #"\u0000Bearer TOKEN"#, .wrongType),
        Attack("NUL for the blank", sent: #"Bearer\u0000TOKEN"#, .wrongType),
        Attack("NUL behind it", sent: #"Bearer TOKEN\u0000"#, .malformed),
        Attack("NUL and another token behind it", sent: #"Bearer TOKEN\u0000TOKEN"#, .malformed),
        Attack("blanks and tabs around it", sent: #"\t bEARER \t TOKEN \t"#, .letIn),
        Attack(
            "a token in the query",
            in: #""queryStringParameters":{"access_token":"TOKEN"},"headers":{}"#,
            .noHeader
        ),
        Attack("a token in a cookie", in: #""headers":{"Cookie":"Authorization=Bearer TOKEN"}"#, .noHeader),
    ]

    private static let segments: [Attack] = [
        Attack("nothing", { "." }, .malformed),
        Attack("three empty segments", { ".." }, .malformed),
        Attack("two segments", { base64URL(hs256Header) + "." + base64URL(claims()) }, .malformed),
        Attack("four segments", { try hs256()() + ".AA" }, .malformed),
        Attack("five segments", { try hs256()() + ".AA.AA" }, .malformed),
        Attack("a point behind it", { try hs256()() + "." }, .malformed),
        Attack("a point before it", { try "." + hs256()() }, .malformed),
        Attack("JSON serialization", { #"{"payload":"e30","signatures":[]}"# }, .malformed),
        Attack("header a list", hs256(#"["HS256"]"#), .malformed),
        Attack("header null", hs256("null"), .malformed),
        Attack("header with a comma too many", hs256(#"{"alg":"HS256",}"#), .malformed),
        Attack("header with something behind it", hs256(#"{"alg":"HS256"}x"#), .malformed),
        Attack("header with a comment", hs256(#"{"alg":"HS256"/**/}"#), .malformed),
        Attack(
            "header that is no UTF-8",
            { hs256(segments: base64URL([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]), base64URL(claims())) },
            .malformed
        ),
        Attack("signed with another secret", hs256(secret: Array("another".utf8)), .notVerified),
        Attack("signed with nothing", hs256(secret: []), .notVerified),
        Attack("signed with the secret and a line's end", hs256(secret: Array((secret + "\n").utf8)), .notVerified),
        Attack(
            "another payload under the signature",
            changed(1, of: hs256()) { _ in base64URL(#"{"key":"x"}"#) },
            .notVerified
        ),
        Attack(
            "another header under the signature",
            changed(0, of: hs256()) { _ in base64URL(own(#""x":1"#)) },
            .notVerified
        ),
        Attack(
            "the first byte of the signature",
            changed(2, of: hs256()) { "A" + ($0.first == "A" ? "B" : "A") + $0.dropFirst(2) },
            .notVerified
        ),
        Attack(
            "the last byte of the signature",
            changed(2, of: hs256()) { $0.dropLast(2) + ($0.hasSuffix("AA") ? "BA" : "AA") },
            .notVerified
        ),
        Attack("half of the signature", changed(2, of: hs256()) { String($0.prefix(20)) }, .notVerified),
        Attack("a byte behind the signature", changed(2, of: hs256()) { $0 + "A" }, .notVerified),
        Attack(
            "the signature twice",
            changed(2, of: hs256()) { $0.dropLast() + "A" + $0.dropLast() + "A" },
            .notVerified
        ),
    ]

    private static let base64: [Attack] = [
        Attack(
            "bits left over in the signature, 1",
            changed(2, of: hs256()) { lastLetter(of: $0, plus: 1) },
            .malformed
        ),
        Attack(
            "bits left over in the signature, 2",
            changed(2, of: hs256()) { lastLetter(of: $0, plus: 2) },
            .malformed
        ),
        Attack(
            "bits left over in the signature, 3",
            changed(2, of: hs256()) { lastLetter(of: $0, plus: 3) },
            .malformed
        ),
        Attack(
            "bits left over in RSA's signature",
            changed(2, of: rs256()) { lastLetter(of: $0, plus: 15) },
            .malformed
        ),
        Attack(
            "bits left over in the payload, signed so",
            { hs256(segments: base64URL(hs256Header), "e31") },
            .malformed
        ),
        Attack("padding behind the signature", changed(2, of: hs256()) { $0 + "=" }, .malformed),
        Attack(
            "padding behind the payload, signed so",
            { hs256(segments: base64URL(hs256Header), "e30=") },
            .malformed
        ),
        Attack(
            "padding behind the header, signed so",
            { hs256(segments: base64URL(own(#""x":10"#)) + "==", "e30") },
            .malformed
        ),
        Attack(
            "the standard alphabet, signed so",
            { hs256(segments: base64URL(own(#""x":"~~>??""#)).standard, base64URL(claims())) },
            .malformed
        ),
        Attack("base64url of the same", hs256(own(#""x":"~~>??""#)), .letIn),
        Attack("a letter too many", changed(2, of: hs256()) { $0 + "AA" }, .malformed),
        Attack(
            "a blank in the payload",
            changed(1, of: hs256()) { $0.prefix(4) + "\u{C}" + $0.dropFirst(4) },
            .malformed
        ),
        Attack(
            "a line's end in the signature",
            changed(2, of: hs256()) { $0.prefix(4) + "\r\n" + $0.dropFirst(4) },
            .malformed
        ),
        Attack("percent encoding", changed(2, of: hs256()) { $0.prefix(4) + "%41" + $0.dropFirst(4) }, .malformed),
        Attack("a letter that only looks the same", changed(1, of: hs256()) { "е" + $0.dropFirst() }, .malformed),
        Attack("an accent behind a letter", changed(1, of: hs256()) { $0 + "\u{301}" }, .malformed),
    ]

    private static let times: [Attack] = [
        Attack("exp within the leeway of a minute", hs256(claim: #""exp":\#(time(-50))"#), .letIn),
        Attack("exp a minute ago", hs256(claim: #""exp":\#(time(-60))"#), .expired),
        Attack("exp 0", hs256(claim: #""exp":0"#), .expired),
        Attack("exp negative", hs256(claim: #""exp":-1"#), .expired),
        Attack("exp negative and huge", hs256(claim: #""exp":-1e308"#), .expired),
        Attack("exp next to nothing", hs256(claim: #""exp":1e-400"#), .expired),
        Attack("exp huge", hs256(claim: #""exp":1e308"#), .letIn),
        Attack("exp with 30 digits", hs256(claim: #""exp":123456789012345678901234567890"#), .letIn),
        Attack("exp beyond all numbers", hs256(claim: #""exp":1e999"#), .badPayload),
        Attack("exp a text", hs256(claim: #""exp":"4000000000""#), .badPayload),
        Attack("exp null", hs256(claim: #""exp":null"#), .badPayload),
        Attack("exp true", hs256(claim: #""exp":true"#), .badPayload),
        Attack("exp a list", hs256(claim: #""exp":[4000000000]"#), .badPayload),
        Attack("exp NaN", hs256(claim: #""exp":NaN"#), .malformed),
        Attack("exp hexadecimal", hs256(claim: #""exp":0xFFFFFFFF"#), .malformed),
        Attack("exp with a plus sign", hs256(claim: #""exp":+4000000000"#), .malformed),
        Attack("exp with a zero in front", hs256(claim: #""exp":04000000000"#), .malformed),
        Attack("EXP in capitals is another claim", hs256(claim: #""EXP":0"#), .letIn),
        Attack("nbf within the leeway of a minute", hs256(claim: #""nbf":\#(time(60))"#), .letIn),
        Attack("nbf later", hs256(claim: #""nbf":\#(time(3_660))"#), .notYetValid),
        Attack("nbf huge", hs256(claim: #""nbf":1e308"#), .notYetValid),
        Attack("nbf negative and huge", hs256(claim: #""nbf":-1e308"#), .letIn),
        Attack("nbf beyond all numbers", hs256(claim: #""nbf":-1e999"#), .badPayload),
        Attack("nbf a text", hs256(claim: #""nbf":"0""#), .badPayload),
        Attack("iat later is the bearer's own business", hs256(claim: #""iat":\#(time(3_660))"#), .letIn),
        Attack("iat within the leeway, RS256", rs256(claim: #""iat":\#(time(60))"#), .letIn),
        Attack("iat later, RS256", rs256(claim: #""iat":\#(time(3_660))"#), .notYetValid),
        Attack("iat a text, RS256", rs256(claim: #""iat":"0""#), .badPayload),
        Attack("exp within the leeway, RS256", rs256(claim: #""exp":\#(time(-50))"#), .letIn),
        Attack("exp a minute ago, RS256", rs256(claim: #""exp":\#(time(-60))"#), .expired),
        Attack("no exp, RS256", rs256(rs256Header, #"{"key":"k","aud":"\#(audience)"}"#), .badPayload),
        Attack(
            "expired, and signed by a stranger",
            rs256(rs256Header, claims(#""exp":0"#), by: strangerPair),
            .notVerified
        ),
    ]

    private static let megabyte = String(repeating: "A", count: 1 << 20)

    private static let sizes: [Attack] = [
        Attack("a claim of 1 MB", hs256(claim: #""x":"\#(megabyte)""#), .letIn),
        Attack(
            "a claim of 1 MB, changed",
            changed(1, of: hs256(claim: #""x":"\#(megabyte)""#)) { "A" + $0.dropFirst() },
            .notVerified
        ),
        Attack("a kid of 1 MB", rs256(#"{"alg":"RS256","kid":"\#(megabyte)"}"#), .unknownKey),
        Attack("an alg of 1 MB", hs256(#"{"alg":"\#(megabyte)"}"#), .notVerified),
        Attack("a signature of 1 MB", changed(2, of: hs256()) { _ in megabyte }, .notVerified),
        Attack("a signature of 1 MB, RS256", changed(2, of: rs256()) { _ in megabyte }, .notVerified),
        Attack("1 MB of points", { String(repeating: ".", count: 1 << 20) }, .malformed),
        Attack("1 MB of one segment", { megabyte }, .malformed),
        Attack(
            "1 MB of brackets in the header",
            hs256(own(#""x":\#(String(repeating: "[", count: 1 << 20))"#)),
            .malformed
        ),
        Attack(
            "1 MB of brackets in the payload",
            hs256(hs256Header, String(repeating: "[", count: 1 << 20)),
            .malformed
        ),
        Attack("100,000 members", hs256(claim: (0..<100_000).map { #""\#($0)":0"# }.joined(separator: ",")), .letIn),
    ]

    private static let payloads: [Attack] = [
        Attack("payload empty", hs256(hs256Header, ""), .malformed),
        Attack("payload a list", hs256(hs256Header, #"[{"key":"k"}]"#), .malformed),
        Attack("payload a text", hs256(hs256Header, #""key""#), .malformed),
        Attack("no key", hs256(hs256Header, "{}"), .badPayload),
        Attack("key null", hs256(claim: #""key":null"#), .badPayload),
        Attack("key empty", hs256(claim: #""key":"""#), .badPayload),
        Attack("key a list", hs256(claim: #""key":["k"]"#), .badPayload),
        Attack("a line's end in the key", hs256(claim: #""key":"k\r\nX-Injected: 1""#), .badKey),
        Attack("NUL in the key", hs256(claim: #""key":"k\u0000""#), .badKey),
        Attack("a blank in the key", hs256(claim: #""key":"k k""#), .badKey),
        Attack("a Cyrillic key", hs256(claim: #""key":"ключ""#), .badKey),
    ]
}

extension String {
    /// Base64 in the alphabet of RFC 4648, section 4.
    fileprivate var standard: String {
        replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    }
}
