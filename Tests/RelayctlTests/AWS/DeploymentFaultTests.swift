import Foundation
import TestSupport
import Testing

@Suite("What goes wrong on the way to AWS (moto)", .waits, .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why))
struct DeploymentFaultTests {
    private let stage: StageOnAWS

    init() throws {
        stage = try StageOnAWS()
        for name in ["one", "two"] { try stage.zip(name, to: name + ".zip") }
    }

    /// A command that changes something, and what there is before it.
    struct Command: Sendable, CustomTestStringConvertible {
        let words: [String]
        var input = ""
        /// The zips that were deployed before.
        var deployed: [String] = []
        /// Variables that were set by hand since.
        var variables: [String: String] = [:]

        var testDescription: String { words[0] }
    }

    private static let commands = [
        Command(words: ["deploy", "dev", "--no-verify", "--zip", zip("one")]),
        // Code and configuration change, and a version is one too many.
        Command(
            words: ["update", "dev", "--no-verify", "--zip", zip("two")],
            deployed: ["two", "one"],
            variables: ["LOG_LEVEL": "DEBUG", "SECRET_KEY": "by hand"]
        ),
        Command(words: ["rollback", "dev"], deployed: ["one", "two"]),
        Command(words: ["jwt", "dev", "--set"], input: "anAPIkey\n", deployed: ["one"], variables: ["OTHER": "x"]),
        Command(words: ["undeploy", "dev", "--yes", "--remove-logs"], deployed: ["one", "two"]),
    ]

    private static func zip(_ name: String) -> String { ".build/lambda/\(name).zip" }

    @Test(
        """
        Whatever becomes of any one of its calls (an error, a connection dropped before or after it took effect, a kill \
        and another run), a command ends in the same state
        """,
        arguments: commands
    )
    func faults(command: Command) async throws {
        try prepare(command)
        try stage.aws.set(.init(saves: true, policy: stage.policy, variables: command.variables))
        try stage.expect(0, try await run(command))
        let (expected, calls) = (try state(), try stage.aws.record().calls)
        #expect(calls.contains { $0.changes })
        let trials = calls.enumerated().flatMap { index, call in
            let faults = ["429", "500", "drop", "lose", "kill"] + (call.actions[0].hasPrefix("lambda:") ? ["409"] : [])
            return faults.map { (number: index + 1, actions: call.actions, fault: $0) }
        }
        for (number, actions, fault) in trials.sample(oneIn: 17) {
            if fault == "kill" {
                try kill(command, atCall: number)
            } else {
                try stage.aws.set(.init(restores: true, policy: stage.policy, faults: [String(number): fault]))
            }
            try stage.expect(0, try await run(command))
            #expect(try state() == expected, "\(fault) for call \(number), \(actions)")
        }
    }

    @Test(
        "A command that only looks says the same whatever becomes of one of its calls, and changes nothing",
        arguments: [["status", "dev", "--json"], ["tail", "dev", "--once"]]
    )
    func faultsWhileLooking(words: [String]) async throws {
        try stage.expect(0, try stage.deploy("--zip", Self.zip("one")))
        try stage.aws.set(.init(policy: stage.policy, log: ["REPORT RequestId: abc-1"]))
        let (expected, before) = (try await stage.folder.runAside(words), try state())
        let calls = try stage.aws.record().calls
        try stage.expect(0, expected)
        let faults = ["429", "500", "drop", "lose"]
        // One of them for each call, and each for some call.
        for index in 0..<max(calls.count, faults.count) {
            let (number, fault) = (index % calls.count + 1, faults[index % 4])
            try stage.aws.set(.init(policy: stage.policy, faults: [String(number): fault]))
            let outcome = try await stage.folder.runAside(words)
            #expect(outcome.status == 0, "\(fault) for call \(number): \(outcome.errors)")
            #expect(outcome.output == expected.output, "\(fault) for call \(number)")
            #expect(try stage.aws.record().calls.allSatisfy { !$0.changes })
        }
        #expect(try state() == before)
    }

    private func prepare(_ command: Command) throws {
        try stage.settings(#""num_retained_versions": 2"#)
        for name in command.deployed { try stage.expect(0, try stage.deploy("--zip", Self.zip(name))) }
    }

    private func run(_ command: Command) async throws -> Outcome {
        try await stage.folder.runAside(command.words, input: command.input)
    }

    private func start(_ command: Command) throws -> Running {
        let input = Pipe()
        try input.fileHandleForWriting.write(contentsOf: Data(command.input.utf8))
        try input.fileHandleForWriting.close()
        return try stage.folder.start(command.words, input: input.fileHandleForReading)
    }

    /// Starts a command and kills it once the call was made, and before it is answered.
    private func kill(_ command: Command, atCall number: Int) throws {
        try stage.aws.set(.init(restores: true, policy: stage.policy, faults: [String(number): "hang"]))
        let (process, _, _) = try start(command)
        while try stage.aws.record().calls.count < number, process.isRunning { usleep(10_000) }
        usleep(20_000)
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try stage.aws.set(.init(policy: stage.policy))
    }

    /// What there is on AWS, with a word for a SECRET_KEY, which is another each time.
    private func state() throws -> AWSStandIn.State {
        var state = try stage.aws.record().state
        if state.functions[stage.function]?.environment["SECRET_KEY"]?.count == 64 {
            state.functions[stage.function]?.environment["SECRET_KEY"] = "made"
        }
        return state
    }
}
