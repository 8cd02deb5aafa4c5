import Foundation
import Loopback
import TestSupport
import Testing

@Suite("Behind a proxy, this machine", .waits)
struct ProxyTests {
    /// What a shell behind a proxy has, and a file of variables from it.
    private static func variables(_ proxy: HTTPServer) -> [String: String] {
        let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        return Dictionary(uniqueKeysWithValues: names.map { ($0, proxy.origin) }).merging(["NO_PROXY": ""]) { $1 }
    }

    @Test(
        "Is never asked through it",
        arguments: [
            ["replay", "--tls", "--env-file", "relay.env"], ["replay", "--env-file", "relay.env"],
            ["investigate", "example.com", "--env-file", "relay.env"], ["investigate", "example.com"],
        ]
    )
    func loopback(command: [String]) async throws {
        let proxy = try HTTPServer { _ in .json(502, ["message": "This is the proxy."]) }
        defer { proxy.stop() }
        let folder = try ProjectFolder(environment: Self.variables(proxy))
        try folder.write(Self.variables(proxy).map { "\($0)=\($1)\n" }.joined(), to: "relay.env")
        let events =
            command[0] == "replay" ? [project.appendingPathComponent("Tests/Events/rest-observe-domain.json").path] : []
        let outcome = try await finish(folder.start(command + events, input: .nullDevice))
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(proxy.connectionCount == 0)
    }

    @Test("Is served as ever, and investigated, while another host is asked through it")
    func served() async throws {
        let proxy = try HTTPServer { _ in .json(502, ["message": "This is the proxy."]) }
        defer { proxy.stop() }
        let serve = try Relayctl(["serve", "--port", "0"], environment: Self.variables(proxy))
        defer { serve.process.terminate() }
        let introduction = serve.read(until: "Ctrl-C")
        let port = try #require(introduction.firstMatch(of: /localhost:([0-9]+)\/dev/)).output.1
        let token = try #require(introduction.firstMatch(of: /Bearer (\S+)/)).output.1
        let environment = Self.variables(proxy).merging(["RELAY_JWT": String(token)]) { $1 }
        let folder = try ProjectFolder(environment: environment)
        for host in ["127.0.0.1", "localhost"] {
            let outcome = try await finish(
                folder.start(
                    ["investigate", "--url", "http://\(host):\(port)/dev", "example.com"],
                    input: .nullDevice
                )
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        #expect(proxy.connectionCount == 0)
        let elsewhere = try await finish(
            folder.start(["investigate", "--url", "https://relay.invalid/dev", "example.com"], input: .nullDevice)
        )
        #expect(elsewhere.status == 1)
        #expect(proxy.connectionCount > 0)
    }

    @Test(
        "A proxy that libcurl cannot read is refused in one line without its password, before anything is asked",
        arguments: [
            ["check", "--url", "https://relay.invalid/dev"],
            ["investigate", "--url", "https://relay.invalid/dev", "example.com"], ["status", "dev"],
        ],
        ["ftp://user:PASSWORD@127.0.0.1:1", "http://user:PASSWORD%00@127.0.0.1:1", "http://user:PASSWORD#@127.0.0.1:1"]
    )
    func unreadable(command: [String], proxy: String) throws {
        let password = "pAsSwOrD-0123456789"
        let outcome = try ProjectFolder(
            environment: [
                "HTTPS_PROXY": proxy.replacing("PASSWORD", with: password), "RELAY_JWT": "a.b.c",
                "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret",
            ]
        ).run(command)
        let advice = "percent-encode what is special in its password"
        #expect(outcome.status == 2)
        #expect(outcome.errors == "relayctl \(command[0]): HTTPS_PROXY is no URL of a proxy; \(advice)\n")
    }
}
