import COpenSSL

/// HMAC with SHA-256 (RFC 2104), as JWS names it (RFC 7518, section 3.2).
enum HS256 {
    /// Bytes of a signature.
    static let length = 32

    /// The signature of the input's bytes.
    static func authenticationCode(of input: some Sequence<UInt8>, key: some Sequence<UInt8>) -> [UInt8] {
        let input = Array(input)
        let key = Array(key)
        return [UInt8](unsafeUninitializedCapacity: length) { code, count in
            var written: UInt32 = 0
            let done = HMAC(EVP_sha256(), key, Int32(key.count), input, input.count, code.baseAddress, &written)
            precondition(done != nil && Int(written) == length, "libcrypto has no HMAC-SHA256")
            count = length
        }
    }

    /// Whether the signature is the input's, compared in constant time.
    static func isAuthentic(
        _ signature: some Collection<UInt8>,
        input: some Sequence<UInt8>,
        key: some Sequence<UInt8>
    ) -> Bool {
        guard signature.count == length else { return false }
        return CRYPTO_memcmp(Array(signature), authenticationCode(of: input, key: key), length) == 0
    }
}
