import COpenSSL
import Foundation

/// A pair of RSA keys that tests sign with, rightly and wrongly.
package final class RSAKeyPair: @unchecked Sendable {
    /// What cannot be made.
    package struct Failure: Error {
        package init() {}
    }

    private let key: OpaquePointer
    /// The public key's numbers, most significant byte first.
    package let modulus: [UInt8]
    package let exponent: [UInt8]

    /// A new pair.
    package init(bits: Int, exponent: UInt = 65537) throws {
        let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil)
        let number = BN_new()
        defer {
            BN_free(number)
            EVP_PKEY_CTX_free(context)
        }
        var key: OpaquePointer?
        guard BN_set_word(number, exponent) == 1, EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)) == 1,
            EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, number) == 1, EVP_PKEY_generate(context, &key) == 1, let key
        else { throw Failure() }
        self.key = key
        modulus = try Self.number(OSSL_PKEY_PARAM_RSA_N, of: key)
        self.exponent = try Self.number(OSSL_PKEY_PARAM_RSA_E, of: key)
    }

    deinit {
        EVP_PKEY_free(key)
    }

    private static func number(_ name: String, of key: OpaquePointer) throws -> [UInt8] {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(key, name, &number) == 1 else { throw Failure() }
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: Int(BN_num_bits(number) + 7) / 8)
        BN_bn2bin(number, &bytes)
        return bytes
    }

    /// How a signature is padded (RFC 8017, section 8).
    package enum Padding {
        /// RSASSA-PKCS1-v1_5.
        case pkcs1
        /// RSASSA-PSS, with a salt of so many bytes.
        case pss(saltLength: Int)
    }

    /// The signature of a message.
    package func sign(_ message: [UInt8], hash: String = "SHA256", padding: Padding = .pkcs1) throws -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var options: OpaquePointer?
        guard EVP_DigestSignInit_ex(context, &options, hash, nil, nil, key, nil) == 1 else { throw Failure() }
        if case .pss(let saltLength) = padding {
            guard EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1,
                EVP_PKEY_CTX_set_rsa_pss_saltlen(options, Int32(saltLength)) == 1
            else { throw Failure() }
        }
        var signature = [UInt8](repeating: 0, count: modulus.count)
        var count = signature.count
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { throw Failure() }
        return Array(signature[..<count])
    }

    /// The private key's power of a number of as many bytes as the modulus: a signature of whatever stands in it.
    package func power(of bytes: [UInt8]) throws -> [UInt8] {
        let context = EVP_PKEY_CTX_new(key, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var result = [UInt8](repeating: 0, count: modulus.count)
        var count = result.count
        guard EVP_PKEY_sign_init(context) == 1, EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1,
            EVP_PKEY_sign(context, &result, &count, bytes, bytes.count) == 1
        else { throw Failure() }
        return result
    }

    /// The public key as SubjectPublicKeyInfo (RFC 5280, section 4.1), in DER.
    package var publicKeyInfo: [UInt8] {
        var start: UnsafeMutablePointer<UInt8>?
        let count = i2d_PUBKEY(key, &start)
        defer { CRYPTO_free(start, #file, #line) }
        return Array(UnsafeBufferPointer(start: start, count: Int(max(count, 0))))
    }

    // MARK: - Tokens

    /// The public key as a member of a JWK set, with further members or others in their place.
    package func webKey(id: String, _ members: [String: Any] = [:]) -> [String: Any] {
        let own: [String: Any] = [
            "kty": "RSA", "kid": id, "use": "sig", "alg": "RS256", "n": base64URL(modulus), "e": base64URL(exponent),
        ]
        return own.merging(members) { $1 }
    }

    /// A token of any header and payload, signed by this key as RS256 is.
    package func token(header: String, payload: String) throws -> String {
        let input = base64URL(header) + "." + base64URL(payload)
        return input + "." + base64URL(try sign(Array(input.utf8)))
    }

    /// A token of any payload, signed by the key of that id.
    package func token(id: String, payload: String) throws -> String {
        try token(header: #"{"alg":"RS256","typ":"JWT","kid":"\#(id)"}"#, payload: payload)
    }
}

/// The JSON of a JWK set.
package func keySet(_ keys: [[String: Any]]) throws -> [UInt8] {
    Array(try JSONSerialization.data(withJSONObject: ["keys": keys]))
}

/// HMAC with SHA-256, by libcrypto's own.
package func hmacSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 32)
    HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, nil)
    return code
}

/// SHA-256, or another hash that libcrypto has a name for.
package func digest(_ message: [UInt8], _ name: String = "SHA256") -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 64)
    var count = 0
    guard EVP_Q_digest(nil, name, nil, message, message.count, &digest, &count) == 1 else { return [] }
    return Array(digest[..<count])
}

/// Base64url by Foundation's base64.
package func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        .replacingOccurrences(of: "=", with: "")
}

/// The same of a text's bytes in UTF-8.
package func base64URL(_ text: String) -> String {
    base64URL(Array(text.utf8))
}
