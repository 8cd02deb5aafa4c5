/// What is wrong with a token, in the order in which it is found out.
package enum JWTError: Error, Equatable {
    /// Not three base64url segments, or the header or the payload is not a JSON object.
    case malformed
    /// An algorithm that is not taken, critical extensions, or a signature by another key.
    case notVerified
    /// `exp` lies in the past.
    case expired
    /// `nbf` or `iat` lies in the future.
    case notYetValid
    /// A claim is missing, or is not of the type that RFC 7519 gives it.
    case badClaim(String)
    /// `aud` names others.
    case wrongAudience
}
