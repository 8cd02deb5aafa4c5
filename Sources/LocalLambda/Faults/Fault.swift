import Foundation
import Loopback

/// A kind of faults.
protocol PlayedFault: Sendable {
    /// What goes wrong, in a few words.
    var name: String { get }

    /// Plays it. Returns what the executable did and should not have; nil if all is well.
    func play(to relay: Fault.Relay) throws -> String?
}

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

    /// The executable that is played to, and how it is asked.
    struct Relay: Sendable {
        let executable: String
        var secretKey = ""
        /// `Bearer` and a token of the secret key.
        var authorization = ""
        /// Is told what the executable posted.
        var posted: Posted = { _ in }
    }

    /// What goes wrong, in a few words.
    package let name: String
    let play: @Sendable (_ executable: String, _ posted: @escaping Posted) throws -> String?

    /// Is told what the executable posted to the Runtime API.
    package typealias Posted = @Sendable (Data) -> Void

    /// The faults of the Runtime API, of events and of SecurityTrails.
    ///
    /// - Parameter authorization: `Bearer` and a token of the secret key.
    package static func all(secretKey: String, authorization: String) -> [Fault] {
        let faults: [any PlayedFault] = RuntimeFault.all + UpstreamFault.all + EndlessFault.all + LureFault.all
        return faults.map { fault in
            Fault(name: fault.name) { executable, posted in
                try fault.play(
                    to: Relay(
                        executable: executable,
                        secretKey: secretKey,
                        authorization: authorization,
                        posted: posted
                    )
                )
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

    private func finding(_ executable: String, _ posted: @escaping Posted) -> Finding {
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
