import Foundation
import TestSupport
import Testing

@Suite("What cannot be undone", .waits, .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why))
struct ConsentTests {
    private let stage: StageOnAWS

    init() throws {
        stage = try StageOnAWS()
        try stage.expect(0, try stage.deploy())
        try stage.aws.set(.init(policy: stage.policy))
    }

    @Test("undeploy names what it removes and where, and without a yes removes nothing")
    func undeploy() throws {
        for answer in ["", "n\n", "\n"] {
            let outcome = try stage.folder.relayctl("undeploy", "dev", "--remove-logs", input: answer)
            #expect(outcome.status == 1 && outcome.errorLines.last == "relayctl undeploy: nothing was removed")
            #expect(outcome.errors.contains("nobody answers; use --yes to skip this question") == answer.isEmpty)
            let question = try #require(outcome.errorLines.first { $0.hasPrefix("Remove ") })
            #expect(question.contains(".execute-api.us-east-1.amazonaws.com/dev, the function \(stage.function), "))
            #expect(question.contains("/aws/lambda/\(stage.function) in account 123456789012, us-east-1? [y/N]"))
            #expect(try stage.aws.record().calls.allSatisfy { !$0.changes })
        }
        try stage.expect(0, try stage.folder.relayctl("undeploy", "dev", input: "y\n"))
        #expect(try stage.aws.record().state.functions.isEmpty)
    }

    @Test("undeploy leaves a function of Zappa's its REST API")
    func zappa() throws {
        try stage.aws.set(.init(policy: stage.policy, runtime: "python3.9"))
        let outcome = try stage.folder.relayctl("undeploy", "dev", "--yes")
        #expect(outcome.status == 1 && outcome.errors.contains("is Zappa's (python3.9)"))
        #expect(try stage.aws.record().calls.allSatisfy { !$0.changes })
    }

    @Test("jwt --set says that the JWTs before are refused if it replaces a SECRET_KEY")
    func replacedSecretKey() throws {
        let warning = "JWTs that were signed with the SECRET_KEY before are refused"
        let first = try stage.folder.relayctl("jwt", "dev", "--set", input: "anAPIkey\n")
        #expect(first.status == 0 && !first.errors.contains(warning))
        let second = try stage.folder.relayctl("jwt", "dev", "--set", input: "anAPIkey\n")
        #expect(second.status == 0 && second.errors.contains(warning))
    }

    @Test("jwt --set has the echo off from before its first question to after its last, and shows no secret")
    func echo() async throws {
        let secret = "anAPIkeyThatMustNotBeShown"
        try stage.expect(0, try stage.folder.relayctl("jwt", "dev", "--set", input: secret + "\n"))
        let before = try stage.aws.record().state
        for (answer, status) in [(secret, Int32(1)), ("y", 0)] {
            let terminal = try Terminal()
            let (process, _, _) = try stage.folder.start(
                ["jwt", "dev", "--set"],
                input: terminal.device,
                terminal: terminal.device
            )
            while !terminal.shown.contains("Replace it? [y/N]"), process.isRunning { usleep(10_000) }
            #expect(!terminal.echoes)
            terminal.type(answer + "\n")
            if status == 0 {
                while !terminal.shown.contains("Enter: SecurityTrails API Key: "), process.isRunning { usleep(10_000) }
                #expect(terminal.shown.contains("[y/N] yes"))
                #expect(!terminal.echoes)
                terminal.type(secret + "\n")
            }
            while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
            process.waitUntilExit()
            #expect(process.terminationStatus == status, "\(terminal.shown)")
            #expect(terminal.echoes)
            #expect(!terminal.shown.contains(secret))
            #expect(terminal.shown.contains("nothing was changed") == (status == 1))
            #expect((try stage.aws.record().state == before) == (status == 1))
        }
    }
}
