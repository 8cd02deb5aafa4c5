import Foundation
import Testing

@Suite("What goes wrong on the way to AWS (moto)", .enabled(if: AWSStandIn.isAvailable))
struct DeploymentFaultTests {
    private let stage: StageOnAWS

    init() throws {
        stage = try StageOnAWS()
    }

    @Test("Killed after each of its calls in turn and run again, deploy ends in the same state")
    func killed() throws {
        try stage.expect(0, try stage.deploy())
        let (expected, calls) = (try stage.aws.record().state, try stage.aws.record().calls.count)
        for call in 1...calls {
            try stage.aws.set(.init(reset: true, policy: stage.policy, faults: [String(call): "hang"]))
            let (process, _, _) = try stage.folder.start(["deploy", "dev", "--no-verify"], input: .nullDevice)
            while try stage.aws.record().calls.count < call, process.isRunning { usleep(10_000) }
            usleep(20_000)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            try stage.aws.set(.init(policy: stage.policy))
            try stage.expect(0, try stage.deploy())
            #expect(try stage.aws.record().state == expected, "killed after call \(call)")
        }
    }

    @Test(
        "With each call answered once by an error, or dropped before or after it took effect, it ends in the same state",
        arguments: ["429", "500", "409", "drop", "lose"]
    )
    func faults(fault: String) throws {
        try stage.expect(0, try stage.deploy())
        let (expected, calls) = (try stage.aws.record().state, try stage.aws.record().calls)
        for (index, call) in calls.enumerated() where fault != "409" || call.actions[0].hasPrefix("lambda:") {
            try stage.aws.set(.init(reset: true, policy: stage.policy, faults: [String(index + 1): fault]))
            try stage.expect(0, try stage.deploy())
            #expect(try stage.aws.record().state == expected, "\(fault) for call \(index + 1), \(call.actions)")
        }
    }
}
