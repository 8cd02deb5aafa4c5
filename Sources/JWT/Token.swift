import JSON

/// A token in JWS compact serialization (RFC 7515, section 7.1), taken apart. What it says is handed out only once its
/// signature is verified, in one of two ways: HS256 with a secret, RS256 with a public key. What it says of its own key
/// (`jwk`, `jku`, `x5u`, `x5c`) is never looked at; `kid` is a name and nothing else.
package struct Token {
    /// The algorithms that are taken (RFC 7518, sections 3.2 and 3.3).
    package enum Algorithm {
        case hs256
        case rs256
    }

    /// How it says that it is signed; nil for any other algorithm, and for critical extensions, of which none is known.
    package let algorithm: Algorithm?
    /// Which key it says that it is signed with; nil if it says nothing, or no text.
    package let keyID: String?
    /// Header and payload as they are signed.
    private let input: [UInt8]
    private let payload: [UInt8]
    private let signature: [UInt8]

    /// Takes a token apart, whose header is a JSON object with unique names.
    package init(_ text: String) throws(JWTError) {
        let segments = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard segments.count == 3,
            let headerText = Base64URL.decode(segments[0]), let header = Header(headerText),
            let payload = Base64URL.decode(segments[1]),
            let signature = Base64URL.decode(segments[2])
        else { throw .malformed }
        algorithm = header.hasCritical ? nil : header.algorithm
        keyID = header.keyID
        input = Array(text.utf8.prefix(segments[0].count + 1 + segments[1].count))
        self.payload = payload
        self.signature = signature
    }

    /// What an HS256 token says, if the secret's UTF-8 bytes signed it.
    package func claims(signedWith secret: String) throws(JWTError) -> Claims {
        guard algorithm == .hs256, HS256.isAuthentic(signature, input: input, key: secret.utf8) else {
            throw .notVerified
        }
        return try Claims(payload)
    }

    /// What an RS256 token says, if the owner of the key signed it.
    package func claims(signedFor key: RSAPublicKey) throws(JWTError) -> Claims {
        guard algorithm == .rs256, key.isAuthentic(signature, input: input) else { throw .notVerified }
        return try Claims(payload)
    }
}

/// What is read of a JOSE header (RFC 7515, section 4.1).
private struct Header {
    private(set) var algorithm: Token.Algorithm?
    private(set) var keyID: String?
    private(set) var hasCritical = false

    /// nil if the text is not an object with unique names.
    init?(_ json: [UInt8]) {
        let isObject = readUniqueMembers(of: json) { name, reader throws(JSONError) in
            switch name {
            case "alg":
                switch try reader.string() {
                case "HS256": algorithm = .hs256
                case "RS256": algorithm = .rs256
                default: break
                }
            case "kid": keyID = try reader.string()
            case "crit": hasCritical = true
            default: break
            }
        }
        guard isObject else { return nil }
    }
}
