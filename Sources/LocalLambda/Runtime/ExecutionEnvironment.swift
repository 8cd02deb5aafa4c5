import Foundation
import Loopback

/// What Lambda runs a function in: a process with a Runtime API of its own. It is started when an invocation needs it,
/// ended when one takes too long, and started again after it crashed.
package final class ExecutionEnvironment: Sendable {
    /// What became of an invocation.
    package enum Outcome: Sendable {
        /// The response's bytes.
        case response(Data)
        /// The runtime reported an error, or its response was too large.
        case error(RuntimeAPIServer.FunctionError)
        /// The deadline passed, and the process was killed.
        case timedOut
        /// The process ended before it answered, or before its first `next`; the text says how.
        case ended(String)

        /// What was posted; nothing if nothing was.
        package var bytes: Data {
            switch self {
            case .response(let bytes): bytes
            case .error(let error): error.body
            case .timedOut, .ended: Data()
            }
        }
    }

    /// What Lambda reports of an invocation.
    package struct Report: Sendable {
        /// The request id.
        package let id: String
        /// What became of it.
        package let outcome: Outcome
        /// Seconds from handing it out to the answer.
        package let latency: Double
        /// Seconds from handing it out until the process asked for the next one, which is what is billed.
        package let duration: Double
        /// Seconds from the start of the process to its first `next`, if this invocation was its first.
        package let initDuration: Double?
        /// The most memory that the process held so far, in bytes.
        package let peakMemory: Int
        /// Seconds of processor that the process took so far; 0 once it has ended.
        package let processorTime: Double
        /// What the runtime did and should not have.
        package let complaints: [String]
    }

    /// A process that is up, and the Runtime API it talks to.
    private struct Instance: Sendable {
        let api: RuntimeAPIServer
        let process: ChildProcess
        let initDuration: Double
    }

    /// Why there is no process to invoke.
    private enum NotReady: Error {
        /// It reported an error of init, or crashed while it was idle, which the next invocation gets as its own.
        case error(RuntimeAPIServer.FunctionError)
        case ended(LocalError)

        var outcome: Outcome {
            switch self {
            case .error(let error): .error(error)
            case .ended(let error): .ended(error.description)
            }
        }

        var description: LocalError {
            switch self {
            case .error(let error): LocalError("init failed: \(error.type ?? "no type"): \(error.message)")
            case .ended(let error): error
            }
        }
    }

    private enum Phase {
        case cold
        case starting
        case warm(Instance, isUsed: Bool)
        case over
    }

    /// The executable's path.
    package let executable: String
    private let function: LambdaFunction
    private let freezes: Bool
    private let output: Int32?
    private let phase = Monitor(Phase.cold)

    /// An environment; nothing is started yet.
    ///
    /// - Parameters:
    ///   - freezes: the process is stopped between invocations.
    ///   - output: the descriptor that the process's output goes to; nil: nowhere.
    package init(
        executable: String,
        function: LambdaFunction = LambdaFunction(),
        freezes: Bool = false,
        output: Int32? = 2
    ) {
        self.executable = executable
        self.function = function
        self.freezes = freezes
        self.output = output
    }

    /// Starts the process, if it is not up, and waits for its first `next`.
    package func start() throws {
        if case .failure(let failure) = ready(toInvoke: false) { throw failure.description }
    }

    /// Hands the event to the process and waits for what becomes of it.
    ///
    /// - Parameter seconds: that this invocation may take; nil: what the function may.
    package func invoke(
        _ event: Data,
        id: String = UUID().uuidString.lowercased(),
        seconds: Double? = nil
    ) -> Report {
        switch ready(toInvoke: true) {
        case .failure(let failure):
            return Report(
                id: id,
                outcome: failure.outcome,
                latency: 0,
                duration: 0,
                initDuration: nil,
                peakMemory: 0,
                processorTime: 0,
                complaints: []
            )
        case .success(let (instance, isFirst)):
            return run(event, id, seconds: seconds ?? function.timeout, on: instance, isFirst: isFirst)
        }
    }

    /// The process's number; nil if there is none.
    package var processID: Int32? {
        warm?.process.id
    }

    /// What the process holds now; nil if there is none.
    package var holdings: ChildProcess.Holdings? {
        warm?.process.holdings
    }

    /// Stops the process, which must be idle, until `body` has returned.
    package func whileFrozen(_ body: () -> Void) {
        let process = warm?.process
        process?.freeze()
        body()
        process?.thaw()
    }

    private var warm: Instance? {
        phase.with { phase in
            if case .warm(let instance, _) = phase { instance } else { nil }
        }
    }

    /// Ends the process; the next invocation starts another one.
    package func restart() {
        let instance: Instance? = phase.with { phase in
            guard case .warm(let instance, _) = phase else { return nil }
            phase = .cold
            return instance
        }
        if let instance { Self.end(instance) }
    }

    /// Ends the process for good.
    package func stop() {
        let old = phase.with { phase in
            defer { phase = .over }
            return phase
        }
        if case .warm(let instance, _) = old { Self.end(instance) }
    }

    // MARK: - One invocation

    private func run(
        _ event: Data,
        _ id: String,
        seconds: Double,
        on instance: Instance,
        isFirst: Bool
    ) -> Report {
        if freezes { instance.process.thaw() }
        let asked = instance.api.nextCalls
        let begin = ContinuousClock.now
        let invocation = RuntimeAPIServer.Invocation(event, id: id, seconds: seconds)
        // A process of Managed Instances that has no free loop is not waited for, but for the moment between its
        // response and its next `next`.
        let isTaken =
            function.concurrency == 1 || instance.api.waitForFreeLoop(seconds: 1) || instance.process.end != nil
        let answer = isTaken ? instance.api.answer(to: invocation) : nil
        let outcome = isTaken ? outcome(answer, of: instance) : .error(.unavailable)
        let latency = answer?.seconds ?? (ContinuousClock.now - begin) / .seconds(1)
        if answer != nil, function.concurrency == 1 {
            let left = invocation.deadline.timeIntervalSinceNow
            if instance.api.wait(forNextAfter: asked, seconds: left), freezes { instance.process.freeze() }
        }
        return Report(
            id: id,
            outcome: outcome,
            latency: latency,
            duration: (ContinuousClock.now - begin) / .seconds(1),
            initDuration: isFirst ? instance.initDuration : nil,
            peakMemory: instance.process.peakMemory,
            processorTime: instance.process.processorTime,
            complaints: instance.api.takeComplaints()
        )
    }

    private func outcome(_ answer: RuntimeAPIServer.Answer?, of instance: Instance) -> Outcome {
        switch answer?.result {
        case .success(let body): return .response(body)
        case .failure(let error): return .error(error)
        case nil: break
        }
        if let end = instance.process.end {
            forget(instance)
            return .ended("the process \(end)")
        }
        forget(instance)
        return .timedOut
    }

    // MARK: - The process

    /// The process that is up, started if need be, and whether this is its first invocation.
    private func ready(toInvoke: Bool) -> Result<(Instance, Bool), NotReady> {
        let known: Result<(Instance, Bool), NotReady>?? = phase.wait { phase in
            switch phase {
            case .starting: return nil
            case .over: return .failure(.ended(LocalError("the environment was stopped")))
            case .warm(let instance, let isUsed) where instance.process.end == nil:
                phase = .warm(instance, isUsed: isUsed || toInvoke)
                return .success((instance, !isUsed))
            case .warm(let instance, _):
                // It crashed between two invocations: the next one is told, and the one after it has a new process.
                instance.api.stop()
                let end = instance.process.end.map { "the process \($0) while it was idle" } ?? ""
                phase = toInvoke ? .cold : .starting
                if toInvoke { return .failure(.error(.init(type: "Runtime.ExitError", message: end))) }
            case .cold:
                phase = .starting
            }
            return .some(nil)
        }
        if let known = known ?? nil { return known }
        let started = Result { () throws(NotReady) in try launch() }
        return phase.with { phase in
            guard case .starting = phase else {
                if case .success(let instance) = started { Self.end(instance) }
                return .failure(.ended(LocalError("the environment was stopped")))
            }
            switch started {
            case .success(let instance): phase = .warm(instance, isUsed: toInvoke)
            case .failure: phase = .cold
            }
            return started.map { ($0, true) }
        }
    }

    private func launch() throws(NotReady) -> Instance {
        let api: RuntimeAPIServer
        let process: ChildProcess
        let begin: ContinuousClock.Instant
        do {
            let taskRoot = URL(fileURLWithPath: executable).deletingLastPathComponent().path
            api = try RuntimeAPIServer(functionARN: function.arn, isManaged: function.concurrency > 1)
            begin = .now
            process = try ChildProcess(
                executable: executable,
                environment: function.environment(runtimeAPI: api.address, taskRoot: taskRoot),
                output: output,
                whenEnded: { api.processEnded() }
            )
        } catch let error as LocalError {
            throw .ended(error)
        } catch {
            throw .ended(LocalError("\(error)"))
        }
        guard api.wait(forNextAfter: 0, seconds: function.initTimeout) else {
            defer {
                process.kill()
                api.stop()
            }
            if let error = api.initError { throw .error(error) }
            guard let end = process.end else {
                throw .ended(LocalError("init took more than \(Int(function.initTimeout)) s"))
            }
            throw .ended(LocalError("the process \(end) before its first 'next'"))
        }
        return Instance(api: api, process: process, initDuration: (ContinuousClock.now - begin) / .seconds(1))
    }

    private func forget(_ instance: Instance) {
        phase.with { phase in
            if case .warm(let current, _) = phase, current.api === instance.api { phase = .cold }
        }
        Self.end(instance)
    }

    private static func end(_ instance: Instance) {
        instance.process.kill()
        instance.api.stop()
    }
}
