import Foundation
import LocalLambda
import Loopback
import TestSupport
import Testing

/// Runs `relayctl serve` itself, with the real executable.
@Suite(.waits) struct ServeTests {
    /// A running one, its port and the token that it shows.
    private struct Served {
        let relayctl: Relayctl
        let port: Int
        let authorization: String

        init(_ arguments: [String]) throws {
            relayctl = try Relayctl(["serve", "--port", "0"] + arguments)
            let text = relayctl.read(until: "Ctrl-C ends it.\n")
            #expect(text.contains(" would, by \(try Executable.besideThis(orAt: nil)).\n"))
            port = try #require(text.firstMatch(of: /localhost:(\d+)/).flatMap { Int($0.1) }, "\(text)")
            authorization = try #require(text.firstMatch(of: /Authorization: (Bearer \S+)/).map { String($0.1) })
        }

        func post(_ path: String, body: String = "") -> String {
            RawClient.exchange(port, "POST \(path) HTTP/1.1\r\nAuthorization: \(authorization)", body: body)
        }

        /// Ends it as Ctrl-C does; returns the status and the rest of what it said.
        func end() throws -> (status: Int32, output: String) {
            kill(relayctl.process.processIdentifier, SIGINT)
            return try relayctl.finish()
        }
    }

    @Test(
        "Each gateway gives the same answers, and each invocation ends with a report",
        arguments: GatewayKind.allCases
    )
    func gateways(kind: GatewayKind) throws {
        let served = try Served(["--gateway", kind.rawValue, "--memory", "256"])
        let prefix = LocalGateway(kind).prefix
        let version = served.post(prefix + "/version")
        #expect(version.hasPrefix("HTTP/1.1 200 OK\r\n") && version.contains(#"{"version":""#))
        let observed = served.post(prefix + "/observe/observables/", body: #"[{"type":"ip","value":"192.0.2.10"}]"#)
        #expect(observed.contains("Domains that have resolved to 192.0.2.10"))
        #expect(served.post(prefix + "/nowhere").hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        let (status, output) = try served.end()
        #expect(status == 0)
        let reports = output.split(separator: "\n").filter { $0.hasPrefix("REPORT RequestId: ") }
        #expect(reports.count == 3)
        #expect(
            reports[0].contains("\tMemory Size: 256 MB\tMax Memory Used: ") && reports[0].contains("\tInit Duration: ")
        )
        #expect(!reports[1].contains("Init Duration"))
        #expect(output.contains("POST \(prefix)/nowhere 404\n") && output.hasSuffix("Stopped.\n"))
    }

    @Test("Ctrl-C leaves no process behind, not even a frozen one")
    func noProcessLeft() throws {
        let served = try Served(["--freeze", "--processes", "2"])
        #expect(served.post("/dev/version").hasPrefix("HTTP/1.1 200 "))
        let children = try children(of: served.relayctl.process.processIdentifier)
        #expect(!children.isEmpty)
        #expect(try served.end().status == 0)
        #expect(endSoon(children))
    }

    @Test("A relayctl that is killed leaves no process behind either")
    func killed() throws {
        let served = try Served(["--freeze"])
        #expect(served.post("/dev/version").hasPrefix("HTTP/1.1 200 "))
        let children = try children(of: served.relayctl.process.processIdentifier)
        kill(served.relayctl.process.processIdentifier, SIGKILL)
        _ = try served.relayctl.finish()
        #expect(!children.isEmpty && endSoon(children))
    }

    /// The kernel ends what is stopped if its parent's end leaves it to a process of another session. In a container, or
    /// below a shell that looks after orphans, that is one of the same session.
    @Test(
        "A relayctl that is killed in a container leaves no frozen process behind",
        .enabled(if: hasProcessNamespaces, "this machine lets nobody make a namespace of processes (unshare --pid)")
    )
    func killedInContainer() throws {
        let (unshare, input, output) = (Process(), Pipe(), Pipe())
        unshare.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let bootstrap = URL(fileURLWithPath: try Executable.besideThis(orAt: nil))
        let relayctl = bootstrap.deletingLastPathComponent().appendingPathComponent("relayctl")
        // The first process of the namespace, which gets the orphans, ends with its input.
        let script = #""$0" serve --port 0 --freeze --exec "$1" & read -r line"#
        unshare.arguments =
            ["unshare", "--map-root-user", "--pid", "--fork", "--kill-child", "sh", "-c", script]
            + [relayctl.path, bootstrap.path]
        unshare.environment = hermeticEnvironment
        (unshare.standardInput, unshare.standardOutput, unshare.standardError) = (input, output, output)
        try unshare.run()
        defer {
            try? input.fileHandleForWriting.close()
            unshare.waitUntilExit()
        }
        var text = ""
        while !text.contains("Ctrl-C ends it.\n"), unshare.isRunning {
            text += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        }
        let port = try #require(text.firstMatch(of: /localhost:(\d+)/).flatMap { Int($0.1) }, "\(text)")
        #expect(RawClient.exchange(port, "POST /dev/version HTTP/1.1", body: "").hasPrefix("HTTP/1.1 200 "))
        let shell = try #require(try children(of: unshare.processIdentifier).first)
        let served = try #require(try children(of: shell).first)
        // "t" is what it is below a debugger.
        let frozen = { [self] in try children(of: served).filter { status($0)?.state.uppercased() == "T" } }
        let soon = Date(timeIntervalSinceNow: 20)
        while try frozen().isEmpty, Date() < soon { usleep(5_000) }
        let left = try frozen()
        #expect(left.count == 1)
        kill(served, SIGKILL)
        #expect(endSoon(left))
    }

