import COpenSSL
import Foundation
import TestSupport
import Testing

@testable import JWT

/// A value in ASN.1's distinguished encoding: all that an RSA signature's DigestInfo is made of.
private indirect enum DER {
    case primitive(tag: UInt8, [UInt8])
    case sequence([DER])
    /// Bytes in the place of a value.
    case raw([UInt8])

    var tag: UInt8 {
        switch self {
        case .primitive(let tag, _): tag
        case .sequence: 0x30
        case .raw: 0
        }
    }

    var content: [UInt8] {
        switch self {
        case .primitive(_, let bytes), .raw(let bytes): bytes
        case .sequence(let elements): elements.flatMap(\.bytes)
        }
    }

    var bytes: [UInt8] {
        if case .raw(let bytes) = self { return bytes }
        return Self.length(tag, content.count) + content
    }

    private static func length(_ tag: UInt8, _ count: Int) -> [UInt8] {
        count < 128 ? [tag, UInt8(count)] : [tag, 0x81, UInt8(count)]
    }

    /// The same with what `change` makes of the value at a path.
    func changing(at path: ArraySlice<Int>, _ change: (DER) -> [UInt8]) -> DER {
        guard let first = path.first, case .sequence(var elements) = self else { return .raw(change(self)) }
        elements[first] = elements[first].changing(at: path.dropFirst(), change)
        return .sequence(elements)
    }
}

/// What can be wrong with an encoded value; the kinds are those that Wycheproof looks for.
private func changes() -> [(name: String, change: (DER) -> [UInt8])] {
    func length(_ bytes: [UInt8]) -> (DER) -> [UInt8] {
        { [$0.tag] + bytes + $0.content }
    }
    func count(_ value: DER, plus: Int = 0) -> UInt8 { UInt8(value.content.count + plus) }
    func big(_ bytes: UInt8...) -> [UInt8] { [0x80 | UInt8(bytes.count)] + bytes }
    let garbage: [UInt8] = [0x49, 0x81, 0x77]
    let unknownTags: [UInt8] = [0xAA, 0x00, 0xBB, 0x00, 0xCD, 0x00]
    func content(_ change: @escaping ([UInt8]) -> [UInt8]) -> (DER) -> [UInt8] {
        { value in
            let content = change(value.content)
            return [value.tag, UInt8(content.count)] + content
        }
    }
    return [
        ("long form of the length", { [$0.tag, 0x81, count($0)] + $0.content }),
        ("zero in front of the length", { [$0.tag, 0x82, 0, count($0)] + $0.content }),
        ("length one too large", { [$0.tag, count($0, plus: 1)] + $0.content }),
        ("length one too small", { [$0.tag, count($0) &- 1] + $0.content }),
        ("length over 32 bits", { [$0.tag, 0x85, 1, 0, 0, 0, count($0)] + $0.content }),
        ("length over 64 bits", { [$0.tag, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, count($0)] + $0.content }),
        ("length 2**31 - 1", length(big(0x7F, 0xFF, 0xFF, 0xFF))),
        ("length 2**31", length(big(0x80, 0, 0, 0))),
        ("length 2**32 - 1", length(big(0xFF, 0xFF, 0xFF, 0xFF))),
        ("length 2**40 - 1", length(big(0xFF, 0xFF, 0xFF, 0xFF, 0xFF))),
        ("length 2**64 - 1", length(big(0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF))),
        ("length 255", length([0xFF])),
        ("indefinite length", length([0x80])),
        ("indefinite length, ended", { [$0.tag, 0x80] + $0.content + [0, 0] }),
        ("indefinite length, half ended", { [$0.tag, 0x80] + $0.content + [0] }),
        ("constructed, indefinite length", { [$0.tag | 0x20, 0x80] + $0.bytes + [0, 0] }),
        ("removed", { _ in [] }),
        ("tag only", { [$0.tag] }),
        ("no content", { [$0.tag, 0] + ($0.content.isEmpty ? [0] : []) }),
        ("zeros behind the content", content { $0 + [0, 0] }),
        ("zeros before the content", content { [0, 0] + $0 }),
        ("zeros behind the value", { $0.bytes + [0, 0] }),
        ("one zero behind the value", { $0.bytes + [0] }),
        ("NULL in the content", content { $0 + [5, 0] }),
        ("NULL behind the value", { $0.bytes + [5, 0] }),
        ("garbage before the content", content { garbage + $0 }),
        ("garbage behind the content", content { $0 + garbage }),
        ("garbage before the value", { garbage + $0.bytes }),
        ("garbage behind the value", { $0.bytes + garbage }),
        ("unknown tags in the content", content { unknownTags + $0 }),
        ("unknown tags before the value", { unknownTags + $0.bytes }),
        ("truncated length", { [$0.tag, 0x81] }),
        ("NULL in its place", { $0.tag == 5 ? [5, 1, 0] : [5, 0] }),
        ("constructed", { [$0.tag ^ 0x20] + $0.bytes.dropFirst() }),
        ("of another class", { [$0.tag | 0x80] + $0.bytes.dropFirst() }),
        ("of the application's class", { [$0.tag | 0x40] + $0.bytes.dropFirst() }),
        ("tag plus 1", { [$0.tag + 1] + $0.bytes.dropFirst() }),
        ("tag 255", { [0xFF] + $0.bytes.dropFirst() }),
        ("tag 0", { [0] + $0.bytes.dropFirst() }),
        ("in a constructed value", content { [0x30, UInt8($0.count)] + $0 }),
        ("a sequence around it", { [0x30, UInt8($0.bytes.count)] + $0.bytes }),
        ("twice", { $0.bytes + $0.bytes }),
        ("first byte of the content changed", content { $0.isEmpty ? [1] : [$0[0] ^ 2] + $0.dropFirst() }),
        ("last byte of the content changed", content { $0.isEmpty ? [2] : $0.dropLast() + [$0[$0.count - 1] ^ 0x80] }),
        ("content without its first byte", content { $0.isEmpty ? [3] : Array($0.dropFirst()) }),
        ("content without its last byte", content { $0.isEmpty ? [4] : Array($0.dropLast()) }),
    ]
}

