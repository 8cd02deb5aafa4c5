import Foundation
import JWT
import LocalLambda
import Loopback
import TestSupport
import Testing

/// Runs `relayctl replay` itself, as an operator does.
@Suite(.waits) struct ReplayTests {
    private let package = Relayctl.package

    private func relayctl(
        _ arguments: [String],
        input: String = "",
        environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String) {
        try Relayctl(arguments, environment: environment).finish(input: input)
    }

    /// A folder with one event, and the answer that is recorded for it.
    private func folder(answer: String?) throws -> URL {
        let folder = try temporaryFolder("events")
        let event = package.appendingPathComponent("Tests/Events/rest-version.json")
        try FileManager.default.copyItem(at: event, to: folder.appendingPathComponent("one.json"))
        if let answer { try Data(answer.utf8).write(to: folder.appendingPathComponent("one.answer.json")) }
        return folder
    }

    @Test("The recorded events of all gateways are answered as recorded, by the real executable")
    func recordedEvents() throws {
        let (status, output) = try relayctl(["replay"])
        #expect(status == 0, "\(output)")
        #expect(output.hasSuffix("All as expected.\n"))
        #expect(output.split(separator: "\n").first?.contains("A stand-in") == true)
        #expect(output.split(separator: "\n").count { $0.hasPrefix("= ") } > 50)
    }

    @Test("--tls has SecurityTrails asked over TLS, and the answer is the same")
    func tls() throws {
        let event = package.appendingPathComponent("Tests/Events/rest-observe-domain.json").path
        let variables = try file("LOG_LEVEL=DEBUG\n")
        defer { try? FileManager.default.removeItem(at: variables.deletingLastPathComponent()) }
        let (status, output) = try relayctl(["replay", "--tls", "-v", "--env-file", variables.path, event])
        #expect(status == 0 && output.contains("= rest-observe-domain"), "\(output)")
        #expect(output.contains("https://127.0.0.1:") && !output.contains("http://127.0.0.1:"))
    }

    @Test(
        "A soak of the real executable loses no answer, one at a time and several at once",
        arguments: [1, 4].sample(oneIn: 2)
    )
    func soak(concurrency: Int) throws {
        let (status, output) = try relayctl(["replay", "--soak", "1000", "--concurrency", "\(concurrency)"])
        #expect(status == 0, "\(output)")
        #expect(output.contains("\n= answers: 1000, none lost, none another's\n"), "\(output)")
    }

    @Test("A runtime that answers everything alike does not pass a soak")
    func soakOfAnImpostor() throws {
        let answer = #"{"statusCode":200,"headers":{},"isBase64Encoded":false,"body":"{\"data\":{}}"}"#
        let runtime = try ShellRuntime(handle: "respond '\(answer)'")
        let (status, output) = try relayctl(["replay", "--soak", "1000", "--exec", runtime.path])
        #expect(status == 1, "\(output)")
        #expect(output.contains("a lost answer: good-"), "\(output)")
        #expect(output.contains("\n! answers: "), "\(output)")
    }

    /// A file in a folder of its own.
    private func file(_ text: String) throws -> URL {
        let file = try temporaryFolder("variables").appendingPathComponent("variables")
        try Data(text.utf8).write(to: file)
        return file
    }

    @Test("Nothing of the caller's environment reaches the relay, and no upstream is asked without --live")
    func hermetic() throws {
        let standIn = try StandInSecurityTrails(.demonstration)
        defer { standIn.stop() }
        let event = package.appendingPathComponent("Tests/Events/rest-observe-domain.json").path
        let hostile = [
            "SECURITYTRAILS_API_URL": standIn.baseURL, "SECRET_KEY": "a-secret", "RELAY_JWT": "a.b.c",
            "NUMBER_OF_PAGES": "x", "LOG_LEVEL": "DEBUG", "HTTPS_PROXY": "http://127.0.0.1:1",
            "http_proxy": "http://127.0.0.1:1", "SSL_CERT_FILE": "/nonexistent", "LC_ALL": "tr_TR.UTF-8",
        ]
        let (status, output) = try relayctl(["replay", event], environment: hostile)
        #expect(status == 0 && output.contains("= rest-observe-domain"), "\(output)")
        #expect(standIn.requests.isEmpty)
        let variables = try file("SECURITYTRAILS_API_URL=\(standIn.baseURL)\n")
        defer { try? FileManager.default.removeItem(at: variables.deletingLastPathComponent()) }
        let refusal = try relayctl(["replay", "--env-file", variables.path, event])
        #expect(refusal.status == 2)
        #expect(refusal.output.contains("names an upstream that is asked with --live only"))
        #expect(standIn.requests.isEmpty)
    }

