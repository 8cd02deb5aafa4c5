import Foundation
import TestSupport
import Testing

@testable import JWT

@Suite("JWK sets")
struct KeySetTests {
    /// The ids of a set's keys that signatures can be verified with.
    private func usable(_ members: [String: Any], id: String = "k") throws -> Bool {
        let keys = try #require(KeySet(json: try keySet([pair.get().webKey(id: id, members)])))
        return keys[id] != nil
    }

    @Test(
        "What is no set of keys is none",
        arguments: [
            "", "[]", "null", "{}", #"{"keys":{}}"#, #"{"keys":null}"#, #"{"keys":[}"#, #"{"keys":[]} x"#,
            #"{"Keys":[]}"#,
            #"{"keys":[],}"#, "<html>", #"{"keys":[{"kty":"RSA"}]"#, #"{"keys":[],"keys":1}"#,
        ]
    )
    func noSet(text: String) {
        #expect(KeySet(json: Array(text.utf8)) == nil)
    }

    @Test("A set may have members and keys of any kind, which are passed over")
    func otherMembers() throws {
        let good = String(
            decoding: try JSONSerialization.data(withJSONObject: try pair.get().webKey(id: "k")),
            as: UTF8.self
        )
        let text = """
            {"x":[{"keys":1}],"keys":[1,null,"k",[],{},{"kty":"oct","k":"AA","kid":"a"},{"kty":"EC","kid":"b"},\
            {"kty":1,"kid":"c"},\(good)],"next":{}}
            """
        let keys = try #require(KeySet(json: Array(text.utf8)))
        #expect(keys.count == 1)
        #expect(keys["k"] != nil)
        #expect(keys["a"] == nil)
    }

    @Test("A key counts with the members that RFC 7517 and RFC 7518 give it, and without those that it may leave out")
    func good() throws {
        for members: [String: Any] in [
            [:], ["use": "sig"], ["alg": "RS256"], ["key_ops": ["verify"]], ["key_ops": ["sign", "verify"]],
            ["x5c": ["AA=="], "x5t": "AA", "d": "AA"],
        ] {
            #expect(try usable(members), "\(members)")
        }
        var key = try pair.get().webKey(id: "k")
        key["use"] = nil
        key["alg"] = nil
        #expect(KeySet(json: try keySet([key]))?["k"] != nil)
    }

    @Test("A key for something else, or with a member of another type, does not count")
    func otherUse() throws {
        for members: [String: Any] in [
            ["kty": "rsa"], ["kty": "EC"], ["kty": NSNull()], ["use": "enc"], ["use": ""], ["use": NSNull()],
            ["use": 1],
            ["alg": "RS384"], ["alg": "RSA1_5"], ["alg": "HS256"], ["alg": "PS256"], ["alg": "rs256"],
            ["alg": NSNull()],
            ["key_ops": ["encrypt"]], ["key_ops": [String]()], ["key_ops": "verify"], ["kid": 1], ["kid": NSNull()],
            ["n": 1], ["e": 65537], ["n": NSNull()], ["n": ""], ["e": ""],
        ] {
            let json = try keySet([pair.get().webKey(id: "k", members)])
            #expect(KeySet(json: json)?.count == 0, "\(members)")
        }
    }

    @Test("A key without an id does not count, and the empty id is one")
    func ids() throws {
        var key = try pair.get().webKey(id: "k")
        key["kid"] = nil
        #expect(KeySet(json: try keySet([key]))?.count == 0)
        #expect(try usable([:], id: ""))
        #expect(try usable([:], id: "a/../b?c#d"))
    }

    @Test("An id that two keys share picks neither, and one that keys of another kind have too picks the RSA key")
    func sharedID() throws {
        let (pair, other) = (try pair.get(), try RSAKeyPair(bits: 2048))
        let shared = try keySet([pair.webKey(id: "k"), other.webKey(id: "k"), other.webKey(id: "o")])
        let keys = try #require(KeySet(json: shared))
        #expect(keys["k"] == nil)
        #expect(keys["o"] != nil)
        let beside = try keySet([
            ["kty": "oct", "kid": "k", "k": "AA"], other.webKey(id: "k", ["use": "enc"]), pair.webKey(id: "k"),
        ])
        #expect(KeySet(json: beside)?["k"] != nil)
    }

