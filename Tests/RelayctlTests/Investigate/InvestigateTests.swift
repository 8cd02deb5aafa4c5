import Foundation
import HTTPClient
import LocalLambda
import Loopback
import TestSupport
import Testing

@Suite("relayctl investigate")
struct InvestigateTests {
    let folder: ProjectFolder

    init() throws {
        folder = try ProjectFolder()
    }

    private static let text = "See hxxps://example[.]com/a.zip and 192.0.2.10 from 10.0.0.1."

    @Test("A text gives a tree of its observables, and says what was left out")
    func tree() throws {
        let outcome = try folder.relayctl("investigate", Self.text)
        #expect(outcome.status == 0)
        #expect(
            outcome.output.hasPrefix("example.com  domain\n├─ Resolved_To  IPv4 addresses that example.com resolves to")
        )
        #expect(outcome.output.contains("\n192.0.2.10  ip\n"))
        #expect(outcome.output.contains("https://securitytrails.com/domain/example.com/dns"))
        #expect(outcome.errors.contains("left out: 10.0.0.1: a private address"))
        #expect(outcome.errors.contains("SecurityTrails is made up"))
        #expect(outcome.errors.contains("This cost 3 queries of SecurityTrails."))
    }

    @Test("JSON has the number of queries, and escapes what steers a terminal")
    func json() throws {
        let outcome = try folder.relayctl("investigate", "--json", Self.text)
        let report = try JSONValue(parsing: Data(outcome.output.utf8))
        #expect(report["queries"] == 3)
        #expect(report["sightings"]?.array?.isEmpty == false)

        let server = try HTTPServer { _ in
            .json(200, ["data": [:], "errors": [["code": "a", "message": "\u{9B}31m\u{202E}\u{E0041}\u{7F}é"]]])
        }
        defer { server.stop() }
        let hostile = try ProjectFolder(environment: ["RELAY_JWT": "a.b.c"])
            .relayctl("investigate", "--json", "--url", server.origin, "a.example")
        #expect(hostile.output.contains(#""\u009B31m\u202E\uDB40\uDC41\u007Fé""#))
        let errors = try JSONValue(parsing: Data(hostile.output.utf8))["errors"]
        #expect(errors?.array?.first?["message"] == "\u{9B}31m\u{202E}\u{E0041}\u{7F}é")
    }

    @Test("Standard input is read if there is no text")
    func standardInput() throws {
        let outcome = try folder.relayctl("investigate", input: Self.text)
        #expect(outcome.output == (try folder.relayctl("investigate", Self.text)).output)
    }

    @Test("Nothing found is status 3, with observables and without")
    func nothing() throws {
        let unknown = try folder.relayctl("investigate", "unknown.example")
        #expect(unknown.status == 3)
        #expect(unknown.output.contains("nothing found"))
        let empty = try folder.relayctl("investigate", "no observables, but file.exe")
        #expect(empty.status == 3)
        #expect(empty.output.isEmpty)
    }

    @Test("A relay that can't be reached is one line and status 1")
    func unreachable() throws {
        let folder = try ProjectFolder(environment: ["RELAY_JWT": "a.b.c"])
        let outcome = try folder.relayctl("investigate", "--url", "http://127.0.0.1:1/dev", "example.com")
        #expect(outcome.status == 1)
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.hasPrefix("relayctl investigate: the relay can't be reached: "))
    }

    @Test("A refused JWT is told, and is status 1")
    func refused() throws {
        let folder = try ProjectFolder(environment: ["RELAY_JWT": "a.b.c"])
        try folder.write("SECRET_KEY=0123456789012345678901234567890123456789\n", to: "relay.env")
        let outcome = try folder.relayctl("investigate", "--env-file", "relay.env", "example.com")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("error: Authorization failed: "))
    }

    @Test(
        "What makes no sense is one line and status 2",
        arguments: [
            (["--stage", "dev", "--url", "https://a.example/"], "--stage and --url can't go together"),
            (["--json", "--csv", "a"], "--json and --csv can't go together"),
            (["--url", "http://a.example/", "a.example"], "--url: a relay is asked over https only"),
            (["--url", "https://a.example/", "a.example"], "there is no JWT"),
            (["--port", "9000", "a.example"], "--port goes with --web"),
            (["--web", "--json"], "--web takes neither a text nor a format"),
            (["--stage", "dev", "--exec", "x", "a.example"], "--exec is for the relay on this machine"),
            (["--stage", "dev", "--env-file", "x", "a.example"], "--env-file is for the relay on this machine"),
        ]
    )
    func usage(arguments: [String], message: String) throws {
        let outcome = try folder.run(["investigate"] + arguments)
        #expect(outcome.status == 2)
        #expect(outcome.errorLines.count == 1)
        #expect(outcome.errors.contains(message))
    }

    @Test("The browser that is opened gets none of the environment's secrets")
    func browser() async throws {
        let seen = folder.url.appendingPathComponent("seen").path
        let program = folder.url.appendingPathComponent("xdg-open").path
        try writeExecutable("#!/bin/sh\nenv > '\(seen).new' && mv '\(seen).new' '\(seen)'\n", to: program)
        let path = "\(folder.url.path):\(hermeticEnvironment["PATH"] ?? "")"
        let secrets = ["SECRET_KEY", "RELAY_JWT", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]
        let environment = Dictionary(uniqueKeysWithValues: secrets.map { ($0, "of-this-test") })
            .merging(["DISPLAY": ":0", "PATH": path]) { $1 }
        let running = try folder.start(["investigate", "--web"], input: .nullDevice, environment: environment)
        while !folder.exists("seen"), running.process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        kill(running.process.processIdentifier, SIGINT)
        #expect(try await finish(running).status == 0)
        let variables = try InputFile(seen).text()
        #expect(variables.contains("DISPLAY=:0\n"))
        #expect(!variables.contains("of-this-test"))
    }

    @Test("A JWT is read from a file, and stands nowhere in what is printed")
    func tokenFile() throws {
        let requests = Monitor<[HTTPServer.Request]>([])
        let server = try HTTPServer { request in
            requests.with { $0.append(request) }
            return .json(200, ["data": [:]])
        }
        defer { server.stop() }
        try folder.write("head.payload.signature\n", to: "jwt.txt")
        let outcome = try folder.relayctl(
            "investigate",
            "--url",
            server.origin,
            "--jwt-file",
            "jwt.txt",
            "--json",
            "a.example"
        )
        #expect(outcome.status == 3)
        let tokens = requests.with { $0.map { $0["Authorization"] } }
        #expect(tokens == Array(repeating: "Bearer head.payload.signature", count: 3))
        #expect(!(outcome.output + outcome.errors).contains("payload"))
    }

    @Test("The relay here, one that is served, and one over TLS give the same tree")
    func sameTree() throws {
        let standIn = try StandInSecurityTrails()
        defer { standIn.stop() }
        let file = try ProjectFolder()
        try file.write("SECURITYTRAILS_API_URL=\(standIn.baseURL)\n", to: "relay.env")
        let expected = try file.relayctl("investigate", "--env-file", "relay.env", Self.text)
        #expect(expected.status == 0)
        #expect(expected.errors.contains("This cost 3 queries of SecurityTrails."))
        #expect(standIn.requests.count == 3)
        let path = file.url.appendingPathComponent("relay.env").path
        let serve = try Relayctl(["serve", "--port", "0", "--env-file", path])
        defer { serve.process.terminate() }
        let introduction = serve.read(until: "Ctrl-C")
        let port = try #require(introduction.firstMatch(of: /localhost:([0-9]+)\/dev/)).output.1
        let token = try #require(introduction.firstMatch(of: /Bearer (\S+)/)).output.1
        let served = try ProjectFolder(environment: ["RELAY_JWT": String(token)])
            .relayctl("investigate", "--url", "http://127.0.0.1:\(port)/dev", Self.text)
        #expect(served.output == expected.output)

        let certificates = try Certificates()
        defer { certificates.remove() }
        let front = try HTTPServer(tls: certificates.identity(.good)) { request in
            forwarded(request, to: Int(port) ?? 0)
        }
        defer { front.stop() }
        let variables = ["RELAY_JWT": String(token), "SSL_CERT_FILE": certificates.authority]
        let secure = try ProjectFolder(environment: variables).relayctl(
            "investigate",
            "--url",
            front.origin + "/dev",
            Self.text
        )
        #expect(secure.output == expected.output)
        let untrusted = try ProjectFolder(environment: ["RELAY_JWT": String(token)])
            .relayctl("investigate", "--url", front.origin + "/dev", Self.text)
        #expect(untrusted.status == 1)
    }
}

/// Hands a request on to a server on this machine, and its answer back.
private func forwarded(_ request: HTTPServer.Request, to port: Int) -> HTTPServer.Reply {
    let headers = ["Authorization", "Content-Type"].compactMap { name in request[name].map { "\(name): \($0)" } }
    let copy = HTTPRequest(.post(Array(request.body)), "http://127.0.0.1:\(port)\(request.target)", headers: headers)
    let answer = try? HTTPConnection(HTTPOptions(bodyLimit: 1 << 24)).exchange(copy, timeout: 30)
    return .response(200, [HTTPServer.Field("Content-Type", "application/json")], Data(answer?.body ?? []))
}
