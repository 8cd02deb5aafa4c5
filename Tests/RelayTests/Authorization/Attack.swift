import Foundation
import Loopback
import TestSupport
import Testing

/// One attempt to be let in: a token, how it is sent, and what the relay must answer.
struct Attack: Sendable, CustomTestStringConvertible {
    /// How a token is made.
    typealias Recipe = @Sendable () throws -> String

    /// What the relay says.
    enum Answer: String {
        case letIn = "(let in)"
        case noHeader = "Authorization header is missing"
        case wrongType = "Wrong authorization type"
        case malformed = "Wrong JWT structure"
        case notVerified = "Failed to decode JWT with provided key"
        case expired = "The JWT has expired"
        case notYetValid = "The JWT is not valid yet"
        case badPayload = "Wrong JWT payload structure"
        case badKey = "Invalid authentication credentials"
        case wrongAudience = "Wrong configuration-token-audience"
        case wrongHost = "Wrong jwks_host in JWT payload"
        case unknownKey = "kid from JWT header not found in API response"
        case noSecretKey = "<SECRET_KEY> is missing"
    }

    let name: String
    let token: Recipe
    /// Members of the event, as JSON. TOKEN stands for the token.
    let event: String
    let answer: Answer

    init(_ name: String, _ token: @escaping Recipe, _ answer: Answer) {
        self.init(name, token, sent: "Bearer TOKEN", answer)
    }

    init(_ name: String, _ token: @escaping Recipe = hs256(), in event: String, _ answer: Answer) {
        self.name = name
        self.token = token
        self.event = event
        self.answer = answer
    }

    /// - Parameter value: the Authorization header's, as JSON writes it.
    init(_ name: String, _ token: @escaping Recipe = hs256(), sent value: String, _ answer: Answer) {
        self.init(name, token, in: #""headers":{"Authorization":"\#(value)"}"#, answer)
    }

    var testDescription: String {
        "\(name) → \(answer.rawValue)"
    }

    /// The whole event.
    func event(path: String) throws -> Data {
        let token = String(decoding: JSONValue.string(try token()).text(), as: UTF8.self).dropFirst().dropLast()
        let members = event.replacingOccurrences(of: "TOKEN", with: token)
        return Data(#"{"httpMethod":"POST","path":"\#(path)","requestContext":{},"body":"[]",\#(members)}"#.utf8)
    }
}

// MARK: - Tokens

/// The usual header of each algorithm, and the usual claims, which both take.
let hs256Header = #"{"alg":"HS256","typ":"JWT"}"#
let rs256Header = #"{"alg":"RS256","typ":"JWT","kid":"k"}"#

/// A token signed with a secret, right or not, whatever it says of itself.
func hs256(
    _ header: String = hs256Header,
    _ payload: String = claims(),
    secret: [UInt8] = Array(secret.utf8)
) -> Attack.Recipe {
    { hs256(segments: base64URL(header), base64URL(payload), secret: secret) }
}

/// The same of segments as they are.
func hs256(segments header: String, _ payload: String, secret: [UInt8] = Array(secret.utf8)) -> String {
    let input = header + "." + payload
    return input + "." + base64URL(hmacSHA256(Array(input.utf8), key: secret))
}

/// The same with a claim in the place of the usual one, made when it is sent: a time may be in it.
func hs256(claim: @autoclosure @escaping @Sendable () -> String) -> Attack.Recipe {
    { try hs256(hs256Header, claims(claim()))() }
}

/// HS256 with what an attacker makes of the platform's public key for a secret.
func hs256(by form: @escaping @Sendable (RSAKeyPair) throws -> String) -> Attack.Recipe {
    { try hs256(secret: Array(form(pair.get()).utf8))() }
}

/// A public key in PEM (RFC 7468, section 13).
@Sendable func pem(_ pair: RSAKeyPair) -> String {
    let text = Data(pair.publicKeyInfo).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    return "-----BEGIN PUBLIC KEY-----\n\(text)\n-----END PUBLIC KEY-----"
}

/// A token that a key of the platform signed, or another.
func rs256(
    _ header: String = rs256Header,
    _ payload: String = claims(),
    by pair: Result<RSAKeyPair, any Error> = pair
) -> Attack.Recipe {
    { try pair.get().token(header: header, payload: payload) }
}

func rs256(claim: @autoclosure @escaping @Sendable () -> String) -> Attack.Recipe {
    { try rs256(rs256Header, claims(claim()))() }
}

/// A token of the platform's key with a signature made otherwise: of the input.
func rs256(
    _ header: String = rs256Header,
    signature: @escaping @Sendable ([UInt8]) throws -> [UInt8]
) -> Attack.Recipe {
    {
        let input = base64URL(header) + "." + base64URL(claims())
        return input + "." + base64URL(try signature(Array(input.utf8)))
    }
}

/// The same where the private key's power was taken of a content: what stands behind the padding is the digest's.
func rs256(content: @escaping @Sendable (_ digestInfo: [UInt8]) -> [UInt8]) -> Attack.Recipe {
    rs256(signature: { try pair.get().power(of: content(digestInfo(digest($0)))) })
}

/// DigestInfo (RFC 8017, section 9.2) of SHA-256.
func digestInfo(_ digest: [UInt8]) -> [UInt8] {
    [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20]
        + digest
}

/// So many bytes.
func bytes(_ byte: UInt8, _ count: Int) -> [UInt8] {
    [UInt8](repeating: byte, count: count)
}

/// A token with one of its three segments changed after it was signed.
func changed(_ segment: Int, of token: @escaping Attack.Recipe, _ change: @escaping @Sendable (String) -> String)
    -> Attack.Recipe
{
    {
        var segments = try token().components(separatedBy: ".")
        segments[segment] = change(segments[segment])
        return segments.joined(separator: ".")
    }
}

/// A text with its last letter so many places further in base64url's alphabet.
func lastLetter(of text: String, plus offset: Int) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    let last = text.last.flatMap { letters.firstIndex(of: $0) } ?? 0
    return text.dropLast() + String(letters[last + offset])
}

/// Now, with seconds added.
func time(_ offset: Int) -> Int {
    Int(Date().timeIntervalSince1970) + offset
}

// MARK: - Keys

let smallPair = Result { try RSAKeyPair(bits: 1024) }
let oddPair = Result { try RSAKeyPair(bits: 2056) }
let cubePair = Result { try RSAKeyPair(bits: 2048, exponent: 3) }
let strangerPair = Result { try RSAKeyPair(bits: 2048) }

/// The platform's set: the one good key, and some that are not for this.
func attackedKeySet() throws -> [UInt8] {
    let (pair, other) = (try pair.get(), try strangerPair.get())
    return try keySet([
        pair.webKey(id: "k"), pair.webKey(id: "twice"), other.webKey(id: "twice"),
        pair.webKey(id: "enc", ["use": "enc"]),
        pair.webKey(id: "ps", ["alg": "PS256"]), pair.webKey(id: "one", ["e": "AQ"]),
        smallPair.get().webKey(id: "small"),
        oddPair.get().webKey(id: "odd"), cubePair.get().webKey(id: "cube"), ["kty": "oct", "kid": "oct", "k": "AAAA"],
    ])
}
