import APIGateway
import HTTPClient
import JSON
import JWT

/// Lets callers in: `Authorization: Bearer JWT`, where the JWT carries the caller's SecurityTrails API key. It is signed
/// with HS256 and the secret of the function, or by the platform itself with RS256, if the function takes that.
package struct Authorization {
    /// nil: no HS256 token is taken.
    let secretKey: String?
    /// nil: no RS256 token is taken.
    let platform: Platform?
    /// The platform's keys.
    let keys: PlatformKeys

    package init(secretKey: String?, platform: Platform? = nil, keys: PlatformKeys = PlatformKeys()) {
        self.secretKey = secretKey
        self.platform = platform
        self.keys = keys
    }

    /// Who sends a request.
    ///
    /// - Parameter end: when the platform's keys must be there, if they are to be fetched.
    func caller(of request: Request, until end: MonotonicTime) throws(AuthorizationError) -> Caller {
        let values = request.authorization
        guard let value = values.first else { throw .noHeader }
        // Bytes, and not characters: a token may be long.
        let parts = value.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard values.count == 1, parts.count == 2, Substring(parts[0]).lowercased() == "bearer" else {
            throw .wrongType
        }
        return try caller(ofToken: String(Substring(parts[1])), until: end)
    }

    /// Whose token it is.
    package func caller(ofToken text: String, until end: MonotonicTime) throws(AuthorizationError) -> Caller {
        guard platform != nil || secretKey != nil else { throw .noSecretKey }
        let token = try reading { () throws(JWTError) in try Token(text) }
        if let platform, token.algorithm == .rs256 { return try caller(of: token, platform, until: end) }
        // Without a secret the platform's tokens are the only ones that are taken.
        guard let secretKey else { throw token.algorithm == .hs256 ? .noSecretKey : .token(.notVerified) }
        let claims = try reading { () throws(JWTError) in
            let claims = try token.claims(signedWith: secretKey)
            try claims.checkLifetime(now: secondsSince1970())
            return claims
        }
        return try Caller(claims: claims.json)
    }

    /// The bearer of a token that the platform signed. Which key that takes is all that is believed before it is verified.
    private func caller(
        of token: Token,
        _ platform: Platform,
        until end: MonotonicTime
    ) throws(AuthorizationError) -> Caller {
        guard let id = token.keyID else { throw .unknownKey }
        let key = try keys.key(id, of: platform, until: end)
        let claims = try reading { () throws(JWTError) in
            let claims = try token.claims(signedFor: key)
            try claims.check(audience: platform.audience, now: secondsSince1970())
            return claims
        }
        guard platform.isKeysHost(in: claims.json) else { throw .wrongKeysHost }
        return try Caller(claims: claims.json)
    }

    private func reading<Value>(_ body: () throws(JWTError) -> Value) throws(AuthorizationError) -> Value {
        do {
            return try body()
        } catch {
            throw .token(error)
        }
    }
}