    @Test("--live says how many queries it takes, and asks SecurityTrails with the operator's JWT once there is a yes")
    func live() throws {
        let standIn = try StandInSecurityTrails(.demonstration)
        defer { standIn.stop() }
        let event = package.appendingPathComponent("Tests/Events/rest-observe-domain.json").path
        let variables = try file("SECURITYTRAILS_API_URL=\(standIn.baseURL)\n")
        defer { try? FileManager.default.removeItem(at: variables.deletingLastPathComponent()) }
        let words = ["replay", "--live", "--env-file", variables.path, event]
        let refused = try relayctl(words, input: "n\n")
        #expect(refused.status == 1 && refused.output.hasSuffix("relayctl replay: nothing was asked\n"))
        #expect(standIn.requests.isEmpty)
        let secret = "a-secret-key-of-this-test-that-is-long-enough"
        let token = CompactSerialization.sign(["key": "live-key"], secret: secret)
        let (status, output) = try relayctl(words, input: "y\n\(token)\n\(secret)\n")
        #expect(status == 0 && output.contains("Not compared: 1."), "\(output)")
        let count = standIn.requests.count
        #expect(count > 0 && standIn.requests.allSatisfy { $0["apikey"] == "live-key" })
        #expect(output.contains("This asks SecurityTrails \(count) times or more"), "\(output)")
        #expect(!output.contains(secret) && !output.contains(token))
    }

    @Test("An answer that differs from the recorded one is shown as a difference, and fails the command")
    func difference() throws {
        let folder = try folder(
            answer: #"{"statusCode":200,"headers":{},"isBase64Encoded":false,"body":{"version":"x"}}"#
        )
        defer { try? FileManager.default.removeItem(at: folder) }
        let (status, output) = try relayctl(["replay", folder.path])
        #expect(status == 1)
        #expect(output.contains(#"-     "version" : "x""#) && output.contains(#"+     "version" : "<version>""#))
        #expect(output.hasSuffix("1 of 1 not as expected.\n"))
    }