    @Test("Numbers are base64url to the letter; zeros in front of them change nothing")
    func numbers() throws {
        let pair = try pair.get()
        let modulus = base64URL(pair.modulus)
        for text in [modulus + "==", modulus + "=", modulus + "\n", " " + modulus, "+" + modulus, "." + modulus] {
            #expect(try !usable(["n": text]), "\(text.suffix(8))")
        }
        for text in ["AQAB=", "AQ AB", "AQA", "AQABA", "AR=="] { #expect(try !usable(["e": text]), "\(text)") }
        #expect(try usable(["n": base64URL([0, 0] + pair.modulus), "e": "AAEAAQ"]))
    }

    /// An odd number of so many bits.
    private func number(bits: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xA5, count: (bits + 7) / 8)
        bytes[0] = 0xFF >> UInt8((8 - bits % 8) % 8)
        bytes[bytes.count - 1] |= 1
        return bytes
    }

    @Test(
        "A modulus has 2048 to 8192 bits, whatever zeros stand in front of it",
        arguments: [
            (512, false), (1024, false), (2040, false), (2047, false), (2048, true), (2049, true), (4096, true),
            (8191, true), (8192, true), (8193, false), (16384, false), (100_000, false),
        ]
    )
    func size(bits: Int, isTaken: Bool) {
        #expect((RSAPublicKey(modulus: number(bits: bits), exponent: [1, 0, 1]) != nil) == isTaken)
        let padded = [UInt8](repeating: 0, count: 300) + number(bits: bits)
        #expect((RSAPublicKey(modulus: padded, exponent: [1, 0, 1]) != nil) == isTaken)
    }

    @Test("A key of 1024 bits verifies nothing, not even what it signed")
    func smallKey() throws {
        let small = try RSAKeyPair(bits: 1024)
        #expect(KeySet(json: try keySet([small.webKey(id: "k")]))?.count == 0)
        #expect(RSAPublicKey(modulus: small.modulus, exponent: small.exponent) == nil)
    }

    @Test(
        "An exponent is odd, above 1, and smaller than the modulus",
        arguments: [
            ([3], true), ([17], true), ([1, 0, 1], true), ([0, 3], true), ([], false), ([0], false), ([0, 0], false),
            ([1], false), ([0, 1], false), ([2], false), ([1, 0, 0], false),
            ([UInt8](repeating: 0xFF, count: 257), false), ([UInt8](repeating: 0xFF, count: 256), false),
        ] as [([UInt8], Bool)]
    )
    func exponent(bytes: [UInt8], isTaken: Bool) throws {
        #expect((RSAPublicKey(modulus: try pair.get().modulus, exponent: bytes) != nil) == isTaken)
    }

    @Test("An even modulus is no RSA key's, nor is nothing")
    func modulus() {
        var even = number(bits: 2048)
        even[255] &= 0xFE
        #expect(RSAPublicKey(modulus: even, exponent: [1, 0, 1]) == nil)
        #expect(RSAPublicKey(modulus: [], exponent: [1, 0, 1]) == nil)
        #expect(RSAPublicKey(modulus: [UInt8](repeating: 0, count: 256), exponent: [1, 0, 1]) == nil)
    }

    @Test("An exponent as long as the modulus makes a key slow at most")
    func longExponent() throws {
        let pair = try pair.get()
        var exponent = [UInt8](repeating: 0x7F, count: 256)
        exponent[255] = 0xFF
        let key = RSAPublicKey(modulus: pair.modulus, exponent: exponent)
        let began = Date()
        #expect(key?.isAuthentic(pair.modulus.map { $0 >> 1 }, input: [1]) != true)
        #expect(Date().timeIntervalSince(began) < 5)
    }

    @Test("Names that are there twice count as the last of them")
    func duplicates() throws {
        let pair = try pair.get()
        let text = """
            {"keys":[],"keys":[{"kty":"oct","kty":"RSA","kid":"a","kid":"k","n":"AQ","n":"\(base64URL(pair.modulus))",\
            "e":"AQAB"}]}
            """
        #expect(KeySet(json: Array(text.utf8))?["k"] != nil)
    }
}
