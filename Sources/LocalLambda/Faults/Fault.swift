import Foundation
import Loopback

/// Something that goes wrong around the relay's executable, and a check that it takes it as it must.
package struct Fault: Sendable {
    /// What became of one.
    package struct Finding: Sendable {
        /// What went wrong around the executable, in a few words.
        package let name: String
        /// What the executable did and should not have; nil if all is well.
        package let wrong: String?
        /// Seconds that it took.
        package let seconds: Double
    }

    /// What goes wrong, in a few words.
    package let name: String
    let play: @Sendable (_ executable: String, _ posted: Posted) throws -> String?

    /// Is told what the executable posted to the Runtime API.
    package typealias Posted = @Sendable (Data) -> Void

    /// The faults of the Runtime API, of events and of SecurityTrails.
    ///
    /// - Parameter authorization: `Bearer` and a token of the secret key.
    package static func all(secretKey: String, authorization: String) -> [Fault] {
        RuntimeFault.all.map { fault in Fault(name: fault.name) { try fault.play(executable: $0, posted: $1) } }
            + UpstreamFault.all.map { fault in
                Fault(name: fault.name) {
                    try fault.play(executable: $0, secretKey: secretKey, authorization: authorization, posted: $1)
                }
            }
            + EndlessFault.all.map { fault in
                Fault(name: fault.name) {
                    try fault.play(executable: $0, secretKey: secretKey, authorization: authorization, posted: $1)
                }
            }
            + LureFault.all.map { fault in
                Fault(name: fault.name) {
                    try fault.play(executable: $0, secretKey: secretKey, authorization: authorization, posted: $1)
                }
            }
    }

    /// Plays the faults to processes of the executable, several at once, for most of them is waiting.
    ///
    /// - Parameter finished: told of each, in the order in which they end, one at a time.
    package static func play(
        _ faults: [Fault],
        executable: String,
        posted: @escaping Posted = { _ in },
        finished: @escaping @Sendable (Finding) -> Void
    ) {
        let threads = 8
        let waiting = Monitor(faults[...])
        let done = Monitor(0)
        for _ in 0..<threads {
            Thread.detachNewThread {
                while let fault = waiting.with({ $0.popFirst() }) {
                    let finding = fault.finding(executable, posted)
                    done.with { _ in finished(finding) }
                }
                done.with { $0 += 1 }
            }
        }
        _ = done.wait { $0 == threads ? true : nil }
    }

    private func finding(_ executable: String, _ posted: Posted) -> Finding {
        let begin = ContinuousClock.now
        let wrong: String?
        do {
            wrong = try play(executable, posted)
        } catch {
            wrong = "could not be played: \(error)"
        }
        return Finding(name: name, wrong: wrong, seconds: (ContinuousClock.now - begin) / .seconds(1))
    }
}
