import Foundation
import JWT
import Loopback
import TestSupport
import Testing

@testable import LocalLambda

/// The relay's executable with everything that it leaves behind: its log, whatever file it writes, and what it posts.
private final class Watched: Sendable {
    let folder: URL
    /// A program in the executable's place that notes its number, sets the log and becomes the executable.
    let executable: String
    private let posts = Monitor<[Data]>([])

    init(level: String, format: String) throws {
        folder = try temporaryFolder("secrets")
        let script = folder.appendingPathComponent("bootstrap")
        executable = script.path
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("temporary"),
            withIntermediateDirectories: true
        )
        let text = """
            #!/bin/sh
            cd "\(folder.path)/temporary"
            export TMPDIR="\(folder.path)/temporary" LOG_LEVEL=\(level) AWS_LAMBDA_LOG_FORMAT=\(format)
            echo $$ >> ../processes
            exec "\(try Executable.besideThis(orAt: nil))" >> ../log-$$ 2>&1

            """
        try writeExecutable(text, to: script.path)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func add(_ post: Data) {
        posts.with { $0.append(post) }
    }

    /// The numbers of all processes so far.
    var processes: [String] {
        let text = try? String(contentsOf: folder.appendingPathComponent("processes"), encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
    }

    /// All of the log.
    var log: Data {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix("log-") }.reduce(into: Data()) { log, name in
            log += (try? Data(contentsOf: folder.appendingPathComponent(name))) ?? Data()
        }
    }

    /// Checks what the process that runs now shows to others on the machine, and that it can leave no core file.
    func expectNothingShown(of marks: [String]) throws {
        let process = try #require(processes.last)
        let arguments = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline"))
        for mark in marks where arguments.contains(mark) { Issue.record("\(mark.prefix(4))… in the arguments") }
        let children = try String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
        #expect(children.isEmpty)
        let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
        let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        #expect(core?.split(separator: " ").suffix(3).prefix(2) == ["0", "0"])
    }

    /// Looks for the marks in everything that was left behind.
    func expectNone(of marks: [String]) throws {
        let written = try FileManager.default.subpathsOfDirectory(
            atPath: folder.appendingPathComponent("temporary").path
        )
        #expect(written.isEmpty)
        let (log, posts) = (log, posts.with { $0 })
        for mark in marks {
            if let place = log.position(of: mark) {
                Issue.record("\(mark.prefix(4))… in the log: \(log.line(around: place, without: mark))")
            }
            for post in posts where post.contains(mark) { Issue.record("\(mark.prefix(4))… in what was posted") }
        }
    }
}

extension Data {
    fileprivate func position(of mark: String) -> Int? {
        range(of: Data(mark.utf8)).map { $0.lowerBound - startIndex }
    }

    fileprivate func contains(_ mark: String) -> Bool {
        position(of: mark) != nil
    }

    /// Some of what stands around a mark, for whoever reads that the test failed.
    fileprivate func line(around place: Int, without mark: String) -> String {
        String(decoding: self[(startIndex + Swift.max(place - 150, 0))..<(startIndex + place)], as: UTF8.self)
    }
}

/// The level that tells most with one of the formats, and, in a thorough run, with both, and every other level too.
private let logs =
    [("TRACE", "Text"), ("TRACE", "JSON")].sample(oneIn: 2)
    + (Thorough.isAsked
        ? [("DEBUG", "JSON"), ("INFO", "Text"), ("WARN", "JSON"), ("ERROR", "Text"), ("FATAL", "JSON")] : [])

