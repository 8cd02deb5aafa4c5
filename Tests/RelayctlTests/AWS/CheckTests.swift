import Foundation
import HTTPClient
import LocalLambda
import Loopback
import TestSupport
import Testing

@Suite("relayctl check", .waits)
struct CheckTests {
    private let folder: ProjectFolder

    init() throws {
        folder = try ProjectFolder(environment: ["RELAY_JWT": "a.b.c"])
    }

    @Test("A relay that answers well is status 0, with the time of both answers; a foreign JWT is explained")
    func relay() throws {
        let (relay, output, _) = try folder.start(
            ["serve", "--port", "0", "--exec", built("bootstrap").path],
            input: .nullDevice
        )
        defer {
            kill(relay.processIdentifier, SIGINT)
            relay.waitUntilExit()
        }
        var text = ""
        while !text.contains("Ctrl-C ends it."), relay.isRunning {
            text += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        }
        let port = try #require(text.firstMatch(of: /localhost:([0-9]+)\//)?.output.1)
        let token = try #require(text.firstMatch(of: /Bearer (\S+\.\S+\.[A-Za-z0-9_-]+)/)?.output.1)
        let words = ["check", "--url", "http://127.0.0.1:\(port)/dev/"]

        let well = try folder.run(words, environment: ["RELAY_JWT": String(token)])
        #expect(well.status == 0, "\(well.errors)")
        let lines = well.output.split(separator: "\n")
        #expect(lines.first == "http://127.0.0.1:\(port)/dev")
        #expect(lines.dropFirst(1).first?.wholeMatch(of: /✓ \/version  version 1\.\S+ \([0-9.]+ s\)/) != nil)
        #expect(lines.dropFirst(2).first?.wholeMatch(of: /✓ \/health   ok \([0-9.]+ s\)/) != nil)

        let foreign = try folder.run(words)
        #expect(foreign.status == 1)
        #expect(foreign.output.contains("✓ /version"))
        #expect(foreign.output.contains("✗ /health   authorization error: Authorization failed: Wrong JWT structure ("))
        #expect(foreign.output.contains("\n  This is no JWT; often it was cut when it was copied"))
    }

    @Test("The JWT goes to /health only, and nowhere if /version is not answered well")
    func order() throws {
        let asked = Monitor<[String]>([])
        let answer = Monitor("{\"version\":\"0.1\"}")
        let server = try HTTPServer { request in
            let tokens = request.headers.filter { $0.name.lowercased() == "authorization" }.map(\.value)
            asked.with { $0.append(([request.target] + tokens).joined(separator: " ")) }
            return .response(200, [], Data(answer.with { $0 }.utf8))
        }
        defer { server.stop() }
        let words = ["check", "--url", "http://127.0.0.1:\(server.port)"]
        let first = try folder.run(words)
        #expect(asked.with { $0 } == ["/version", "/health Bearer a.b.c"])
        #expect(first.status == 1)
        #expect(first.errors.contains("note: the relay has version 0.1, and this relayctl 1."))
        #expect(first.output.contains("✗ /health   not this relay's answer: status 200 {\"version\":\"0.1\"}"))
        answer.with { $0 = "\u{1B}[31m<html>" }
        asked.with { $0 = [] }
        let second = try folder.run(words)
        #expect(asked.with { $0 } == ["/version"])
        #expect(second.status == 1)
        #expect(second.output.contains("✗ /version  not this relay's answer: status 200 [31m<html>"))
    }

    @Test("On a terminal the JWT is asked for without echo, once /version is answered")
    func terminal() async throws {
        let server = try HTTPServer { request in
            request.target == "/version" ? .json(200, ["version": "1.0.0"]) : .json(200, ["data": ["status": "ok"]])
        }
        defer { server.stop() }
        let terminal = try Terminal()
        let running = try ProjectFolder().start(
            ["check", "--url", "http://127.0.0.1:\(server.port)"],
            input: terminal.device
        )
        #expect(terminal.waitForEcho(false))
        terminal.type("a.secret.jwt\n")
        let outcome = try await finish(running)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("Enter: the module's JWT: "))
        #expect(!terminal.shown.contains("a.secret.jwt"))
        #expect(terminal.echoes)

