import Foundation
import Loopback
import Testing

@Suite("Times in UTC")
struct UTCTests {
    @Test("A time is written in each form")
    func forms() {
        let utc = UTC(Date(timeIntervalSince1970: 1_710_268_930.25))
        #expect(utc.second == "2024-03-12T18:42:10Z")
        #expect(utc.preciseClock == "18:42:10.250")
        #expect(utc.commonLog == "12/Mar/2024:18:42:10 +0000")
    }
}