@Suite("No secret leaves the relay", .waits)
struct RelaySecretsTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Cases")

    /// Whatever is secret in an event: each token, its signature, and the API key in it.
    private static func secrets(in event: Data) -> [String] {
        guard let json = try? JSONValue(parsing: event) else { return [] }
        let members = ["headers", "multiValueHeaders"].flatMap { (json[$0]?.object ?? [:]).map { $0 } }
        let values = members.filter { $0.key.lowercased() == "authorization" }
            .flatMap { $0.value.array ?? [$0.value] }.compactMap(\.string)
        return values.flatMap { value in
            let token = value.split(separator: " ").last.map(String.init) ?? ""
            let segments = token.components(separatedBy: ".")
            guard segments.count == 3 else { return [token] }
            let base64 = segments[1].replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
            let payload = Data(base64Encoded: base64 + String(repeating: "=", count: (4 - base64.count % 4) % 4))
            let key = payload.flatMap { try? JSONValue(parsing: $0) }?["key"]?.string
            return [token, segments[2], key ?? ""]
        }
    }

    @Test("Whatever case of the contract is played, and whatever is logged", arguments: logs)
    func cases(level: String, format: String) throws {
        let events = RecordedEvent.grouped(try RecordedEvent.read([InputFile(Self.folder.path)]))
        let watched = try Watched(level: level, format: format)
        let standIns = StandIns()
        defer { standIns.stop() }
        var marks: Set<String> = []
        var current: (variables: [String: String], environment: ExecutionEnvironment)?
        defer { current?.environment.stop() }
        for event in events {
            let surroundings = try #require(event.surroundings)
            let variables = try standIns.variables(surroundings)
            if current?.variables != variables {
                current?.environment.stop()
                let function = LambdaFunction(variables: variables)
                current = (
                    variables, ExecutionEnvironment(executable: watched.executable, function: function, output: nil)
                )
            }
            try standIns.standIn(surroundings.base)?.load(event.scenario ?? Scenario())
            // Shorter ones are words of the answers.
            let secrets = Self.secrets(in: event.event) + [variables["SECRET_KEY"] ?? ""]
            marks.formUnion(secrets.filter { $0.count >= 8 })
            guard let report = current?.environment.invoke(event.event) else { continue }
            watched.add(report.outcome.bytes)
            if case .response = report.outcome { try watched.expectNothingShown(of: Array(marks)) }
        }
        #expect(marks.count > 50)
        #expect(marks.isSuperset(of: ["some_key", "test-api-key"]))
        try watched.expectNone(of: Array(marks))
        if level == "TRACE" { #expect(watched.log.contains("history")) }
    }

    @Test("Whatever fails around it, which it withstands")
    func faults() throws {
        let watched = try Watched(level: "TRACE", format: "JSON")
        let (key, secret) = ("kEy-mArKeD-0123456789", "sEcReT-mArKeD-0123456789")
        let token = CompactSerialization.sign(["key": key], secret: secret)
        let marks = [key, secret, token, token.components(separatedBy: ".")[2], EndlessFault.proxyPassword]
        let all = Fault.all(secretKey: secret, authorization: "Bearer " + token)
        #expect(all.count > 80)
        let faults = all.sample(oneIn: 12)
        let findings = Monitor<[Fault.Finding]>([])
        Fault.play(faults, executable: watched.executable, posted: watched.add) { finding in
            findings.with { $0.append(finding) }
        }
        for finding in findings.with({ $0 }) {
            #expect(finding.wrong == nil, "\(finding.name)")
            #expect(finding.seconds < 60, "\(finding.name)")
        }
        #expect(findings.with { $0.count } == faults.count)
        #expect(watched.log.contains("upstream requests"))
        #expect(watched.processes.count >= faults.count)
        try watched.expectNone(of: marks + [base64URL("user:" + EndlessFault.proxyPassword)])
    }

    /// What a proxy's server does, and what HTTPS_PROXY is: PASSWORD and PORT are put in.
    private static let proxies: [(String, HTTPServer.Reply)] = {
        let quoting = "HTTP/1.1 407 PASSWORD USER\r\nProxy-Authenticate: Basic realm=\"PASSWORD\"\r\n\r\nPASSWORD USER"
            .replacingOccurrences(of: "PASSWORD", with: password).replacingOccurrences(of: "USER", with: basic)
        return [
            ("http://user:PASSWORD@127.0.0.1:PORT", .raw(quoting)),
            ("http://user:PASSWORD@127.0.0.1:PORT", .raw("HTTP/1.1 502 \(password)\r\n\r\n")),
            ("http://user:PASSWORD@127.0.0.1:PORT", .raw("\(password)\r\n\r\n")),
            ("http://user:PASSWORD@127.0.0.1:PORT", .drop),
            ("http://user:PASSWORD@127.0.0.1:1", .drop),
            ("http://user:PASSWORD@127.0.0.1:99999", .drop),
            ("https://user:PASSWORD@127.0.0.1:PORT", .drop),
            ("socks5h://user:PASSWORD@127.0.0.1:PORT", .raw(password)),
            ("socks4a://user:PASSWORD@127.0.0.1:PORT", .drop),
            ("user:PASSWORD@127.0.0.1:1", .drop),
            ("http://user:PASSWORD%00x@127.0.0.1:1", .drop),
            ("http://user:PASSWORD@[::1", .drop),
            ("http://user:PASSWORD#x@127.0.0.1:1", .drop),
            ("ftp://user:PASSWORD@127.0.0.1:1", .drop),
        ]
    }()
    private static let password = "pAsSwOrD-mArKeD-0123456789"
    private static let basic = Data("user:\(password)".utf8).base64EncodedString()

    @Test(
        "Whatever the proxy does, and however its variable is written",
        arguments: Array(proxies.indices).sample(oneIn: 3)
    )
    func proxy(number: Int) throws {
        let (variable, reply) = Self.proxies[number]
        let server = try HTTPServer(hosts: ["127.0.0.1", "securitytrails.invalid"]) { _ in reply }
        defer { server.stop() }
        let watched = try Watched(level: "TRACE", format: "JSON")
        var function = LambdaFunction()
        function.variables = [
            "SECRET_KEY": "secret", "SECURITYTRAILS_API_URL": "https://securitytrails.invalid/v1/",
            "HTTPS_PROXY": variable.replacingOccurrences(of: "PASSWORD", with: Self.password)
                .replacingOccurrences(of: "PORT", with: "\(server.port)"),
        ]
        let environment = ExecutionEnvironment(executable: watched.executable, function: function, output: nil)
        defer { environment.stop() }
        let token = "Bearer " + CompactSerialization.sign(["key": "key"], secret: "secret")
        for path in ["/health", "/observe/observables"] {
            let body = #"[{"type":"domain","value":"example.com"}]"#
            watched.add(environment.invoke(.request(path, token, body: body)).outcome.bytes)
        }
        // Either the proxy was tried, or the relay did not start and says because of which variable.
        #expect(watched.log.contains("securitytrails.invalid/v1/ping") != watched.log.contains("HTTPS_PROXY"))
        try watched.expectNone(of: [Self.password, Self.basic, "user:"])
    }

    @Test("The address of SecurityTrails has no place for credentials")
    func address() throws {
        let watched = try Watched(level: "TRACE", format: "Text")
        var function = LambdaFunction()
        function.variables = [
            "SECRET_KEY": "secret",
            "SECURITYTRAILS_API_URL": "https://user:\(Self.password)@securitytrails.invalid/v1/",
        ]
        let environment = ExecutionEnvironment(executable: watched.executable, function: function, output: nil)
        defer { environment.stop() }
        let report = environment.invoke(.request("/version", "", body: nil))
        watched.add(report.outcome.bytes)
        #expect(String(decoding: report.outcome.bytes, as: UTF8.self).contains("SECURITYTRAILS_API_URL"))
        try watched.expectNone(of: [Self.password])
    }
}
