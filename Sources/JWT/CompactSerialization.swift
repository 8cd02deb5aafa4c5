import JSON

/// JWS compact serialization (RFC 7515, section 7.1) with HS256 (RFC 7518, section 3.2).
package enum CompactSerialization {
    /// Signs `claims`, the bytes of a JSON object, with the secret's UTF-8 bytes.
    package static func sign(claims: [UInt8], secret: String) -> String {
        let header = Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8)
        let input = Base64URL.encode(header) + "." + Base64URL.encode(claims)
        return input + "." + Base64URL.encode(HS256.authenticationCode(of: input.utf8, key: secret.utf8))
    }

    /// Signs claims that are all texts.
    package static func sign(_ claims: [String: String], secret: String) -> String {
        var writer = JSONWriter()
        writer.object { object in
            for (name, value) in claims.sorted(by: { $0.key < $1.key }) { object.member(name, value) }
        }
        return sign(claims: writer.bytes, secret: secret)
    }

    /// Verifies an HS256 token and returns its payload, a JSON object whose members' names are unique. The signature is
    /// compared in constant time, and before the payload is read.
    ///
    /// - Parameters:
    ///   - secret: the key; its UTF-8 bytes as they are.
    ///   - now: seconds since 1970, which `exp` and `nbf` are held against.
    package static func verify(_ token: String, secret: String, now: Double) throws(JWTError) -> [UInt8] {
        let claims = try Token(token).claims(signedWith: secret)
        try claims.checkLifetime(now: now)
        return claims.json
    }
}
