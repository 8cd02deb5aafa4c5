import Foundation
import Loopback

/// Many invocations of one process, one after the other or several at once: good ones and bad ones, and such that
/// SecurityTrails is slow for, or fails. Each asks about something of its own, so that an answer that is lost, or is
/// another's, is found.
package final class Soak: Sendable {
    /// A tenth of the invocations.
    package struct Tenth: Sendable {
        /// Which one, from 1.
        package let number: Int
        /// Seconds of each invocation that nothing slowed down on purpose, in their order.
        package internal(set) var latencies: [Double]
        /// What the process held at the end of it.
        package internal(set) var holdings: ChildProcess.Holdings
        /// What was wrong, each with the invocation's number.
        package internal(set) var violations: [String]

        /// The time that 99 of 100 invocations took at most, in seconds, in the calmest fifth: what else a machine does
        /// comes and goes, but what slows down the relay itself stays.
        package var calmP99: Double {
            let size = max(1, (latencies.count + 4) / 5)
            let fifths = stride(from: 0, to: latencies.count, by: size).map { start in
                Latency(Array(latencies[start..<min(start + size, latencies.count)])).percentile(99)
            }
            return fifths.min() ?? 0
        }
    }

    fileprivate struct State {
        var next: Int
        var threads: Int
        var latencies: [(number: Int, seconds: Double)] = []
        var violations: [String] = []
    }

    /// How many invocations there are.
    package let count: Int
    private let concurrency: Int
    private let tokens: SoakInvocation.Tokens
    private let upstream: SoakUpstream
    private let certificates: Certificates?
    private let environment: ExecutionEnvironment

    /// Of each such number of invocations one is followed by a freeze, and of each two of these one by the end of the
    /// connections to SecurityTrails.
    private static let freezeInterval = 100

    /// A soak of one process.
    ///
    /// - Parameters:
    ///   - variables: of the relay; an address of SecurityTrails among them is not used.
    ///   - speaksTLS: whether SecurityTrails is asked over TLS.
    ///   - output: the descriptor that the process's output goes to; nil: nowhere.
    package init(
        executable: String,
        count: Int,
        concurrency: Int,
        tokens: SoakInvocation.Tokens,
        variables: [String: String],
        speaksTLS: Bool,
        output: Int32?
    ) throws {
        self.count = count
        self.concurrency = concurrency
        self.tokens = tokens
        certificates = speaksTLS ? try Certificates() : nil
        upstream = try SoakUpstream(tls: certificates?.identity(.good))
        var function = LambdaFunction(concurrency: concurrency)
        // So little memory of answers is full before the second tenth begins.
        function.variables = ["CACHE_MEGABYTES": "4"].merging(variables) { $1 }
        function.variables["SECURITYTRAILS_API_URL"] = upstream.baseURL
        if let certificates { function.variables["SSL_CERT_FILE"] = certificates.authority }
        environment = ExecutionEnvironment(executable: executable, function: function, output: output)
    }

    /// Runs all of it.
    ///
    /// - Parameters:
    ///   - progress: told now and then how many invocations are over.
    ///   - finished: told of each tenth.
    package func run(progress: @escaping @Sendable (Int) -> Void, finished: (Tenth) -> Void) throws -> [Tenth] {
        try environment.start()
        var tenths: [Tenth] = []
        for number in 1...10 {
            let range = (number - 1) * count / 10..<number * count / 10
            let tenth = try tenth(number, range, progress)
            finished(tenth)
            tenths.append(tenth)
        }
        return tenths
    }

    /// Ends the process and the stand-in.
    package func stop() {
        environment.stop()
        upstream.stop()
        certificates?.remove()
    }

    private func tenth(
        _ number: Int,
        _ range: Range<Int>,
        _ progress: @escaping @Sendable (Int) -> Void
    ) throws -> Tenth {
        let state = Monitor(State(next: range.lowerBound, threads: concurrency))
        for _ in 0..<concurrency {
            Thread.detachNewThread { [self] in
                while let number = state.with({ $0.takeNumber(before: range.upperBound) }) {
                    play(number, state)
                    if number % 50 == 49 { progress(number + 1) }
                }
                state.with { $0.threads -= 1 }
            }
        }
        let end = state.wait { $0.threads == 0 ? $0 : nil } ?? state.with { $0 }
        guard let holdings = environment.holdings else {
            throw LocalError("the process is gone; \(end.violations.last ?? "it ended while it was idle")")
        }
        return Tenth(
            number: number,
            latencies: end.latencies.sorted { $0.number < $1.number }.map(\.seconds),
            holdings: holdings,
            violations: end.violations
        )
    }

    private func play(_ number: Int, _ state: Monitor<State>) {
        let invocation = SoakInvocation(number, tokens: tokens)
        let report = environment.invoke(invocation.event, seconds: invocation.seconds)
        var violation = invocation.violation(by: report, upstream: upstream)
        if report.initDuration != nil, number >= concurrency { violation = violation ?? "another process was started" }
        state.with { state in
            if invocation.isOrdinary { state.latencies.append((number, report.latency)) }
            if let violation { state.violations.append("invocation \(number): \(violation)") }
        }
        guard concurrency == 1, number % Self.freezeInterval == Self.freezeInterval - 1 else { return }
        environment.whileFrozen {
            if number / Self.freezeInterval % 2 == 1 { upstream.endConnections() }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }
}

extension Soak.State {
    fileprivate mutating func takeNumber(before end: Int) -> Int? {
        guard next < end else { return nil }
        defer { next += 1 }
        return next
    }
}
