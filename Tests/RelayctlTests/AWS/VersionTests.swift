import TestSupport
import Testing

@Suite("Published versions, on a stand-in for AWS (moto)", .waits, .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why))
struct VersionTests {
    private let stage: StageOnAWS

    init() throws {
        stage = try StageOnAWS()
    }

    @Test("Rollback puts a version's code back, by number or by count, and says which there are")
    func rollback() throws {
        var hashes: [String] = []
        for code in ["one", "two", "three"] {
            try stage.zip(code)
            try stage.expect(0, try stage.deploy())
            hashes.append(try stage.aws.record().state.functions[stage.function]?.codeSha256 ?? "")
        }
        func codeAfter(_ words: String...) throws -> String? {
            try stage.expect(0, try stage.folder.run(["rollback", "dev"] + words))
            return try stage.aws.record().state.functions[stage.function]?.codeSha256
        }
        #expect(Set(hashes).count == 3)
        #expect(try codeAfter() == hashes[1])
        #expect(try codeAfter("-n", "2") == hashes[0])
        #expect(try codeAfter("--to", "3") == hashes[2])
        try stage.aws.set(.init(policy: stage.policy))
        #expect(try codeAfter("--to", "3") == hashes[2])
        #expect(try stage.aws.record().calls.allSatisfy { !$0.changes })
        let missing = try stage.folder.relayctl("rollback", "dev", "--to", "9")
        #expect(
            missing.status == 1
                && missing.errors.contains("there is no version 9; kept are 1, 2, 3 (num_retained_versions: 5)")
        )
        #expect(try stage.folder.relayctl("rollback", "dev", "-n", "3").status == 1)
    }

    @Test("The newest versions are kept, and a rollback beyond them names those")
    func retainedVersions() throws {
        try stage.settings(#""num_retained_versions": 2"#)
        var hashes: [String] = []
        for code in ["one", "two", "three", "four", "five"] {
            try stage.zip(code)
            try stage.expect(0, try stage.deploy())
            let made = try #require(try stage.aws.record().state.functions[stage.function])
            hashes.append(made.codeSha256)
            #expect(made.versions == Array(max(1, hashes.count - 1)...hashes.count))
        }
        #expect(try stage.folder.relayctl("status", "dev").output.contains("versions    4, 5 (deployed)\n"))
        for (words, message) in [
            (["-n", "2"], "no version is 2 before the newest; kept are 4, 5 (num_retained_versions: 2)"),
            (["--to", "3"], "there is no version 3; kept are 4, 5 (num_retained_versions: 2)"),
        ] {
            let outcome = try stage.folder.run(["rollback", "dev"] + words)
            #expect(outcome.status == 1 && outcome.errors.contains("relayctl rollback: \(message)\n"))
        }
        #expect(try stage.aws.record().state.functions[stage.function]?.codeSha256 == hashes[4])
        try stage.expect(0, try stage.folder.relayctl("rollback", "dev"))
        #expect(try stage.aws.record().state.functions[stage.function]?.codeSha256 == hashes[3])
    }
}
