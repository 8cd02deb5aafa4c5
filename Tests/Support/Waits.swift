import Foundation
import Testing

/// Marks tests that mostly wait: for another process, for a server, for time to pass.
///
/// Swift Testing runs as many tests at a time as the machine has cores, and a test that waits holds one of these places.
/// Tests with this trait run on threads of their own, so that the others can go on.
package struct Waits: SuiteTrait, TestTrait, TestScoping {
    package let isRecursive = true

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(Threads.shared, operation: function)
    }
}

extension Trait where Self == Waits {
    package static var waits: Self { Waits() }
}

/// Runs jobs on threads that may block, a few at a time.
private final class Threads: TaskExecutor {
    static let shared = Threads()

    private let queue: OperationQueue

    private init() {
        queue = OperationQueue()
        queue.maxConcurrentOperationCount = 3
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.addOperation { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
