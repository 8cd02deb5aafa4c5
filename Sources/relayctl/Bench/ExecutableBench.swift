import Deployment
import Foundation
import LocalLambda
import Loopback

/// Measures the relay's executable, in turns with a program that does the least.
struct ExecutableBench {
    typealias Row = BenchTable.Row

    /// Processes that are started to see how long a start takes.
    private static let processes = 20
    /// Rounds of warm invocations; their medians count.
    private static let rounds = 5

    /// The path of the relay.
    let executable: String
    /// The path of the program that does the least.
    let floor: String
    /// Warm invocations in a round.
    let invocations: Int
    let context: Context

    private let question = BenchQuestion()
    private static let scenario = Scenario(observables: [
        BenchQuestion.domain(0): .init(a: [[.history(["192.0.2.1"])]], aaaa: [[.history(["2001:db8::1"], key: "ipv6")]])
    ])

    /// Measures all there is to measure.
    func run() throws -> [Row] {
        let standIn = try StandInSecurityTrails(Self.scenario)
        defer { standIn.stop() }
        let version = try question.event("/version")
        let observe = try question.event("/observe/observables", domains: 1)
        let questions = [version, try question.event("/refer/observables", domains: 10), observe]

        let starts = try measureStarts(version, standIn)
        let warm = try apart { try measureWarm(questions, on: $0) }
        let tls = try measureTLS(observe)
        let instructions = try countInstructions(version, standIn)
        return startRows(starts, warmMedian: warm.rounds.relay[0].median)
            + warmRows("/version", warm.rounds.map { $0[0] }, limit: 1, processorLimit: 0.85)
            + instructionRows(instructions)
            + warmRows("/refer of 10 domains", warm.rounds.map { $0[1] }, limit: 1.6)
            + warmRows("/observe of 1 domain", warm.rounds.map { $0[2] }, limit: 4.5)
            + tlsRows(tls) + sizeRows(memory: warm.memory)
    }
}

// MARK: - What is measured

/// The same thing of both programs.
private struct Pair<Value> {
    var floor: Value
    var relay: Value

    func map<Result>(_ body: (Value) -> Result) -> Pair<Result> {
        Pair<Result>(floor: body(floor), relay: body(relay))
    }
}

/// What the start of one process took.
private struct Start {
    /// Seconds.
    let untilNext: Double
    /// Minor page faults.
    let pageFaults: Int
    /// Seconds.
    let firstInvocation: Double
}

/// What a round of warm invocations took, in seconds; or several, in the median.
private struct Round {
    let median: Double
    let percentile99: Double
    let duration: Double
    let processorTime: Double
}

extension Round {
    /// The median of several rounds, figure by figure.
    init(medianOf rounds: [Round]) {
        func median(_ figure: (Round) -> Double) -> Double { Latency(rounds.map(figure)).percentile(50) }
        self.init(
            median: median(\.median),
            percentile99: median(\.percentile99),
            duration: median(\.duration),
            processorTime: median(\.processorTime)
        )
    }
}

extension ExecutableBench {
    private func measureStarts(_ event: Data, _ standIn: StandInSecurityTrails) throws -> Pair<[Start]> {
        context.say("\(Self.processes) starts …")
        var starts = Pair<[Start]>(floor: [], relay: [])
        for _ in 0..<Self.processes {
            starts.floor.append(try start(environment(floor, standIn), event))
            starts.relay.append(try start(environment(executable, standIn), event))
        }
        return starts
    }

    private func start(_ environment: ExecutionEnvironment, _ event: Data) throws -> Start {
        defer { environment.stop() }
        try environment.start()
        let pageFaults = environment.holdings?.pageFaults ?? 0
        let report = try environment.answered(event)
        return Start(
            untilNext: report.initDuration ?? 0,
            pageFaults: pageFaults,
            firstInvocation: report.latency
        )
    }

    /// Measures with the executables on a processor of their own, if there are two.
    private func apart<Value>(_ measure: (Processors?) throws -> Value) throws -> Value {
        guard let processors = Processors() else { return try measure(nil) }
        return try processors.leavingTheLast { try measure(processors) }
    }

    /// The medians of each question's rounds, and the most memory at the end, in bytes.
    private func measureWarm(
        _ events: [Data],
        on processors: Processors?
    ) throws -> (rounds: Pair<[Round]>, memory: Pair<Int>) {
        let standIn = try StandInSecurityTrails(Self.scenario)
        defer { standIn.stop() }
        let environments = Pair(floor: environment(floor, standIn), relay: environment(executable, standIn))
        defer { _ = environments.map { $0.stop() } }
        for environment in [environments.floor, environments.relay] {
            try environment.start()
            if let process = environment.processID { try processors?.moveToTheLast(process) }
        }
        var rounds = Pair(floor: events.map { _ in [Round]() }, relay: events.map { _ in [Round]() })
        for number in 1...Self.rounds {
            context.say("round \(number) of \(Self.rounds) …")
            for (index, event) in events.enumerated() {
                rounds.floor[index].append(try round(of: event, on: environments.floor))
                rounds.relay[index].append(try round(of: event, on: environments.relay))
            }
        }
        let last = try Pair(
            floor: environments.floor.answered(events[0]),
            relay: environments.relay.answered(events[0])
        )
        return (rounds.map { $0.map(Round.init(medianOf:)) }, last.map(\.peakMemory))
    }

    private func round(of event: Data, on environment: ExecutionEnvironment) throws -> Round {
        let before = try environment.answered(event)
        let reports = (0..<invocations).map { _ in environment.invoke(event) }
        let after = try environment.answered(event)
        let latency = Latency(reports.map(\.latency))
        return Round(
            median: latency.percentile(50),
            percentile99: latency.percentile(99),
            duration: reports.reduce(0) { $0 + $1.duration } / Double(invocations),
            processorTime: (after.processorTime - before.processorTime) / Double(invocations + 1)
        )
    }

