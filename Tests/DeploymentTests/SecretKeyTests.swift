import Testing

@testable import Deployment

@Suite("SECRET_KEY")
struct SecretKeyTests {
    @Test("10,000 keys: 64 letters and digits each, none twice, every letter as often as the others")
    func randomKeys() {
        let keys = (0..<10_000).map { _ in SecretKey.random() }
        #expect(keys.allSatisfy { $0.wholeMatch(of: /[A-Za-z0-9]{64}/) != nil })
        #expect(Set(keys).count == keys.count)

        var counts: [Character: Int] = [:]
        for letter in keys.joined() { counts[letter, default: 0] += 1 }
        let expected = Double(keys.count * 64) / 62
        let chiSquared = counts.values.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        // 61 degrees of freedom: 128 is passed once in a million runs. A byte modulo 62 comes to 17,000.
        #expect(counts.count == 62 && chiSquared < 128)
    }
}
