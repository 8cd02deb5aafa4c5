import COpenSSL

/// HMAC with SHA-256 (RFC 2104), as JWS names it (RFC 7518, section 3.2).
enum HS256 {
    /// Bytes of a signature.
    static let length = 32

    /// Bytes of a block of SHA-256 (RFC 6234, section 1), to which keys are filled up.
    private static let blockLength = 64

    /// The signature of the input's bytes. Made of libcrypto's hash itself: HMAC() would look for a provider first, which
    /// takes longer than all else of a cold start's first request.
    static func authenticationCode(of input: some Sequence<UInt8>, key: some Sequence<UInt8>) -> [UInt8] {
        var key = Array(key)
        if key.count > blockLength { key = digest(key, []) }
        key += [UInt8](repeating: 0, count: blockLength - key.count)
        let inner = digest(key.map { $0 ^ 0x36 }, Array(input))
        return digest(key.map { $0 ^ 0x5C }, inner)
    }

    /// The SHA-256 of one text behind the other.
    private static func digest(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        var state = SHA256_CTX()
        return [UInt8](unsafeUninitializedCapacity: length) { digest, count in
            let done =
                SHA256_Init(&state) == 1 && SHA256_Update(&state, first, first.count) == 1
                && SHA256_Update(&state, second, second.count) == 1 && SHA256_Final(digest.baseAddress, &state) == 1
            precondition(done, "libcrypto has no SHA-256")
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
