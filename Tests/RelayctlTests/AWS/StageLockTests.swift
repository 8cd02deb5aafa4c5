import Foundation
import Loopback
import TestSupport
import Testing

@Suite("Two commands at once on one machine (moto)", .waits, .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why))
struct StageLockTests {
    private let stage: StageOnAWS
    private let temporary: URL

    init() throws {
        temporary = try temporaryFolder("locks")
        stage = try StageOnAWS(environment: ["TMPDIR": temporary.path])
    }

    @Test(
        "While one changes a stage, each other that would is refused, and told who is at it; those that look are not",
        arguments: [SIGINT, SIGKILL]
    )
    func refusal(signal: Int32) async throws {
        defer { try? FileManager.default.removeItem(at: temporary) }
        try stage.expect(0, try stage.deploy())
        try stage.zip("second")
        try stage.expect(0, try stage.deploy())
        try stage.zip("third")
        try stage.aws.set(.init(policy: stage.policy, faults: ["6": "hang"]))
        let (holder, _, _) = try stage.folder.start(["update", "dev", "--no-verify"], input: .nullDevice)
        while try stage.aws.record().calls.count < 6, holder.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        let before = try stage.aws.record().calls.filter(\.changes).count
        let said = "'relayctl update' (process \(holder.processIdentifier)) is changing the stage; run this again"
        for command in [
            ["deploy", "dev", "--no-verify"], ["update", "dev", "--no-verify"], ["rollback", "dev"],
            ["jwt", "dev", "--set"], ["undeploy", "dev", "--yes"],
        ] {
            let outcome = try await stage.folder.runAside(command, input: "anAPIkey\n")
            #expect(outcome.status == 1, "\(command)")
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains(said), "\(command): \(outcome.errors)")
        }
        #expect(try stage.aws.record().calls.filter(\.changes).count == before)
        for command in [["status", "dev"], ["deploy", "dev", "--dry-run"], ["tail", "dev", "--once"]] {
            try stage.expect(0, try await stage.folder.runAside(command))
        }

        kill(holder.processIdentifier, signal)
        holder.waitUntilExit()
        // A lock file that is left behind locks nothing.
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path).isEmpty == (signal == SIGINT))
        try stage.aws.set(.init(policy: stage.policy))
        try stage.expect(0, try stage.deploy())
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path).isEmpty)
    }

    @Test("A folder for locks that others may write to is not used")
    func foreignFolder() throws {
        defer { try? FileManager.default.removeItem(at: temporary) }
        let folder = temporary.appendingPathComponent("relayctl-\(getuid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        chmod(folder.path, 0o777)
        let outcome = try stage.deploy()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("can't lock the stage: \(folder.path) is not a folder of this user only"))
        #expect(try stage.aws.record().calls.allSatisfy { !$0.changes })
    }

    @Test("Of two REST APIs of the function's name, deploy uses the one it is told, and undeploy removes that one only")
    func chosenAPI() throws {
        defer { try? FileManager.default.removeItem(at: temporary) }
        try stage.aws.set(.init(policy: stage.policy, apis: [stage.function, stage.function]))
        let refused = try stage.deploy()
        #expect(refused.status == 1)
        let ids = try #require(
            refused.errors.firstMatch(of: /-dev: (\w+), (\w+); 'relayctl undeploy dev --api ID' removes/)
        )
        let (first, second) = (String(ids.output.1), String(ids.output.2))

        let absent = try stage.deploy("--api", "nosuchapi")
        #expect(absent.status == 1)
        #expect(
            absent.errors.contains(
                "there is no REST API nosuchapi called \(stage.function) in us-east-1; there is \(first),"
            )
        )
        let deployed = try stage.deploy("--api", second)
        try stage.expect(0, deployed)
        #expect(deployed.output == "https://\(second).execute-api.us-east-1.amazonaws.com/dev\n")
        #expect(try stage.aws.record().state.apis.map { $0.stages.count }.sorted() == [0, 1])

        for outcome in ["deleted", "absent"] {
            let removal = try stage.folder.relayctl("undeploy", "dev", "--yes", "--remove-logs", "--api", first)
            try stage.expect(0, removal)
            #expect(removal.errors.contains("REST API       \(outcome)"), "\(removal.errors)")
            #expect(removal.errors.contains("note: the function and its log stay, for the REST API \(second)\n"))
            let state = try stage.aws.record().state
            #expect(state.functions.keys.sorted() == [stage.function])
            #expect(state.apis.map { $0.stages.keys.sorted() } == [["dev"]])
            #expect(state.logs.count == 1)
        }
        #expect(try stage.deploy().output == deployed.output)
        try stage.expect(0, try stage.folder.relayctl("undeploy", "dev", "--yes", "--remove-logs", "--api", second))
        #expect(try stage.aws.record().state == .init(functions: [:], apis: [], logs: [:]))
    }

    @Test("jwt --set changes nothing if the REST API can't be told")
    func ambiguousJWT() throws {
        defer { try? FileManager.default.removeItem(at: temporary) }
        try stage.expect(0, try stage.deploy())
        try stage.aws.set(.init(policy: stage.policy, apis: [stage.function]))
        let outcome = try stage.folder.relayctl("jwt", "dev", "--set", input: "anAPIkey\n")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("there are 2 REST APIs called"))
        #expect(try stage.aws.record().calls.allSatisfy { !$0.changes })
    }
}