    @Test("--record writes the answer, which then matches")
    func record() throws {
        let folder = try folder(answer: nil)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try relayctl(["replay", "--record", folder.path]).status == 0)
        let answer = try JSONValue(parsing: Data(contentsOf: folder.appendingPathComponent("one.answer.json")))
        #expect(answer["body"] == ["version": "<version>"])
        let (status, output) = try relayctl(["replay", folder.path])
        #expect(status == 0 && output.contains("= one"))
    }

    @Test("An event from standard input, and JSON for a machine")
    func standardInput() throws {
        let (status, output) = try relayctl(["replay", "--json", "-"], input: #"{"source":"aws.events"}"#)
        #expect(status == 0)
        let line = try #require(output.split(separator: "\n").last)
        let json = try JSONValue(parsing: Data(line.utf8))
        #expect(json["status"] == .null && json["matches"] == .null)
        #expect(json["path"] == "(aws.events)")
    }

    @Test("An event comes from a pipe that a path names")
    func pipe() throws {
        let event = #"{"no":"request"}"#
        let (status, output) = try relayctl(["replay", "--json", "/dev/stdin"], input: event)
        #expect(status == 1)
        #expect(output.contains(#""summary":"reported Runtime.UnmarshalError"#), "\(output)")
        let recording = try relayctl(["replay", "--record", "/dev/stdin"], input: event)
        #expect(recording.status == 1 && recording.output.contains("has no place to record to"))
    }

    @Test(
        "An event without a recorded answer is not compared, and fails if it ends in an error",
        arguments: [
            ("rest-version", 0, "Not compared: 1."),
            ("rest-observe-half-failed", 1, "fatal: unknown"),
            ("rest-observe-no-token", 1, "fatal: authorization error"),
            ("no-request", 1, "reported Runtime.UnmarshalError"),
        ]
    )
    func notCompared(name: String, status: Int32, line: String) throws {
        let events = try temporaryFolder("events")
        defer { try? FileManager.default.removeItem(at: events) }
        let event = package.appendingPathComponent("Tests/Events/\(name).json").path
        let copy = events.appendingPathComponent("one.json").path
        try FileManager.default.copyItem(atPath: event, toPath: copy)
        let result = try relayctl(["replay", copy])
        #expect(result.status == status)
        #expect(result.output.contains(line), "\(result.output)")
        #expect(!result.output.contains("All as expected."))
    }

    @Test("The last line says how many were compared")
    func tally() throws {
        let folder = try folder(answer: nil)
        defer { try? FileManager.default.removeItem(at: folder) }
        let compared = package.appendingPathComponent("Tests/Events/rest-version.json").path
        let output = try relayctl(["replay", folder.path, compared]).output
        #expect(output.hasSuffix("1 as expected, not compared: 1.\n"), "\(output)")
        #expect(output.contains("Marks: = as expected, ! not as expected"))
        #expect(output.split(separator: "\n").contains { $0.hasPrefix("  one ") })
    }

    @Test("An error that is recorded says that it is there on purpose")
    func onPurpose() throws {
        let names = ["half-failed", "domain"].map {
            package.appendingPathComponent("Tests/Events/rest-observe-\($0).json").path
        }
        let lines = try relayctl(["replay"] + names).output.split(separator: "\n")
        #expect(lines.contains { $0.contains("half-failed") && $0.hasSuffix("fatal: unknown (on purpose)") })
        #expect(lines.contains { $0.contains("rest-observe-domain") && !$0.contains("on purpose") })
    }

    @Test("The demonstration knows something for every lookup")
    func everyLookup() throws {
        let events = try temporaryFolder("events")
        defer { try? FileManager.default.removeItem(at: events) }
        let recorded = package.appendingPathComponent("Tests/Events/rest-observe-domain.json")
        var event = try JSONValue(parsing: Data(contentsOf: recorded))
        event["body"] = .string(
            #"[{"type":"domain","value":"example.com"},{"type":"email","value":"hostmaster@example.com"}]"#
        )
        let file = events.appendingPathComponent("one.json")
        try event.text().write(to: file)
        let variables = try self.file("LOOKUPS=subdomains,ns,mx,whois,email\n")
        defer { try? FileManager.default.removeItem(at: variables.deletingLastPathComponent()) }
        let (status, output) = try relayctl(["replay", "--verbose", "--env-file", variables.path, file.path])
        #expect(status == 0, "\(output)")
        for heading in ["Subdomains", "Name servers", "Mail servers", "Registration"] {
            #expect(output.contains("\n\(heading) of example.com\n"))
        }
        #expect(output.contains("\nDomains registered with hostmaster@example.com\n"))
    }

    @Test("--verbose shows a sighting's table in columns")
    func table() throws {
        let event = package.appendingPathComponent("Tests/Events/rest-observe-domain.json").path
        let output = try relayctl(["replay", "--verbose", event]).output
        #expect(output.contains("\nIPv4 addresses that example.com resolves to\n  Address "), "\(output)")
        #expect(output.contains("\n  192.0.2.10 "))
        #expect(output.contains(#""data" : "3 rows, below""#))
    }

    @Test("--repeat and --concurrency show a table of times, and whether all answers were alike")
    func loadTest() throws {
        let event = package.appendingPathComponent("Tests/Events/rest-version.json").path
        let (status, output) = try relayctl(["replay", "--json", "--repeat", "200", "--concurrency", "4", event])
        #expect(status == 0, "\(output)")
        let line = try #require(output.split(separator: "\n").last)
        let json = try JSONValue(parsing: Data(line.utf8))
        #expect(json["invocations"] == 200 && json["deviations"] == 0)
    }

    @Test("A case that is not met is a line for each thing that is not as it must be")
    func cases() throws {
        let folder = try temporaryFolder("cases")
        defer { try? FileManager.default.removeItem(at: folder) }
        let event = try JSONValue(
            parsing: Data(contentsOf: package.appendingPathComponent("Tests/Events/rest-deliberate.json"))
        )
        let wrong: JSONValue = [
            "env": [:], "upstream_base": "http", "upstream": [:], "event": event,
            "expect": ["status": 404, "error": ["code": "unknown"], "sightings": [1, 2]],
            "expect_upstream": ["count": 1],
        ]
        try wrong.text().write(to: folder.appendingPathComponent("wrong.json"))
        let (status, output) = try relayctl(["replay", folder.path])
        #expect(status == 1)
        for part in ["status 200, not 404", "no error like", "0 sightings", "0 requests to SecurityTrails, not 1"] {
            #expect(output.contains(part))
        }
    }

    @Test("A sighting that is not valid CTIM is never as expected")
    func invalidSighting() throws {
        let body = #"{\"data\":{\"sightings\":{\"count\":1,\"docs\":[{\"type\":\"sighting\"}]}}}"#
        let runtime = try ShellRuntime(handle: #"respond '{"statusCode":200,"body":"\#(body)"}'"#)
        let event = package.appendingPathComponent("Tests/Events/rest-observe-domain.json").path
        let events = try temporaryFolder("events")
        defer { try? FileManager.default.removeItem(at: events) }
        let copy = events.appendingPathComponent("one.json").path
        try FileManager.default.copyItem(atPath: event, toPath: copy)
        let (status, output) = try relayctl(["replay", "--exec", runtime.path, copy])
        #expect(status == 1)
        #expect(output.contains("sightings.0: no observed_time"), "\(output)")
    }

    @Test(
        "What can't be replayed is one line, with the status for it",
        arguments: [
            (["/nonexistent.json"], 2, "/nonexistent.json: no such file"),
            (["Package.swift"], 2, "Package.swift:1:1: unexpected character"),
            (["Sources"], 2, "Sources: no event"),
            (["/dev/zero"], 2, "/dev/zero: is larger than 8 MB"),
            (["--exec", "/nonexistent"], 2, "relayctl replay: /nonexistent: no such file\n"),
            (["--exec", "Package.swift"], 2, "relayctl replay: Package.swift: is not executable\n"),
            (["--exec", "Sources"], 2, "relayctl replay: Sources: is not executable\n"),
            (["--faults", "--record"], 2, "--faults goes without --record"),
            (["--live", "--tls"], 2, "--live goes without --tls"),
            (["--soak", "1000", "--freeze"], 2, "--soak goes without --freeze"),
            (["--soak", "999"], 2, "whole number from 1000"),
            (["--soak", "1000", "Tests/Events"], 2, "--soak takes no events"),
            (["--yes"], 2, "--yes belongs to --live"),
            (["--repeat", "0"], 2, "whole number from 1"),
            (["--freeze", "--concurrency", "2"], 2, "exclude each other"),
        ]
    )
    func refusals(arguments: [String], status: Int32, message: String) throws {
        let result = try relayctl(["replay"] + arguments)
        #expect(result.status == status)
        #expect(result.output.contains(message) && !result.output.contains("Error Domain"), "\(result.output)")
    }

    @Test("Nothing of a run shows the secret key or the token")
    func secrets() throws {
        let secret = "a-secret-key-of-this-test"
        let variables = try file("SECRET_KEY=\(secret)\nRELAY_JWT=a.token.of-this-test\nLOG_LEVEL=DEBUG\n")
        defer { try? FileManager.default.removeItem(at: variables.deletingLastPathComponent()) }
        let event = package.appendingPathComponent("Tests/Events/rest-health.json").path
        let output = try relayctl(["replay", "--verbose", "--env-file", variables.path, event]).output
        #expect(output.contains("Wrong JWT structure"))
        #expect(!output.contains(secret) && !output.contains("of-this-test"))
    }
}
