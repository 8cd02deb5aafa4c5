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
    /// JWKS_HOST has no key of the token's `kid`, or the token has none.
    case unknownKey
    /// The keys of JWKS_HOST could not be had.
    case noKeys(KeysFailure)
    /// The token names another host for its keys.
    case wrongKeysHost
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
        case .unknownKey: "kid from JWT header not found in API response"
        case .noKeys(let failure): "The keys of JWKS_HOST cannot be read: \(failure.reason)"
        case .wrongKeysHost: "Wrong jwks_host in JWT payload"
        case .badKey: "Invalid authentication credentials"
        }
    }
}

/// Why the keys of JWKS_HOST could not be had.
package enum KeysFailure: Error, Equatable {
    case noConnection
    case noAnswerInTime
    case certificate
    case status(Int)
    case tooLarge
    /// What came is no JWK set.
    case unreadable

    /// The same for people, and nothing of what was received.
    var reason: String {
        switch self {
        case .noConnection: "there is no connection to it"
        case .noAnswerInTime: "it did not answer in time"
        case .certificate: "its certificate cannot be verified"
        case .status(let status): "it answered with status \(status)"
        case .tooLarge: "its answer is too large"
        case .unreadable: "its answer is not a JWK set"
        }
    }
}
