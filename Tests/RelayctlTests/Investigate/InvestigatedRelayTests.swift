import Foundation
import LocalLambda
import Loopback
import TestSupport
import Testing

@Suite("What an investigation takes of the shell, and of the quota", .waits)
struct InvestigatedRelayTests {
    /// 13 domains, which cost 26 queries.
    private static let many = (1...13).map { "host\($0).example" }.joined(separator: " ")

    @Test("None of the shell's variables reaches the relay on this machine")
    func hermetic() throws {
        let upstream = try StandInSecurityTrails()
        defer { upstream.stop() }
        let plain = try ProjectFolder().relayctl("investigate", "example.com")
        let hostile = [
            "SECURITYTRAILS_API_URL": upstream.baseURL, "SECRET_KEY": "a customer's", "RELAY_JWT": "a.b.c",
            "NUMBER_OF_PAGES": "0", "LOOKUPS": "whois", "LOG_LEVEL": "TRACE", "SSL_CERT_FILE": "/nonexistent",
            "SIGHTING_TABLE": "false",
        ]
        let outcome = try ProjectFolder(environment: hostile).relayctl("investigate", "example.com")
        #expect(outcome.status == 0)
        #expect(outcome.output == plain.output)
        #expect(outcome.errors == plain.errors)
        #expect(upstream.requests.isEmpty)
    }

    @Test("The variables of --env-file reach it, except for the JWT and those that are empty")
    func environmentFile() throws {
        let folder = try ProjectFolder()
        let path = folder.url.path
        try folder.write("#!/bin/sh\nenv >'\(path)/env'\nexec '\(built("bootstrap").path)'\n", to: "relay", mode: 0o700)
        try folder.write("LOOKUPS=ipv4,ns\nRELAY_JWT=a.b.c\nSECRET_KEY=\n", to: "relay.env")
        let options = ["--exec", path + "/relay", "--env-file", "relay.env"]
        let outcome = try folder.run(["investigate"] + options + ["example.com"])
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("This cost 2 queries of SecurityTrails."))
        let variables = try String(contentsOfFile: path + "/env", encoding: .utf8)
        #expect(variables.contains("LOOKUPS=ipv4,ns\n"))
        #expect(!variables.contains("a.b.c"))
    }

    @Test("More than 25 queries are not spent without a yes")
    func consent() throws {
        let upstream = try StandInSecurityTrails()
        defer { upstream.stop() }
        let folder = try ProjectFolder()
        try folder.write("SECURITYTRAILS_API_URL=\(upstream.baseURL)\n", to: "relay.env")
        let command = ["investigate", "--env-file", "relay.env"]

        let refused = try folder.run(command + [Self.many])
        #expect(refused.status == 2)
        #expect(refused.output.isEmpty)
        #expect(
            refused.errors == "relayctl investigate: 13 observables cost about 26 queries of SecurityTrails; "
                + "use --yes to ask about them all\n"
        )
        #expect(upstream.requests.isEmpty)

        let sure = try folder.run(command + ["--yes", Self.many])
        #expect(sure.status == 3)
        #expect(sure.errors.contains("This cost 26 queries of SecurityTrails."))
        #expect(upstream.requests.count == 26)

        let few = try folder.run(command + ["host1.example"])
        #expect(few.status == 3)
        let madeUp = try folder.run(["investigate", Self.many])
        #expect(madeUp.status == 3)
    }

    @Test("On a terminal there is a question, and only a yes goes on", arguments: [("n", 1, 0), ("y", 3, 26)])
    func question(answer: String, status: Int32, requests: Int) async throws {
        let upstream = try StandInSecurityTrails()
        defer { upstream.stop() }
        let folder = try ProjectFolder()
        try folder.write("SECURITYTRAILS_API_URL=\(upstream.baseURL)\n", to: "relay.env")
        let terminal = try Terminal()
        let running = try folder.start(
            ["investigate", "--env-file", "relay.env", Self.many],
            input: terminal.device
        )
        terminal.type(answer + "\n", echoing: true)
        let outcome = try await finish(running)
        #expect(outcome.status == status)
        #expect(
            outcome.errors.hasPrefix(
                "13 observables cost about 26 queries of SecurityTrails, which count against your quota.\nGo on? [y/N] "
            )
        )
        #expect(upstream.requests.count == requests)
    }
}

/// The relay that is deployed for a stage, on a stand-in for AWS, behind a proxy that stands in for API Gateway.
@Suite("An investigation with --stage (moto)", .waits, .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why))
struct StageInvestigationTests {
    @Test("The deployed relay is found, asked with the module's JWT, and gives the same tree as the relay here")
    func deployed() async throws {
        let stage = try StageOnAWS()
        try stage.expect(0, try stage.deploy())
        let urls = try URLStandIn(in: stage.folder)
        let serve = try Relayctl(["serve", "--port", "0"])
        defer { serve.process.terminate() }
        let introduction = serve.read(until: "Ctrl-C")
        let port = try #require(introduction.firstMatch(of: /localhost:([0-9]+)\/dev/)).output.1
        let token = try #require(introduction.firstMatch(of: /Bearer (\S+)/)).output.1
        let url = try urls.answering(String(port))
        let proxied = urls.environment(url).merging(["RELAY_JWT": String(token)]) { $1 }
        let outcome = try await finish(
            stage.folder.start(
                ["investigate", "--stage", "dev", "example.com"],
                input: .nullDevice,
                environment: proxied
            )
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output == (try ProjectFolder().relayctl("investigate", "example.com")).output)
        #expect(outcome.errors.contains("This cost about 2 queries of SecurityTrails."))

        let many = (1...13).map { "host\($0).example" }.joined(separator: " ")
        let refused = try stage.folder.run(["investigate", "--stage", "dev", many], environment: proxied)
        #expect(refused.status == 2)
        #expect(refused.errors.contains("cost about 26 queries of SecurityTrails; use --yes"))
        let unknown = try stage.folder.run(["investigate", "--stage", "prod", "a.example"], environment: proxied)
        #expect(unknown.status == 2)
        #expect(unknown.errorLines.count == 1)
    }

    @Test("A stage for which nothing is deployed is one line and status 1")
    func missing() throws {
        let stage = try StageOnAWS(environment: ["RELAY_JWT": "a.b.c"])
        let outcome = try stage.folder.relayctl("investigate", "--stage", "dev", "example.com")
        #expect(outcome.status == 1)
        #expect(
            outcome.errorLines.last
                == "relayctl investigate: no relay is deployed for dev; 'relayctl deploy dev' does that"
        )
    }
}
