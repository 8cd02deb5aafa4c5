import Extraction
import Foundation
import Testing

@Suite("Bounds of the extraction")
struct BoundTests {
    @Test("No text makes it slow: four times as much takes about four times as long", arguments: Pieces.all)
    func linear(piece: String) {
        func cost(_ bytes: Int) -> Duration {
            let text = Array(repeatElement(Array(piece.utf8), count: bytes / piece.utf8.count).joined())
            let begin = processorTime()
            _ = TextObservables(in: text)
            return processorTime() - begin
        }
        _ = cost(100)
        // What grows with the square costs 16 times as much, each time. Something else on the machine may disturb one.
        #expect((0..<3).contains { _ in cost(8_000) < cost(2_000) * 9 })
    }

    /// What this thread has had of the processor.
    private func processorTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    @Test("Random bytes and halves of sequences trap nowhere")
    func random() {
        var generator = SystemRandomNumberGenerator()
        let pieces =
            Pieces.all.map { Array($0.utf8) } + [
                [0xC3], [0xE4, 0xB8], [0xF0, 0x9F], [0xFF], [0x01], [0xED, 0xA0, 0x80],
            ]
        for _ in 0..<500 {
            let text = (0..<40).flatMap { _ in
                Bool.random(using: &generator) ? pieces[Int.random(in: 0..<pieces.count)] : [UInt8.random(in: 0...255)]
            }
            let observables = TextObservables(in: text)
            for observable in observables.found {
                #expect(TextObservables(in: observable.value).found.contains(observable), "\(text)")
            }
        }
    }

    @Test("The list of what was left out ends at 1,000, and the others are counted")
    func manyLeftOut() {
        let observables = TextObservables(in: (0..<1_500).map { "file\($0).exe" }.joined(separator: " "))
        #expect(observables.leftOut.count == 1_000)
        #expect(observables.leftOutCount == 1_500)
    }

    @Test("Each reason is said for what it is about")
    func reasons() {
        let expected: [(String, TextObservables.Reason)] = [
            ("10.0.0.1", .privateAddress), ("100.64.0.1", .sharedAddress), ("127.0.0.1", .loopback),
            ("169.254.0.1", .linkLocal), ("224.0.0.1", .multicast), ("0.0.0.0", .reserved), ("256.1.1.1", .noAddress),
            ("192.0.2.0/24", .network), ("a.exe", .fileName), ("1.2.3", .version), ("a.nosuch", .unknownTopLevelDomain),
            ("nas.local", .internalName), ("a_b.com", .noName), ("self.id", .code), ("done.In", .sentence),
        ]
        #expect(Set(expected.map(\.1)) == Set(TextObservables.Reason.allCases))
        for (text, reason) in expected {
            #expect(TextObservables(in: text).leftOut.map(\.reason) == [reason], "\(text)")
        }
    }

    @Test("The list of top-level domains has a date and the names that it must have")
    func topLevelDomains() {
        #expect(TextObservables.dateOfTopLevelDomains.wholeMatch(of: /20[0-9]{2}-[01][0-9]-[0-3][0-9]/) != nil)
        let names = ["com", "net", "org", "arpa", "xyz", "xn--p1ai", "рф", "de", "zw"]
        for name in names where name != "arpa" {
            #expect(TextObservables(in: "a-name.\(name)").found.map(\.value) == ["a-name.\(name)"])
        }
    }
}
