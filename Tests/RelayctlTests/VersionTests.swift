import Testing

@Suite("Published versions, on a stand-in for AWS (moto)", .enabled(if: AWSStandIn.isAvailable))
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
        #expect(missing.status == 1 && missing.errors.contains("no version 9 is published; there is 1, 2, 3"))
        #expect(try stage.folder.relayctl("rollback", "dev", "-n", "3").status == 1)
    }

    @Test("Only the newest versions are kept")
    func retainedVersions() throws {
        try stage.settings(#""num_retained_versions": 2"#)
        // No more of them: moto would give a fourth the number of the third.
        for code in ["one", "two", "three"] {
            try stage.zip(code)
            try stage.expect(0, try stage.deploy())
        }
        #expect(try stage.folder.relayctl("status", "dev").output.contains("versions    2, 3\n"))
    }
}