        // Nobody is asked for a JWT that would not be sent.
        let nobody = try ProjectFolder().start(["check", "--url", "http://127.0.0.1:1"], input: terminal.device)
        let refused = try await finish(nobody)
        #expect(refused.status == 1)
        #expect(refused.errors.isEmpty)
        #expect(refused.output.contains("✗ /version  no answer: "))
        #expect(refused.output.contains("\n  Nothing listens there, or something between blocks it"))
    }

    @Test(
        "What makes no sense is one line and status 2",
        arguments: [
            ([], "STAGE is missing"),
            (["dev", "--url", "https://a.example"], "--url goes without STAGE, --api and --profile"),
            (["--profile", "x", "--url", "https://a.example"], "--url goes without STAGE, --api and --profile"),
            (["--url", "http://a.example"], "--url: a relay is asked over https only"),
            (["dev", "--jwt-file", "none"], "none: no such file"),
        ]
    )
    func usage(arguments: [String], message: String) throws {
        let outcome = try folder.run(["check"] + arguments)
        #expect(outcome.status == 2)
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test("Without a JWT and without a terminal nothing is asked")
    func noJWT() throws {
        let outcome = try ProjectFolder().relayctl("check", "--url", "http://127.0.0.1:1")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("there is no JWT: set RELAY_JWT, or name a file with --jwt-file"))
    }
}

@Suite("relayctl check of a stage (moto)", .waits, .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why))
struct StageCheckTests {
    private let stage: StageOnAWS
    private let urls: URLStandIn
    private let token = "a.b.c"

    init() throws {
        stage = try StageOnAWS(environment: ["RELAY_JWT": "a.b.c"])
        urls = try URLStandIn(in: stage.folder)
    }

    @Test("A stage that is not deployed is said to be so, and what deploys it")
    func absent() throws {
        let outcome = try stage.folder.relayctl("check", "dev")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("no relay is deployed for dev; 'relayctl deploy dev' does that"))
    }

    @Test("The deployed URL is called, and if the function failed its log says why")
    func failure() async throws {
        try stage.expect(0, try stage.deploy())
        let failing = try urls.answering(#"502 {"message": "Internal server error"}"#)
        try stage.aws.set(
            .init(policy: stage.policy, log: ["RequestId: 1 Error: Runtime exited with error: signal: killed"])
        )
        let outcome = try await check(failing)
        #expect(outcome.status == 1)
        #expect(outcome.output.contains(/https:\/\/[a-z0-9]+\.execute-api\.us-east-1\.amazonaws\.com\/dev\n/))
        #expect(outcome.output.contains(#"✗ /version  status 502 {"message": "Internal server error"} ("#))
        #expect(
            outcome.output.hasSuffix(
                "\n  its log: RequestId: 1 Error: Runtime exited with error: signal: killed"
                    + "\n  memory_size is too small: set it to 512 or more, then 'relayctl update dev'.\n"
            )
        )
        #expect(try stage.aws.record().calls.allSatisfy { !$0.changes })

        try stage.aws.set(.init(policy: stage.policy.without("logs:FilterLogEvents")))
        let blind = try await check(failing)
        #expect(blind.output.contains("The function failed; its log says how ('relayctl tail dev')."))
        #expect(blind.errors.contains("note: its log can't be read: logs:FilterLogEvents: AccessDeniedException"))
    }

    @Test("An answer that has nothing to do with the function does not open its log")
    func forbidden() async throws {
        try stage.expect(0, try stage.deploy())
        try stage.aws.set(.init(policy: stage.policy))
        let outcome = try await check(try urls.answering(#"403 {"message":"Missing Authentication Token"}"#))
        #expect(outcome.output.contains("or it was not deployed: 'relayctl deploy dev' puts that right.\n"))
        #expect(try stage.aws.record().calls.allSatisfy { $0.actions != ["logs:FilterLogEvents"] })
    }

    @Test("A deployment ends with the command that comes next: the key first, then the check")
    func next() throws {
        #expect(try stage.deploy().errors.hasSuffix("next: relayctl jwt dev --set\n"))
        let jwt = try stage.folder.relayctl("jwt", "dev", "--set", input: "anAPIkey\n")
        #expect(jwt.errors.hasSuffix("next: relayctl check dev\n"))
        #expect(try stage.deploy().errors.hasSuffix("next: relayctl check dev\n"))
        #expect(try stage.deploy("--dry-run").errors.contains("next: ") == false)
        try stage.expect(0, try stage.folder.relayctl("undeploy", "dev", "--yes"))
        try stage.settings(
            #""aws_environment_variables": {"JWKS_HOST": "visibility.amp.cisco.com", "TOKEN_AUDIENCE": "https://a.example"}"#
        )
        #expect(try stage.deploy().errors.hasSuffix("next: relayctl check dev\n"))
    }

    private func check(_ url: PythonServer) async throws -> Outcome {
        try await finish(
            try stage.folder.start(["check", "dev"], input: .nullDevice, environment: urls.environment(url))
        )
    }
}
