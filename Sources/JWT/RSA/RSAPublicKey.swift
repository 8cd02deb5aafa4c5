import COpenSSL

/// A public key for RS256: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3).
///
/// `@unchecked Sendable`: the key is made once and then only read, which OpenSSL allows several threads at once.
package final class RSAPublicKey: @unchecked Sendable {
    /// Bits of a modulus. RFC 7518 asks for the lower bound; above the upper one a signature takes too long to check.
    static let sizes = 2048...8192

    private let key: OpaquePointer

    /// A key of its modulus and its exponent, most significant byte first; nil if they cannot be those of an RSA key, or
    /// if the modulus has another size than is taken.
    package init?(modulus: [UInt8], exponent: [UInt8]) {
        let modulus = Self.withoutZeros(modulus)
        let exponent = Self.withoutZeros(exponent)
        guard let first = modulus.first, let last = modulus.last, let lastOfExponent = exponent.last else { return nil }
        let size = modulus.count * 8 - first.leadingZeroBitCount
        // Both are odd, and an exponent of 1 would sign whatever there is.
        guard Self.sizes.contains(size), last & 1 == 1, lastOfExponent & 1 == 1, exponent != [1],
            exponent.count < modulus.count
                || exponent.count == modulus.count && exponent.lexicographicallyPrecedes(modulus),
            let key = Self.makeKey(modulus, exponent)
        else { return nil }
        self.key = key
    }

    deinit {
        EVP_PKEY_free(key)
    }

    private static func withoutZeros(_ number: [UInt8]) -> [UInt8] {
        Array(number.drop { $0 == 0 })
    }

    private static func makeKey(_ modulus: [UInt8], _ exponent: [UInt8]) -> OpaquePointer? {
        let number = BN_bin2bn(modulus, Int32(modulus.count), nil)
        let power = BN_bin2bn(exponent, Int32(exponent.count), nil)
        let builder = OSSL_PARAM_BLD_new()
        let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil)
        defer {
            EVP_PKEY_CTX_free(context)
            OSSL_PARAM_BLD_free(builder)
            BN_free(power)
            BN_free(number)
            // What is left of an error would be taken for one of the next TLS connection's.
            ERR_clear_error()
        }
        guard let builder, let context, copenssl_push_rsa_key(builder, number, power) == 1,
            let parameters = OSSL_PARAM_BLD_to_param(builder)
        else { return nil }
        defer { OSSL_PARAM_free(parameters) }
        var key: OpaquePointer?
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &key, Int32(COPENSSL_PUBLIC_KEY), parameters) == 1
        else {
            EVP_PKEY_free(key)
            return nil
        }
        return key
    }

    /// Whether the signature is the input's.
    func isAuthentic(_ signature: [UInt8], input: [UInt8]) -> Bool {
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        var options: OpaquePointer?
        return EVP_DigestVerifyInit_ex(context, &options, "SHA256", nil, nil, key, nil) == 1
            && EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PADDING) == 1
            && EVP_DigestVerify(context, signature, signature.count, input, input.count) == 1
    }
}
