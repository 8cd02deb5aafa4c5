import Foundation
import Loopback
import TestSupport
import Testing

@testable import LocalLambda

@Suite("The contract's cases", .waits)
struct CasesTests {
    private let folder = Relayctl.package.appendingPathComponent("Tests/Cases")

    /// A case that asks for the version, with these members changed.
    private func file(_ members: [String: JSONValue]) throws -> URL {
        let text = try Data(contentsOf: folder.appendingPathComponent("version-with-b64-body.json"))
        var json = try JSONValue(parsing: text)
        for (name, value) in members { json[name] = value }
        let file = try temporaryFolder("case").appendingPathComponent("one.json")
        try json.text().write(to: file)
        return file
    }

    /// The one line that says why a case can't be read.
    private func refusal(_ members: [String: JSONValue]) throws -> String {
        let file = try file(members)
        defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
        do throws(FileError) {
            _ = try RecordedEvent.read([InputFile(file.path)])
            return "read without an error"
        } catch {
            return error.description
        }
    }

    @Test("The executable keeps all of them")
    func kept() throws {
        let (status, output) = try Relayctl(["replay", "Tests/Cases"]).finish()
        let failures = output.split(separator: "\n").filter { !$0.hasPrefix("= ") }
        #expect(status == 0, "\(failures.joined(separator: "\n"))")
        #expect(output.hasSuffix("All as expected.\n"))
        let cases = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        #expect(cases.count > 300)
        #expect(output.split(separator: "\n").count { $0.hasPrefix("= ") } == cases.count)
    }

    @Test(
        "A member that is not known is refused with the file and the member",
        arguments: [
            (["expects": [:]], "expects"),
            (["expect": ["stats": 200]], "expect.stats"),
            (["expect_upstream": ["requests~": "x"]], "expect_upstream.requests~"),
            (["upstream": ["pong": [:]]], "upstream.pong"),
            (["upstream": ["ping": ["state": 200]]], "upstream.ping.state"),
            (["upstream": ["default": ["body": "x"]]], "upstream.default.body"),
            (["upstream": ["paths": ["/x": [["jason": 1]]]]], "upstream.paths./x.jason"),
            (["upstream": ["observables": ["a.example": ["cname": []]]]], "upstream.observables.a.example.cname"),
            (
                ["upstream": ["observables": ["a.example": ["a": [[:], ["jason": 1]]]]]],
                "upstream.observables.a.example.a.1.jason"
            ),
        ] as [([String: JSONValue], String)]
    )
    func unknownMember(members: [String: JSONValue], path: String) throws {
        let refusal = try refusal(members)
        #expect(refusal.hasSuffix("one.json: unknown member '\(path)'"), "\(refusal)")
    }

    @Test(
        "A value that can't be read is refused with the file and the member",
        arguments: [
            (["expect": ["status": "200"]], "expect.status"),
            (["expect": ["descriptions~": "("]], "expect.descriptions~: no regular expression"),
            (["expect": ["error": ["message~": "("]]], "expect.error.message~: no regular expression"),
            (["expect": ["error": ["message~": 1]]], "expect.error.message~"),
            (["expect_upstream": ["targets~": "["]], "expect_upstream.targets~: no regular expression"),
            (["upstream_base": "https"], "'https' is none of http, https-plain, refused, https-expired"),
        ] as [([String: JSONValue], String)]
    )
    func unreadable(members: [String: JSONValue], message: String) throws {
        let refusal = try refusal(members)
        #expect(refusal.contains("one.json: "), "\(refusal)")
        #expect(refusal.contains(message), "\(refusal)")
    }

    @Test("Cases of one environment follow each other, in the order of the first of each")
    func groups() throws {
        let events = try ["a", "b", "a", nil, "b", nil].enumerated().map { number, key in
            try event(name: "\(number)", key: key)
        }
        #expect(RecordedEvent.grouped(events).map(\.name) == ["0", "2", "1", "4", "3", "5"])
    }

    private func event(name: String, key: String?) throws -> RecordedEvent {
        RecordedEvent(
            name: name,
            event: Data(),
            surroundings: key.map { RecordedEvent.Surroundings(variables: ["SECRET_KEY": $0], base: "http") },
            scenario: nil,
            expectation: .nothing,
            answerFile: nil
        )
    }

    @Test("A case's variables get the addresses of the stand-ins, and neither memory nor a limit of relations")
    func variables() throws {
        let standIns = StandIns()
        defer { standIns.stop() }
        let given = ["JWKS_HOST": "{origin}", "SSL_CERT_FILE": "{certs}/ca.pem", "REQUESTS_CA_BUNDLE": "x"]
        let http = try standIns.variables(RecordedEvent.Surroundings(variables: given, base: "http"))
        let origin = try #require(http["JWKS_HOST"])
        #expect(http["SECURITYTRAILS_API_URL"] == origin + "/v1/")
        #expect(FileManager.default.fileExists(atPath: http["SSL_CERT_FILE"] ?? ""))
        #expect(http["REQUESTS_CA_BUNDLE"] == nil)
        #expect(http["CACHE_SECONDS"] == "0")
        #expect(http["RELATIONS_LIMIT"] == "0")

        let own = ["CACHE_SECONDS": "60", "RELATIONS_LIMIT": "2", "JWKS_HOST": "{origin}"]
        let plain = try standIns.variables(RecordedEvent.Surroundings(variables: own, base: "https-plain"))
        #expect(plain["SECURITYTRAILS_API_URL"] == "https" + origin.dropFirst("http".count) + "/v1/")
        #expect(plain["CACHE_SECONDS"] == "60")
        #expect(plain["RELATIONS_LIMIT"] == "2")
        let refused = try standIns.variables(RecordedEvent.Surroundings(variables: own, base: "refused"))
        #expect(refused["SECURITYTRAILS_API_URL"] == "http://127.0.0.1:1/v1/")
        #expect(refused["JWKS_HOST"] == origin)
    }

    @Test("--only and --skip choose by name, and what they leave must be something")
    func choice() throws {
        let arguments = ["replay", "--only", "^tiles|^version-p", "--skip", "put$", "Tests/Cases"]
        let output = try Relayctl(arguments).finish().output
        let names = output.split(separator: "\n").filter { $0.hasPrefix("= ") }.map { $0.split(separator: " ")[1] }
        #expect(names == ["version-percent-encoded-path", "version-post-double-trailing-slash"])
        let nothing = try Relayctl(["replay", "--only", "no such case", "Tests/Cases"]).finish()
        #expect(nothing.status == 2)
        #expect(nothing.output.contains("leave no event"))
        let invalid = try Relayctl(["replay", "--skip", "(", "Tests/Cases"]).finish()
        #expect(invalid.status == 2)
        #expect(invalid.output.contains("--skip takes a regular expression"))
    }
}
