import Foundation
import Loopback

/// The execution environments of a function: as many invocations run at once as there are places in them, and the
/// others wait for one.
package final class EnvironmentPool: Sendable {
    private let environments: [ExecutionEnvironment]
    private let idle: Monitor<[Int]>
    private let places: Int

    /// Environments, each with room for `concurrency` invocations at once.
    package init(_ environments: [ExecutionEnvironment], concurrency: Int) {
        self.environments = environments
        places = environments.count * concurrency
        // The one that was used last is used next, so that a second process starts only when one is busy.
        idle = Monitor(environments.indices.reversed().flatMap { Array(repeating: $0, count: concurrency) })
    }

    /// Runs the event in an environment that has room; nil if none had for `seconds`.
    package func invoke(_ event: Data, id: String, waiting seconds: Double) -> ExecutionEnvironment.Report? {
        guard let place = idle.wait(seconds: seconds, { $0.popLast() }) else { return nil }
        defer { idle.with { $0.append(place) } }
        return environments[place].invoke(event, id: id)
    }

    /// Starts the first process, so that an init that fails is seen at once.
    package func start() throws {
        try environments.first?.start()
    }

    /// Ends every process once it is idle; the next invocations start others.
    package func restart() {
        let all = idle.wait(seconds: 60) { [places] idle -> [Int]? in
            guard idle.count == places else { return nil }
            defer { idle = [] }
            return idle
        }
        for environment in environments { environment.restart() }
        if let all { idle.with { $0 = all } }
    }

    /// Ends every process for good.
    package func stop() {
        for environment in environments { environment.stop() }
    }
}
