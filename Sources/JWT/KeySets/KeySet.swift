import JSON

/// The keys of a JWK set (RFC 7517, section 5) that RS256 signatures can be verified with. Keys of another kind or for
/// another use, and those that break a rule, are passed over.
package struct KeySet: Sendable {
    private var keys: [String: RSAPublicKey] = [:]

    /// nil if the text is no JWK set: an object with an array `keys`.
    package init?(json: [UInt8]) {
        var isSet = false
        var keys: [(id: String, key: RSAPublicKey)] = []
        let isJSON: Void? = try? JSONReader.read(json) { reader throws(JSONError) in
            guard try reader.enterObject() else { return }
            while let name = try reader.nextMember() {
                guard name == "keys" else { continue }
                keys = []
                isSet = try reader.enterArray()
                guard isSet else { continue }
                while try reader.nextElement() {
                    if let key = try WebKey(&reader).verifier { keys.append(key) }
                }
            }
        }
        guard isJSON != nil, isSet else { return nil }
        // An id that stands for two keys picks neither.
        for (id, sameID) in Dictionary(grouping: keys, by: \.id) where sameID.count == 1 {
            self.keys[id] = sameID[0].key
        }
    }

    /// The key of an id.
    package subscript(id: String) -> RSAPublicKey? {
        keys[id]
    }

    /// How many keys there are.
    package var count: Int {
        keys.count
    }
}

/// What is read of a key (RFC 7517, section 4; RFC 7518, section 6.3.1).
private struct WebKey {
    /// A member that need not be there.
    private enum Member<Value> {
        case absent
        case present(Value)
        case ofAnotherType

        init(_ value: Value?) {
            self = value.map { .present($0) } ?? .ofAnotherType
        }

        func isAbsent(or condition: (Value) -> Bool) -> Bool {
            switch self {
            case .absent: true
            case .present(let value): condition(value)
            case .ofAnotherType: false
            }
        }
    }

    private var type: String?
    private var id: String?
    private var use = Member<String>.absent
    private var operations = Member<[String]>.absent
    private var algorithm = Member<String>.absent
    private var modulus: [UInt8]?
    private var exponent: [UInt8]?

    init(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.enterObject() else { return }
        while let name = try reader.nextMember() {
            switch name {
            case "kty": type = try reader.string()
            case "kid": id = try reader.string()
            case "use": use = Member(try reader.string())
            case "key_ops": operations = Member(try Self.strings(&reader))
            case "alg": algorithm = Member(try reader.string())
            case "n": modulus = try Self.number(&reader)
            case "e": exponent = try Self.number(&reader)
            default: break
            }
        }
    }

    private static func strings(_ reader: inout JSONReader) throws(JSONError) -> [String]? {
        guard try reader.enterArray() else { return nil }
        var strings: [String] = []
        while try reader.nextElement() {
            if let string = try reader.string() { strings.append(string) }
        }
        return strings
    }

    private static func number(_ reader: inout JSONReader) throws(JSONError) -> [UInt8]? {
        try reader.rawString()?.withBytes { Base64URL.decode($0) }
    }

    /// The key and its id, if RS256 signatures may be verified with it.
    var verifier: (id: String, key: RSAPublicKey)? {
        guard type == "RSA", let id, use.isAbsent(or: { $0 == "sig" }), algorithm.isAbsent(or: { $0 == "RS256" }),
            operations.isAbsent(or: { $0.contains("verify") }), let modulus, let exponent,
            let key = RSAPublicKey(modulus: modulus, exponent: exponent)
        else { return nil }
        return (id, key)
    }
}
