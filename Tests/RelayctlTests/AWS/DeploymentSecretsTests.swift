import Foundation
import TestSupport
import Testing

@Suite("Secrets on the way to AWS (moto)", .waits, .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why))
struct DeploymentSecretsTests {
    private let stage: StageOnAWS
    private let accessKey = "another/Secret+Key"
    private let token = "a/session+token=="
    private let apiKey = "anAPIkeyOfSecurityTrails"

    init() throws {
        // Both folders are in the project's.
        stage = try StageOnAWS(environment: [
            "AWS_ACCESS_KEY_ID": "AKIDTOKEN", "AWS_SECRET_ACCESS_KEY": accessKey, "AWS_SESSION_TOKEN": token,
            "PATH": "programs:" + (ProcessInfo.processInfo.environment["PATH"] ?? ""), "TMPDIR": "temporary",
        ])
        for name in ["programs", "temporary"] {
            let folder = stage.folder.url.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        // Each program that relayctl may run leaves its arguments and its environment in a file.
        for name in ["sh", "unzip", "zip", "openssl", "swift", "objdump"] {
            let program =
                "#!/bin/sh\n{ echo \"$0 $*\"; env; } >> children\nPATH=${PATH#programs:} exec \(name) \"$@\"\n"
            try writeExecutable(program, to: stage.folder.url.appendingPathComponent("programs/" + name).path)
        }
    }

    @Test("No argument, no file, no output and no child's environment has a secret, whatever the command")
    func nowhere() throws {
        var secrets = [accessKey, token, apiKey]
        let one = try output(["deploy", "dev", "--no-verify"], keeping: secrets)
        #expect(one.hasPrefix("https://"))
        _ = try output(["jwt", "dev", "--set"], input: apiKey + "\n", keeping: secrets)
        let made = try #require(try stage.aws.record().state.functions[stage.function]?.environment["SECRET_KEY"])
        secrets.append(made)
        try expectNowhere(secrets)
        try stage.zip("second")
        for command in [
            ["update", "dev", "--no-verify"], ["status", "dev"], ["status", "dev", "--json"], ["rollback", "dev"],
            ["undeploy", "dev", "--yes", "--remove-logs"],
        ] {
            _ = try output(command, keeping: secrets)
        }
        let children = try String(contentsOf: stage.folder.url.appendingPathComponent("children"), encoding: .utf8)
        #expect(children.contains("programs/unzip -Z") && children.contains("AWS_ACCESS_KEY_ID=AKIDTOKEN"))
    }

    /// Runs a command, looks for the secrets while it runs and in what it leaves, and returns its standard output.
    private func output(_ words: [String], input: String = "", keeping secrets: [String]) throws -> String {
        try stage.aws.set(.init(policy: stage.policy, busy: 0.2))
        let stdin = Pipe()
        let (process, stdout, stderr) = try stage.folder.start(words, input: stdin.fileHandleForReading)
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        while process.isRunning {
            let arguments = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process.processIdentifier)/cmdline"))
            expectNone(of: secrets, in: arguments ?? Data(), "arguments of \(words)")
            try expectNowhere(secrets)
            usleep(2_000)
        }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(words)")
        try expectNowhere(secrets)
        let printed = try stdout.fileHandleForReading.readToEnd() ?? Data()
        expectNone(of: secrets, in: printed, "output of \(words)")
        expectNone(of: secrets, in: try stderr.fileHandleForReading.readToEnd() ?? Data(), "errors of \(words)")
        return String(decoding: printed, as: UTF8.self)
    }

    /// Looks into every file of the folder, those for temporary use among them.
    private func expectNowhere(_ secrets: [String]) throws {
        // Folders come and go meanwhile, at which `subpathsOfDirectory` would fail.
        let names = try #require(FileManager.default.enumerator(atPath: stage.folder.url.path))
        for case let name as String in names {
            let file = stage.folder.url.appendingPathComponent(name)
            if let content = try? Data(contentsOf: file) { expectNone(of: secrets, in: content, name) }
        }
    }

    private func expectNone(of secrets: [String], in content: Data, _ place: String) {
        for secret in secrets where content.range(of: Data(secret.utf8)) != nil { Issue.record("a secret in \(place)") }
    }
}
