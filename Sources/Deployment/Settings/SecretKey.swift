/// The key that signs and verifies the relay's JWT: the function's environment variable `SECRET_KEY`.
package enum SecretKey {
    /// Letters of a generated key: 62 to the power of 64 keys, or 381 bits.
    static let length = 64
    static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

    /// A new key from the system's generator. `randomElement` rejects the numbers that would favour some letters.
    package static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return String((0..<length).compactMap { _ in alphabet.randomElement(using: &generator) })
    }
}
