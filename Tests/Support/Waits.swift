import Foundation
import Synchronization
import Testing

/// Marks tests that mostly wait: for another process, for a server, for time to pass.
///
/// Swift Testing runs as many tests at a time as the machine has cores, and a test that waits holds one of these places.
/// Tests with this trait run on threads of their own, a few at a time, so that the others can go on.
package struct Waits: SuiteTrait, TestTrait, TestScoping {
    package let isRecursive = true

    /// Those that also compute, and those that do next to nothing but wait, which need not wait for each other.
    fileprivate static let (busy, idle) = (Places(8), Places(8))

    fileprivate let places: Places

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        await places.take()
        defer { places.giveBack() }
        try await withTaskExecutorPreference(Threads.shared, operation: function)
    }
}

extension Trait where Self == Waits {
    package static var waits: Self { Waits(places: Waits.busy) }
    /// For a test that waits for many seconds and computes next to nothing meanwhile.
    package static var idles: Self { Waits(places: Waits.idle) }
}

/// Runs each job on a thread of its own, which may block.
private final class Threads: TaskExecutor {
    static let shared = Threads()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

/// Places that tests wait for, first come first served.
private final class Places: Sendable {
    private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

    init(_ count: Int) {
        state = Mutex((count, []))
    }

    func take() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if state.waiting.isEmpty { state.free += 1 }
            return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        }
        next?.resume()
    }
}