    @Test("It ends with its test, even if that fails before its end")
    func abandoned() throws {
        func fail() throws -> [Int32] {
            let served = try Served(["--freeze"])
            #expect(served.post("/dev/version").hasPrefix("HTTP/1.1 200 "))
            let id = served.relayctl.process.processIdentifier
            return [id] + (try children(of: id))
        }
        let left = try fail()
        #expect(left.count > 1 && endSoon(left))
    }

    @Test("A reader that has gone ends it as Ctrl-C does, and the relay has nothing to say about that")
    func readerGone() throws {
        let bootstrap = try Executable.besideThis(orAt: nil)
        let relayctl = URL(fileURLWithPath: bootstrap).deletingLastPathComponent().appendingPathComponent("relayctl")
        let (bash, messages) = (Process(), Pipe())
        bash.executableURL = URL(fileURLWithPath: "/bin/bash")
        let script = #"{ sleep 0.2; "$0" serve --port 0 --exec "$1"; echo "status $?" >&2; } | true"#
        bash.arguments = ["-c", script, relayctl.path, bootstrap]
        bash.environment = hermeticEnvironment
        bash.standardError = messages
        try bash.run()
        let text = messages.fileHandleForReading.readDataToEndOfFile()
        bash.waitUntilExit()
        #expect(String(decoding: text, as: UTF8.self) == "status 0\n")
    }

    @Test(
        "What makes no sense is one line and status 2",
        arguments: [
            (["--gateway", "soap"], "--gateway takes one of rest, http, url, alb, not 'soap'"),
            (["--stage", "a/b"], "--stage takes letters"),
            (["--port", "70000"], "--port takes a whole number from 0 to 65535"),
            (["--concurrency", "2", "--freeze"], "--concurrency goes with neither"),
            (["--gateway", "url", "--multi-value-headers"], "--multi-value-headers goes with --gateway alb only"),
            (["--gateway", "url", "--stage", "dev"], "--stage goes with --gateway rest or http only"),
            (["--gateway", "alb", "--stage=prod"], "--stage goes with --gateway rest or http only"),
            (["here"], "takes options only, not 'here'"),
        ]
    )
    func usage(arguments: [String], message: String) throws {
        // With nothing to run it would end in any case.
        let (status, output) = try Relayctl(["serve", "--exec", "/nonexistent"] + arguments).finish()
        #expect(status == 2)
        #expect(output.contains(message) && output.split(separator: "\n").count == 1, "\(output)")
    }

    @Test("A port that is taken, an executable that can't start and a file that can't be read are one line")
    func failures() throws {
        let server = try HTTPServer { _ in .drop }
        defer { server.stop() }
        let bootstrap = try Executable.besideThis(orAt: nil)
        let taken = try Relayctl(["serve", "--exec", bootstrap, "--port", String(server.port)]).finish()
        #expect(taken.status == 1 && taken.output.contains("can't listen on 127.0.0.1:\(server.port): Address already"))
        let variables = try temporaryFolder("serve").appendingPathComponent("variables")
        defer { try? FileManager.default.removeItem(at: variables.deletingLastPathComponent()) }
        try Data("SECURITYTRAILS_API_URL=http://api.example.com/".utf8).write(to: variables)
        let badURL = try Relayctl(["serve", "--exec", bootstrap, "--port", "0", "--env-file", variables.path]).finish()
        #expect(badURL.status == 1 && badURL.output.contains("relayctl serve: init failed: "))
        try Data("SECRET_KEY='a-secret-of-this-test\n".utf8).write(to: variables)
        // As the port is taken, it would end in any case.
        let serve = ["serve", "--exec", bootstrap, "--port", String(server.port), "--env-file"]
        let openQuote = try Relayctl(serve + [variables.path]).finish()
        #expect(openQuote.status == 2)
        #expect(openQuote.output == "relayctl serve: \(variables.path):1: a quote that begins does not end\n")
        let noFile = try Relayctl(serve + ["/nonexistent"]).finish()
        #expect(noFile.status == 2 && noFile.output.contains("/nonexistent: no such file"))
    }

    private func children(of parent: Int32) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { id in
            status(id)?.parent == parent
        }
    }

    /// Whether all of them end within 20 seconds.
    private func endSoon(_ processes: [Int32]) -> Bool {
        let end = Date(timeIntervalSinceNow: 20)
        while processes.contains(where: isRunning), Date() < end { usleep(20_000) }
        return !processes.contains(where: isRunning)
    }

    private func isRunning(_ id: Int32) -> Bool {
        status(id).map { $0.state != "Z" } ?? false
    }

    /// State and parent of a process, of /proc/PID/stat.
    private func status(_ id: Int32) -> (state: Substring, parent: Int32)? {
        guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            let words = text.split(separator: ")").last?.split(separator: " "), words.count > 1
        else { return nil }
        return (words[0], Int32(words[1]) ?? 0)
    }
}

/// Whether a process may have a namespace of processes of its own.
private let hasProcessNamespaces: Bool = {
    let unshare = Process()
    unshare.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    unshare.arguments = ["unshare", "--map-root-user", "--pid", "--fork", "true"]
    unshare.standardError = FileHandle.nullDevice
    guard (try? unshare.run()) != nil else { return false }
    unshare.waitUntilExit()
    return unshare.terminationStatus == 0
}()