    /// Instructions of one warm invocation; nil without valgrind.
    private func countInstructions(_ event: Data, _ standIn: StandInSecurityTrails) throws -> Pair<Double>? {
        guard InstructionCount.isAvailable else { return nil }
        context.say("instructions …")
        let count = InstructionCount(
            function: question.function(standIn.baseURL),
            event: event,
            invocations: min(500, invocations)
        )
        return try Pair(floor: count.perInvocation(of: floor), relay: count.perInvocation(of: executable))
    }

    /// Seconds of the first `/observe` of each process, and of one by a warm process whose connections are gone.
    private func measureTLS(_ event: Data) throws -> (first: [Double], again: [Double]) {
        context.say("\(Self.processes) starts with TLS …")
        let certificates = try Certificates()
        defer { certificates.remove() }
        let identity = certificates.identity(.good)
        var standIn = try StandInSecurityTrails(Self.scenario, tls: identity)
        defer { standIn.stop() }
        let port = URL(string: standIn.baseURL)?.port ?? 0
        let variables = ["SSL_CERT_DIR": certificates.authorityFolder]
        let warm = environment(executable, standIn, variables)
        defer { warm.stop() }
        _ = try warm.answered(event)

        var seconds: (first: [Double], again: [Double]) = ([], [])
        for _ in 0..<Self.processes {
            seconds.first.append(try start(environment(executable, standIn, variables), event).firstInvocation)
            standIn.stop()
            standIn = try StandInSecurityTrails(Self.scenario, port: port, tls: identity)
            seconds.again.append(try warm.answered(event).latency)
        }
        return seconds
    }
}

extension ExecutableBench {
    private func environment(
        _ executable: String,
        _ standIn: StandInSecurityTrails,
        _ variables: [String: String] = [:]
    ) -> ExecutionEnvironment {
        ExecutionEnvironment(
            executable: executable,
            function: question.function(standIn.baseURL, variables),
            output: nil
        )
    }
}

// MARK: - What comes of it

extension ExecutableBench {
    private func startRows(_ starts: Pair<[Start]>, warmMedian: Double) -> [Row] {
        let next = starts.map { Latency($0.map(\.untilNext)) }
        let first = starts.map { Latency($0.map(\.firstInvocation)).percentile(50) }
        let pageFaults = starts.map { Latency($0.map { Double($0.pageFaults) }).percentile(50) }
        return [
            time("exec to first next, median", next.map { $0.percentile(50) }, limit: 1.3 * next.floor.percentile(50)),
            time("exec to first next, min", next.map { $0.percentile(0) }),
            time("exec to first next, max", next.map { $0.percentile(100) }),
            Row(
                name: "page faults until the first next",
                unit: .count,
                floor: pageFaults.floor,
                relay: pageFaults.relay
            ),
            time("first invocation, /version", first, limit: warmMedian + 0.25e-3),
        ]
    }

    /// - Parameters:
    ///   - limit: how many times the floor's median it may take.
    ///   - processorLimit: how many times the floor's time of processor.
    private func warmRows(
        _ name: String,
        _ rounds: Pair<Round>,
        limit: Double,
        processorLimit: Double? = nil
    ) -> [Row] {
        let rate = rounds.map { 1 / $0.duration }
        return [
            time("\(name), p50", rounds.map(\.median), limit: limit * rounds.floor.median),
            time("\(name), p99", rounds.map(\.percentile99)),
            Row(name: "\(name), rate", unit: .perSecond, floor: rate.floor, relay: rate.relay),
            time(
                "\(name), CPU",
                rounds.map(\.processorTime),
                limit: processorLimit.map { $0 * rounds.floor.processorTime }
            ),
        ]
    }

    private func instructionRows(_ instructions: Pair<Double>?) -> [Row] {
        instructions.map {
            [Row(name: "/version, instructions", unit: .count, floor: $0.floor, relay: $0.relay, limit: 120_000)]
        } ?? []
    }

    private func tlsRows(_ seconds: (first: [Double], again: [Double])) -> [Row] {
        let first = Latency(seconds.first).percentile(50) * 1000
        let again = Latency(seconds.again).percentile(50) * 1000
        return [
            Row(name: "first /observe over TLS", unit: .milliseconds, relay: first, limit: 1.6 * again),
            Row(name: "warm /observe, new TLS connection", unit: .milliseconds, relay: again),
        ]
    }

    /// Memory, and the zip if it lies beside the executable.
    private func sizeRows(memory: Pair<Int>) -> [Row] {
        let zip = URL(fileURLWithPath: executable).deletingLastPathComponent()
            .appendingPathComponent("securitytrails-relay.zip")
        let size = (try? FileManager.default.attributesOfItem(atPath: zip.path))?[.size] as? Int
        let megabytes = memory.map { Double($0) / 1e6 }
        return [
            Row(name: "peak memory", unit: .megabytes, floor: megabytes.floor, relay: megabytes.relay, limit: 11)
        ] + (size.map { [Row(name: "zip", unit: .megabytes, relay: Double($0) / 1e6, limit: 6)] } ?? [])
    }

    /// A row of both programs' seconds, in milliseconds.
    private func time(_ name: String, _ seconds: Pair<Double>, limit: Double? = nil) -> Row {
        Row(
            name: name,
            unit: .milliseconds,
            floor: seconds.floor * 1000,
            relay: seconds.relay * 1000,
            limit: limit.map { $0 * 1000 }
        )
    }
}
