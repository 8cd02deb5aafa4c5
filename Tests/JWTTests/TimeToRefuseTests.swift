import Foundation
import TestSupport
import Testing

@testable import JWT

/// How long refusing a token takes may depend on its length, but not on how much of its signature is right: a caller who
/// can measure that could find a signature byte by byte.
///
/// Two tokens are refused in turn, in random order, that are the same but for one byte of the signature: in one the first
/// byte is wrong, in the other the last. Each pair is new, for the letters of a signature and where it lies in memory make
/// some nanoseconds of difference, right or wrong. The statistic is that of the sign test: in how many more pairs the one
/// takes longer than the other, in standard deviations of what chance does.
///
/// RS256 needs no such test: a signature is raised to a power as a whole, and no byte of it can be right on its own.
@Suite("The time to refuse", .serialized)
struct TimeToRefuseTests {
    /// How many pairs are refused.
    private static let samples = 20_000
    /// Standard deviations from which on the two are told apart. By chance it happens once in 100,000 times.
    private static let threshold = 4.5
    /// Nanoseconds that count: a comparison that stops early makes some thousands of them in a debug build.
    private static let smallest = 100.0
    private static let secret = "a secret of the tests"

    /// A pair of tokens that are the same but for one byte of the signature, the first or the last, which is wrong.
    private static func pair(_ number: Int) -> [String] {
        let token = CompactSerialization.sign(["key": "key-\(number)"], secret: secret)
        let end = token.lastIndex(of: ".") ?? token.startIndex
        let right = Base64URL.decode(token[end...].dropFirst().utf8) ?? []
        let change = UInt8.random(in: 1...255)
        return [0, HS256.length - 1].map { byte in
            var signature = right
            signature[byte] ^= change
            return String(token[...end]) + Base64URL.encode(signature)
        }
    }

    /// Nanoseconds that `refuse` takes with each of the two kinds of token.
    private static func measure(_ refuse: (String) -> Bool) -> (first: [Double], last: [Double]) {
        var generator = SystemRandomNumberGenerator()
        var times: [[Double]] = [[], []]
        var areAllRefused = true
        for number in 0..<samples {
            let pair = pair(number)
            for which in [0, 1].shuffled(using: &generator) {
                let text = String(decoding: Array(pair[which].utf8), as: UTF8.self)
                let began = ContinuousClock.now
                let isRefused = refuse(text)
                times[which].append((ContinuousClock.now - began) / .nanoseconds(1))
                areAllRefused = areAllRefused && isRefused
            }
        }
        #expect(areAllRefused)
        return (times[0], times[1])
    }

    /// The median of how much longer the second of a pair takes, in nanoseconds, and the sign test's score.
    private static func difference(_ times: (first: [Double], last: [Double])) -> (nanoseconds: Double, score: Double) {
        let differences = zip(times.last, times.first).map { $0 - $1 }.sorted()
        let (longer, shorter) = (differences.count { $0 > 0 }, differences.count { $0 < 0 })
        let score = Double(longer - shorter) / max(Double(longer + shorter).squareRoot(), 1)
        return (differences[differences.count / 2], score)
    }

    private static func isRefused(_ token: String) -> Bool {
        (try? CompactSerialization.verify(token, secret: secret, now: 0)) == nil
    }

    @Test("It does not tell how much of a signature is right")
    func constantTime() throws {
        // What else the machine does may favour one of the two once, but hardly three times.
        var scores: [Double] = []
        for _ in 1...3 {
            let (nanoseconds, score) = Self.difference(Self.measure(Self.isRefused))
            print("Time to refuse, last byte wrong less first: \(nanoseconds) ns, \(score) standard deviations")
            scores.append(score)
            if abs(score) < Self.threshold || abs(nanoseconds) < Self.smallest || score * scores[0] < 0 { return }
        }
        Issue.record("the two are told apart: \(scores) standard deviations")
    }

    @Test("The measurement tells a comparison that stops at the first difference")
    func earlyEnd() throws {
        let (nanoseconds, score) = Self.difference(
            Self.measure { text in
                guard let token = try? Token(text), (try? token.claims(signedWith: Self.secret)) == nil else {
                    return false
                }
                let end = text.lastIndex(of: ".") ?? text.startIndex
                let signature = Base64URL.decode(text[end...].dropFirst().utf8) ?? []
                let right = HS256.authenticationCode(of: text[..<end].utf8, key: Self.secret.utf8)
                return !signature.elementsEqual(right)
            }
        )
        print("The same if the comparison stops early: \(nanoseconds) ns, \(score) standard deviations")
        #expect(nanoseconds > Self.smallest)
        #expect(score > Self.threshold, "\(nanoseconds) ns, \(score) standard deviations")
    }
}
