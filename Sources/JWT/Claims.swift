import JSON

/// What a verified token says.
package struct Claims {
    /// How far the clocks of the two sides may differ, in seconds.
    package static let leeway = 60.0

    /// All of it: a JSON object whose members' names are unique.
    package let json: [UInt8]

    // Times are seconds since 1970 (RFC 7519, sections 4.1.4 to 4.1.6).
    private var exp = Time.absent
    private var nbf = Time.absent
    private var iat = Time.absent
    private var audiences: [String] = []

    private enum Time {
        case absent
        case at(Double)
        case noNumber
    }

    init(_ payload: [UInt8]) throws(JWTError) {
        json = payload
        let isObject = readUniqueMembers(of: payload) { name, reader throws(JSONError) in
            switch name {
            case "exp": exp = try Self.time(&reader)
            case "nbf": nbf = try Self.time(&reader)
            case "iat": iat = try Self.time(&reader)
            case "aud": audiences = try Self.audiences(&reader)
            default: break
            }
        }
        guard isObject else { throw .malformed }
    }

    private static func time(_ reader: inout JSONReader) throws(JSONError) -> Time {
        guard let time = try reader.number(), time.isFinite else { return .noNumber }
        return .at(time)
    }

    /// A text or several of them (RFC 7519, section 4.1.3).
    private static func audiences(_ reader: inout JSONReader) throws(JSONError) -> [String] {
        if let audience = try reader.string() { return [audience] }
        guard try reader.enterArray() else { return [] }
        var audiences: [String] = []
        while try reader.nextElement() {
            if let audience = try reader.string() { audiences.append(audience) }
        }
        return audiences
    }

    /// Checks `exp` and `nbf`, if they are there.
    ///
    /// - Parameter now: seconds since 1970.
    package func checkLifetime(now: Double) throws(JWTError) {
        switch exp {
        case .absent: break
        case .noNumber: throw .badClaim("exp")
        case .at(let time): if now >= time + Self.leeway { throw .expired }
        }
        try Self.check("nbf", nbf, now: now)
    }

    /// Checks what another party's tokens must say: until when they are valid, and for whom. `nbf` and `iat` are checked
    /// if they are there.
    package func check(audience: String, now: Double) throws(JWTError) {
        if case .absent = exp { throw .badClaim("exp") }
        try checkLifetime(now: now)
        try Self.check("iat", iat, now: now)
        // Texts are compared as they are: what only looks the same to Unicode is another.
        guard audiences.contains(where: { $0.utf8.elementsEqual(audience.utf8) }) else { throw .wrongAudience }
    }

    private static func check(_ name: String, _ beginning: Time, now: Double) throws(JWTError) {
        switch beginning {
        case .absent: break
        case .noNumber: throw .badClaim(name)
        case .at(let time): if now < time - leeway { throw .notYetValid }
        }
    }
}

/// Reads the members of an object; false if the text is none, or if a name is there twice, which RFC 7515 and RFC 7519
/// (section 4 of both) let a reader refuse: two programs could else read two things from one token.
func readUniqueMembers(
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
