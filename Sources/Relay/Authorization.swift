import APIGateway
import HTTPClient
import JSON
import JWT

/// Why a caller is not let in.
package enum AuthorizationError: Error, Equatable {
    /// There is no Authorization header.
    case noHeader
    /// It is not one `Bearer` token.
    case wrongType
    /// The function has no secret to verify tokens with.
    case noSecretKey
    /// The token itself is wrong.
    case token(JWTError)
    /// The token carries no API key.
    case noKey
    /// The API key holds characters that no key has, and that must not get into a header.
    case badKey

    /// What is wrong, as the caller is told.
    package var message: String {
        switch self {
        case .noHeader: "Authorization header is missing"
        case .wrongType: "Wrong authorization type"
        case .noSecretKey: "<SECRET_KEY> is missing"
        case .token(.malformed): "Wrong JWT structure"
        case .token(.notVerified): "Failed to decode JWT with provided key"
        case .token(.expired): "The JWT has expired"
        case .token(.notYetValid): "The JWT is not valid yet"
        case .token(.badClaim), .noKey: "Wrong JWT payload structure"
        case .token(.wrongAudience): "Wrong configuration-token-audience"
        case .badKey: "Invalid authentication credentials"
        }
    }
}

/// Lets callers in: `Authorization: Bearer JWT`, where the JWT carries the caller's SecurityTrails API key.
package enum Authorization {
    /// The API key of a request.
    static func key(of request: Request, secretKey: String?) throws(AuthorizationError) -> String {
        let values = request.authorization
        guard let value = values.first else { throw .noHeader }
        // Bytes, and not characters: a token may be long.
        let parts = value.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard values.count == 1, parts.count == 2, Substring(parts[0]).lowercased() == "bearer" else {
            throw .wrongType
        }
        return try key(ofToken: String(Substring(parts[1])), secretKey: secretKey)
    }

    /// The API key that a JWT carries.
    package static func key(ofToken token: String, secretKey: String?) throws(AuthorizationError) -> String {
        guard let secretKey else { throw .noSecretKey }
        let payload: [UInt8]
        do {
            payload = try CompactSerialization.verify(token, secret: secretKey, now: secondsSince1970())
        } catch {
            throw .token(error)
        }
        guard let key = key(in: payload), !key.isEmpty else { throw .noKey }
        guard key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .badKey }
        return key
    }

    private static func key(in claims: [UInt8]) -> String? {
        let key = try? JSONReader.read(claims) { reader throws(JSONError) -> String? in
            var key: String?
            guard try reader.enterObject() else { return nil }
            while let name = try reader.nextMember() {
                if name == "key" { key = try reader.string() }
            }
            return key
        }
        return key ?? nil
    }
}