/// The values of a DigestInfo (RFC 8017, section 9.2), and where they stand in it.
private let places: [(name: String, path: [Int])] = [
    ("DigestInfo", []), ("digestAlgorithm", [0]), ("OID", [0, 0]), ("NULL", [0, 1]), ("digest", [1]),
]

@Suite("What RSA signatures hold")
struct RSAPaddingTests {
    private static let input = Array("eyJhbGciOiJSUzI1NiJ9.e30".utf8)
    private static let sha256: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]

    private static func digest(_ name: String, of message: [UInt8] = input) throws -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 64)
        var count = 0
        try #require(EVP_Q_digest(nil, name, nil, message, message.count, &digest, &count) == 1)
        return Array(digest[..<count])
    }

    private static func digestInfo(_ digest: [UInt8], oid: [UInt8] = sha256) -> DER {
        .sequence([.sequence([.primitive(tag: 6, oid), .primitive(tag: 5, [])]), .primitive(tag: 4, digest)])
    }

    /// `00 01 FF … FF 00`, filled up to a modulus' 256 bytes, and what stands behind it.
    private static func padded(_ info: [UInt8], lead: [UInt8] = [0, 1], fill: UInt8 = 0xFF) -> [UInt8] {
        lead + [UInt8](repeating: fill, count: 256 - lead.count - 1 - info.count) + [0] + info
    }

    private func isAuthentic(_ content: [UInt8]) throws -> Bool {
        let pair = try pair.get()
        return try publicKey(of: pair).isAuthentic(try pair.power(of: content), input: Self.input)
    }

    @Test("The one right content is authentic")
    func right() throws {
        let content = Self.padded(Self.digestInfo(try Self.digest("SHA256")).bytes)
        #expect(try isAuthentic(content))
        #expect(try pair.get().power(of: content) == pair.get().sign(Self.input))
    }

    @Test("Any other encoding of the digest is refused", arguments: places.map(\.name))
    func encodings(place: String) throws {
        let path = try #require(places.first { $0.name == place }).path
        let right = Self.digestInfo(try Self.digest("SHA256"))
        var known: Set<[UInt8]> = [right.bytes]
        for (name, change) in changes() {
            let info = right.changing(at: path[...], change).bytes
            let content = Self.padded(info)
            // Two changes may come to the same, and none to the right encoding.
            #expect(info != right.bytes, "\(name)")
            if known.insert(info).inserted { #expect(try !isAuthentic(content), "\(name)") }
        }
        #expect(known.count > 35)
    }

    @Test(
        "Another hash, or its name, is refused",
        arguments: [
            ("MD5", [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x05]), ("SHA1", [0x2B, 0x0E, 0x03, 0x02, 0x1A]),
            ("SHA224", [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04]),
            ("SHA384", [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02]),
            ("SHA512", [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03]),
            ("SHA512-224", [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x05]),
            ("SHA512-256", [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x06]),
            ("SHA3-224", [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x07]),
            ("SHA3-256", [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x08]),
            ("SHA3-384", [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x09]),
            ("SHA3-512", [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x0A]),
        ] as [(String, [UInt8])]
    )
    func otherHash(name: String, oid: [UInt8]) throws {
        let (right, other) = (try Self.digest("SHA256"), try Self.digest(name))
        for (digest, oid) in [(other, oid), (right, oid), (other, Self.sha256)] {
            #expect(try !isAuthentic(Self.padded(Self.digestInfo(digest, oid: oid).bytes)))
        }
    }

    @Test("The input, its bare digest or another input's digest is refused")
    func otherContent() throws {
        let right = try Self.digest("SHA256")
        for content in [
            Self.input, right, Self.digestInfo(Self.input).bytes,
            Self.digestInfo(try Self.digest("SHA256", of: [1])).bytes,
            Self.digestInfo([UInt8](repeating: 0, count: 32)).bytes, [],
        ] {
            #expect(try !isAuthentic(Self.padded(content)))
        }
    }

    @Test("Any other padding is refused")
    func paddings() throws {
        let info = Self.digestInfo(try Self.digest("SHA256")).bytes
        let right = Self.padded(info)
        let end = 256 - info.count - 1
        func changed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var content = right
            change(&content)
            return content
        }
        func bytes(_ byte: UInt8, _ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }
        // For encryption, of type 0, with other bytes than FF, and with none at all
        var contents: [[UInt8]] = [
            Self.padded(info, lead: [0, 2]), Self.padded(info, lead: [0, 0]), Self.padded(info, lead: [0, 0], fill: 0),
            Self.padded(info, lead: [0, 1], fill: 0xEE), Self.padded(info, lead: [0, 1], fill: 0),
            bytes(0, 256 - info.count) + info,
        ]
        contents.append(changed { $0[end - 1] = 0xEE })
        contents.append(changed { $0[2] = 0xFE })
        contents.append(changed { $0[end] = 0xFF })
        contents.append(changed { $0[end] = 1 })
        contents.append(changed { $0[end - 1] = 0 })
        contents.append(changed { $0[10] = 0 })
        // Too short, with the digest in front and something else behind it
        let short: [UInt8] = [0, 1] + bytes(0xFF, 8) + [0] + info
        contents.append(short + bytes(0, 256 - short.count))
        contents.append(short + bytes(0x5A, 256 - short.count))
        contents.append([0, 1, 0] + info + bytes(0xFF, 253 - info.count))
        contents.append([0, 1] + bytes(0xFF, end - 4) + [0] + info + [0, 0])
        // Moved
        contents.append([0, 0] + Array(right.dropLast(2)))
        contents.append([0] + Array(right.dropLast()))
        contents.append(Array(right.dropFirst()) + [0])
        for (index, content) in contents.enumerated() {
            #expect(content.count == 256)
            #expect(try !isAuthentic(content), "content \(index)")
        }
    }

    @Test("A signature is a number below the modulus, of as many bytes as that")
    func numbers() throws {
        let pair = try pair.get()
        let key = try publicKey(of: pair)
        let right = try pair.sign(Self.input)
        #expect(key.isAuthentic(right, input: Self.input))

        /// `left` plus or minus `right`, as so many bytes.
        func number(_ left: [UInt8], plus right: [UInt8] = [], minus: [UInt8] = [], count: Int = 256) -> [UInt8] {
            let (sum, difference) = (BN_bin2bn(left, Int32(left.count), nil), BN_bin2bn(minus, Int32(minus.count), nil))
            let other = BN_bin2bn(right, Int32(right.count), nil)
            defer { [sum, difference, other].forEach { BN_free($0) } }
            BN_add(sum, sum, other)
            BN_sub(sum, sum, difference)
            var bytes = [UInt8](repeating: 0, count: count)
            BN_bn2binpad(sum, &bytes, Int32(count))
            return bytes
        }
        let zeros = [UInt8](repeating: 0, count: 256)
        let signatures: [[UInt8]] = [
            [], [0], [1], zeros, number([1]), number([2]), number(pair.modulus), number(pair.modulus, plus: [1]),
            number(pair.modulus, minus: [1]), number(pair.modulus, minus: right), [UInt8](repeating: 0xFF, count: 256),
            number(right, plus: pair.modulus, count: 257), [0] + right, [0, 0] + right, right + [0], right + [0, 0],
            Array(right.dropLast()), Array(right.dropFirst()), right.reversed(), right + right,
        ]
        for (index, signature) in signatures.enumerated() {
            #expect(!key.isAuthentic(signature, input: Self.input), "signature \(index)")
        }
        for bit in stride(from: 0, to: 2048, by: 31) {
            var changed = right
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!key.isAuthentic(changed, input: Self.input))
        }
    }

    @Test("PSS signatures, and PKCS #1 signatures of other hashes, are refused")
    func otherSchemes() throws {
        let pair = try pair.get()
        let key = try publicKey(of: pair)
        for length in [0, 20, 32, 222] {
            #expect(!key.isAuthentic(try pair.sign(Self.input, padding: .pss(saltLength: length)), input: Self.input))
        }
        for hash in ["SHA1", "SHA224", "SHA384", "SHA512", "MD5"] {
            #expect(!key.isAuthentic(try pair.sign(Self.input, hash: hash), input: Self.input), "\(hash)")
        }
    }

    @Test("With an exponent of 3, no signature is forged by a cube root")
    func cubeRoot() throws {
        let pair = try RSAKeyPair(bits: 2048, exponent: 3)
        let key = try publicKey(of: pair)
        #expect(key.isAuthentic(try pair.sign(Self.input), input: Self.input))
        let info = Self.digestInfo(try Self.digest("SHA256")).bytes
        // What the root of such a number cubes to: the right beginning, and whatever comes behind it.
        let content = [0, 1] + [UInt8](repeating: 0xFF, count: 8) + [0] + info
        let forged = content + (0..<256 - content.count).map { UInt8(truncatingIfNeeded: $0 &* 89) }
        #expect(!key.isAuthentic(try pair.power(of: forged), input: Self.input))
    }

    @Test("A refused signature leaves no error for libcurl's next connection to find")
    func errorQueue() throws {
        ERR_clear_error()
        #expect(try !publicKey(of: pair.get()).isAuthentic([1], input: Self.input))
        #expect(
            RSAPublicKey(modulus: [UInt8](repeating: 0xFF, count: 256), exponent: [UInt8](repeating: 0xFF, count: 256))
                == nil
        )
        #expect(ERR_peek_error() == 0)
    }
}
