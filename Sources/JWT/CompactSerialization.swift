import JSON

/// What is wrong with a token, in the order in which it is found out.
package enum JWTError: Error, Equatable {
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
package enum CompactSerialization {
    /// How far the clocks of the two sides may differ, in seconds.
    package static let leeway = 60.0

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

    /// Verifies `token` and returns its payload, a JSON object whose members' names are unique. The signature is compared
    /// in constant time, and before the payload is read.
    ///
    /// - Parameters:
    ///   - secret: the key; its UTF-8 bytes as they are.
    ///   - now: seconds since 1970, which `exp` and `nbf` are held against.
    package static func verify(_ token: String, secret: String, now: Double) throws(JWTError) -> [UInt8] {
        let segments = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard segments.count == 3,
            let headerText = Base64URL.decode(segments[0]), let header = Header(headerText),
            let payload = Base64URL.decode(segments[1]),
            let signature = Base64URL.decode(segments[2])
        else { throw JWTError.malformed }

        let input = token.utf8.prefix(segments[0].count + 1 + segments[1].count)
        guard header.isHS256, !header.hasCritical, HS256.isAuthentic(signature, input: input, key: secret.utf8) else {
            throw JWTError.notVerified
        }

        guard let lifetime = Lifetime(payload) else { throw JWTError.malformed }
        try lifetime.check(now: now)
        return payload
    }
}

/// What is read of a JOSE header (RFC 7515, section 4.1).
private struct Header {
    private(set) var isHS256 = false
    private(set) var hasCritical = false

    /// nil if the text is not an object with unique names.
    init?(_ json: [UInt8]) {
        let isObject = readUniqueMembers(of: json) { name, reader throws(JSONError) in
            switch name {
            case "alg": isHS256 = try reader.string() == "HS256"
            case "crit": hasCritical = true
            default: break
            }
        }
        guard isObject else { return nil }
    }
}

/// When a token is valid (RFC 7519, sections 4.1.4 and 4.1.5), in seconds since 1970.
private struct Lifetime {
    private var exp = Claim.absent
    private var nbf = Claim.absent

    private enum Claim {
        case absent
        case time(Double)
        case noNumber
    }

    /// nil if the text is not an object with unique names.
    init?(_ json: [UInt8]) {
        let isObject = readUniqueMembers(of: json) { name, reader throws(JSONError) in
            switch name {
            case "exp": exp = try Self.claim(&reader)
            case "nbf": nbf = try Self.claim(&reader)
            default: break
            }
        }
        guard isObject else { return nil }
    }

    private static func claim(_ reader: inout JSONReader) throws(JSONError) -> Claim {
        guard let time = try reader.number(), time.isFinite else { return .noNumber }
        return .time(time)
    }

    func check(now: Double) throws(JWTError) {
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

/// Reads the members of an object; false if the text is none, or if a name is there twice, which RFC 7515 and RFC 7519
/// (section 4 of both) let a reader refuse: two programs could else read two things from one token.
private func readUniqueMembers(
    of json: [UInt8],
    _ member: (JSONString, inout JSONReader) throws(JSONError) -> Void
) -> Bool {
    let isObject = try? JSONReader.read(json) { reader throws(JSONError) in
        guard try reader.enterObject() else { return false }
        var names: Set<[UInt8]> = []
        var isUnique = true
        while let name = try reader.nextMember() {
            isUnique = names.insert(name.bytes).inserted && isUnique
            try member(name, &reader)
        }
        return isUnique
    }
    return isObject ?? false
}
