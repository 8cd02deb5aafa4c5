import JSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What is wrong with a token, in the order in which it is found out.
public enum JWTError: Error, Equatable {
    /// Not three base64url segments, or the header or the payload is not a JSON object.
    case malformed
    /// An algorithm that is not HS256, critical extensions, or a signature by another secret.
    case notVerified
    /// `exp` lies in the past.
    case expired
    /// `nbf` lies in the future.
    case notYetValid
    /// A claim is not of the type that RFC 7519 gives it.
    case badClaim(String)
}

/// JWS compact serialization (RFC 7515, section 7.1) with HS256 (RFC 7518, section 3.2), and no other algorithm: what
/// a token says of its own key (`jwk`, `jku`, `x5u`, `x5c`, `kid`) is never looked at.
public enum CompactSerialization {
    /// How far the clocks of the two sides may differ, in seconds.
    public static let leeway = 60.0

    /// Signs `claims`, any JSON object, with the secret's UTF-8 bytes.
    public static func sign(_ claims: some Encodable, secret: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let header = Data(#"{"alg":"HS256","typ":"JWT"}"#.utf8)
        let input = Base64URL.encode(header) + "." + Base64URL.encode(try encoder.encode(claims))
        return input + "." + Base64URL.encode(Data(HS256.authenticationCode(of: input.utf8, key: secret.utf8)))
    }

    /// Verifies `token` and returns its claims. The signature is compared in constant time, and before the payload is
    /// read.
    ///
    /// - Parameters:
    ///   - secret: the key; its UTF-8 bytes as they are.
    ///   - now: seconds since 1970, which `exp` and `nbf` are held against.
    public static func verify<Claims: Decodable>(
        _ token: String,
        secret: String,
        now: Double,
        as claims: Claims.Type = Claims.self
    ) throws -> Claims {
        let segments = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard segments.count == 3,
            let header = Base64URL.decode(segments[0]), isObject(header),
            let payload = Base64URL.decode(segments[1]),
            let signature = Base64URL.decode(segments[2])
        else { throw JWTError.malformed }

        let decoder = JSONDecoder()
        guard let header = try? decoder.decode(Header.self, from: header) else { throw JWTError.notVerified }
        let input = token.utf8.prefix(segments[0].count + 1 + segments[1].count)
        guard header.alg == "HS256", !header.hasCritical,
            HS256.isAuthentic(signature, input: input, key: secret.utf8)
        else { throw JWTError.notVerified }

        guard isObject(payload), let lifetime = try? decoder.decode(Lifetime.self, from: payload) else {
            throw JWTError.malformed
        }
        try lifetime.check(now: now)
        return try decoder.decode(Claims.self, from: payload)
    }

    private static func isObject(_ json: Data) -> Bool {
        json.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{") && JSONGrammar.accepts(json)
    }
}

/// What is read of a header and of claims: one type of keys, for each costs a cold start some time.
private enum Key: CodingKey {
    case alg, crit, exp, nbf
}

/// What is read of a JOSE header (RFC 7515, section 4.1).
private struct Header: Decodable {
    let alg: String
    let hasCritical: Bool

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        alg = try container.decode(String.self, forKey: .alg)
        hasCritical = container.contains(.crit)
    }
}

/// When a token is valid (RFC 7519, sections 4.1.4 and 4.1.5), in seconds since 1970.
private struct Lifetime: Decodable {
    let exp: Claim
    let nbf: Claim

    enum Claim {
        case absent
        case time(Double)
        case noNumber
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func claim(_ key: Key) -> Claim {
            guard container.contains(key) else { return .absent }
            guard let time = try? container.decode(Double.self, forKey: key), time.isFinite else { return .noNumber }
            return .time(time)
        }
        exp = claim(.exp)
        nbf = claim(.nbf)
    }

    func check(now: Double) throws {
        switch exp {
        case .absent: break
        case .noNumber: throw JWTError.badClaim("exp")
        case .time(let time): if now >= time + CompactSerialization.leeway { throw JWTError.expired }
        }
        switch nbf {
        case .absent: break
        case .noNumber: throw JWTError.badClaim("nbf")
        case .time(let time): if now < time - CompactSerialization.leeway { throw JWTError.notYetValid }
        }
    }
}
