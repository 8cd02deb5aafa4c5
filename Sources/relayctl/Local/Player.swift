import Foundation
import LocalLambda
import Loopback

/// Sends recorded events to the executable; one process serves all events of one environment, as warm invocations do.
final class Player {
    /// What became of one event, sent once or many times.
    struct Run {
        /// When the first invocation began.
        let began: Date
        /// The first report.
        let first: ExecutionEnvironment.Report
        /// The first answer that was not like the first one, among the repetitions.
        let deviation: ExecutionEnvironment.Report?
        /// How many were not like the first one.
        let deviations: Int
        /// Seconds of each invocation.
        let latencies: [Double]
        /// Seconds that all of it took.
        let seconds: Double
        /// The most memory that the process had held: after the first thousand, and at the end.
        let memory: (early: Int, end: Int)
        /// The requests to the stand-in during the first invocation; nil if there is no stand-in.
        let requests: [StandInSecurityTrails.Request]?
    }

    private let executable: String
    private let function: LambdaFunction
    private let freezes: Bool
    private let output: Int32?
    private let demonstration: Demonstration
    private let standIns = StandIns()
    private var environment: (variables: [String: String], ExecutionEnvironment)?

    init(
        executable: String,
        function: LambdaFunction,
        freezes: Bool,
        output: Int32?,
        demonstration: Demonstration
    ) {
        self.executable = executable
        self.function = function
        self.freezes = freezes
        self.output = output
        self.demonstration = demonstration
    }

    /// Sends the event `times` times.
    ///
    /// - Parameter progress: told now and then how many were sent.
    func play(_ event: RecordedEvent, times: Int, progress: @escaping @Sendable (Int, Int) -> Void) throws -> Run {
        let variables = try event.surroundings.map(standIns.variables) ?? demonstration.variables
        let environment = environment(variables)
        let standIn = try event.surroundings.map { try standIns.standIn($0.base) } ?? demonstration.standIn
        standIn?.load(event.scenario ?? .demonstration)
        let bytes = event.surroundings == nil ? event.event(token: demonstration.token) : event.event

        let began = Date.now
        let first = environment.invoke(bytes)
        let requests = standIn?.requests
        guard times > 1 else {
            return Run(
                began: began,
                first: first,
                deviation: nil,
                deviations: 0,
                latencies: [first.latency],
                seconds: first.latency,
                memory: (first.peakMemory, first.peakMemory),
                requests: requests
            )
        }
        return repeated(bytes, times: times - 1, after: (began, first), requests, on: environment, progress)
    }

    /// Ends the process and the stand-ins.
    func stop() {
        environment?.1.stop()
        environment = nil
        standIns.stop()
        demonstration.stop()
    }

    private func environment(_ variables: [String: String]) -> ExecutionEnvironment {
        if let environment, environment.variables == variables { return environment.1 }
        environment?.1.stop()
        var function = function
        function.variables = variables
        let new = ExecutionEnvironment(executable: executable, function: function, freezes: freezes, output: output)
        environment = (variables, new)
        return new
    }

    private func repeated(
        _ bytes: Data,
        times: Int,
        after start: (began: Date, first: ExecutionEnvironment.Report),
        _ requests: [StandInSecurityTrails.Request]?,
        on environment: ExecutionEnvironment,
        _ progress: @escaping @Sendable (Int, Int) -> Void
    ) -> Run {
        let first = start.first
        let tally = Monitor(Tally(expected: RecordedAnswer(first.outcome)))
        let begin = ContinuousClock.now
        for _ in 0..<function.concurrency {
            Thread.detachNewThread {
                while tally.with({ $0.begin(of: times) }) {
                    let report = environment.invoke(bytes)
                    progress(tally.with { $0.add(report) }, times)
                }
                tally.with { $0.finishedThreads += 1 }
            }
        }
        let threads = function.concurrency
        let end = tally.wait { $0.finishedThreads == threads ? $0 : nil } ?? tally.with { $0 }
        return Run(
            began: start.began,
            first: first,
            deviation: end.deviation,
            deviations: end.deviations,
            latencies: [first.latency] + end.latencies,
            seconds: (ContinuousClock.now - begin) / .seconds(1),
            memory: (max(end.earlyMemory, first.peakMemory), max(end.memory, first.peakMemory)),
            requests: requests
        )
    }
}

/// What several threads count together.
private struct Tally: Sendable {
    let expected: RecordedAnswer
    private var begun = 0
    var finishedThreads = 0
    private(set) var latencies: [Double] = []
    private(set) var deviation: ExecutionEnvironment.Report?
    private(set) var deviations = 0
    private(set) var earlyMemory = 0
    private(set) var memory = 0

    init(expected: RecordedAnswer) {
        self.expected = expected
    }

    /// Whether there is another one to send.
    mutating func begin(of times: Int) -> Bool {
        begun += 1
        return begun <= times
    }

    /// Counts one that was sent; returns how many were.
    mutating func add(_ report: ExecutionEnvironment.Report) -> Int {
        latencies.append(report.latency)
        memory = max(memory, report.peakMemory)
        if latencies.count <= 1000 { earlyMemory = memory }
        if RecordedAnswer(report.outcome) != expected {
            deviations += 1
            deviation = deviation ?? report
        }
        return latencies.count
    }
}
