import Foundation
import JWT
import Loopback
import Testing

@testable import LambdaRuntime
@testable import LocalLambda

private let version =
    #"{"httpMethod":"POST","resource":"/{proxy+}","pathParameters":{"proxy":"version"},"requestContext":{}}"#

/// The executable at work for a scripted Runtime API, until it ends.
private struct Run {
    let end: ChildProcess.End?
    let log: [String]
    let requests: [HTTPServer.Request]

    init(_ steps: [ScriptedServer.Step], _ variables: [String: String] = [:]) throws {
        let server = try ScriptedServer(steps, afterwards: .response(500))
        defer { server.stop() }
        let file = try LogFile()
        end = try run(runtimeAPI: server.address, variables, output: file.descriptor)
        log = file.lines
        requests = server.requests
    }

    var calls: [String] {
        requests.map { $0.path.replacingOccurrences(of: "/2018-06-01/runtime/", with: "") }
    }
}

private func start(_ address: String, _ variables: [String: String], output: Int32?) throws -> ChildProcess {
    let executable = try Executable.besideThis(orAt: nil)
    var environment = LambdaFunction(variables: variables).environment(runtimeAPI: address, taskRoot: "/")
    if address.isEmpty { environment["AWS_LAMBDA_RUNTIME_API"] = nil }
    return try ChildProcess(executable: executable, environment: environment, output: output) {}
}

private func run(runtimeAPI: String, _ variables: [String: String], output: Int32?) throws -> ChildProcess.End? {
    let process = try start(runtimeAPI, variables, output: output)
    defer { process.kill() }
    return process.waitForEnd(seconds: 10)
}

@Suite("The process")
struct ProcessTests {
    @Test("Without a Runtime API it ends with status 1 and says why")
    func noRuntimeAPI() throws {
        let file = try LogFile()
        #expect(try run(runtimeAPI: "", [:], output: file.descriptor) == .exited(1))
        #expect(file.lines.count == 1 && file.text.contains("FATAL") && file.text.contains("AWS_LAMBDA_RUNTIME_API"))
        let unreachable = try LogFile()
        #expect(try run(runtimeAPI: "127.0.0.1:1", [:], output: unreachable.descriptor) == .exited(1))
        #expect(unreachable.lines.count == 1 && unreachable.text.contains("FATAL"))
    }

    @Test("It ends with status 1 where the Runtime API refuses or is lost, whatever was called")
    func fatal() throws {
        for step in [ScriptedServer.Step.status(403), .status(500), .drop, .bytes("garbage\r\n\r\n"), .invocation(nil)]
        {
            let next = try Run([step])
            #expect(next.end == .exited(1) && next.calls == ["invocation/next"])
            #expect(next.log.last?.contains("FATAL") == true)
            if case .reply(let reply) = step, case .respond(let response) = reply.action, response.status == 200 {
                continue
            }
            let response = try Run([.invocation("a", version), step])
            #expect(response.end == .exited(1) && response.calls == ["invocation/next", "invocation/a/response"])
            let error = try Run([.invocation("a", "[]"), step])
            #expect(error.end == .exited(1) && error.calls == ["invocation/next", "invocation/a/error"])
        }
    }

    @Test("What is no event is reported as such, a scheduled one is answered with null, and the loop goes on")
    func events() throws {
        let odd = [
            "", "{}", "[]", "{\"httpMethod\":\"POST\"", #"{"Records":[]}"#, "\u{0}",
            String(repeating: "[", count: 100_000),
        ]
        let steps = odd.enumerated().flatMap {
            [ScriptedServer.Step.invocation("odd-\($0.offset)", $0.element), .accepted]
        }
        let warm = ScriptedServer.Step.invocation("warm", #"{"source":"aws.events","detail-type":"Scheduled Event"}"#)
        let run = try Run(steps + [warm, .accepted, .invocation("last", version), .accepted])
        #expect(run.end == .exited(1) && run.requests.count == 2 * odd.count + 5)
        for (index, _) in odd.enumerated() {
            let request = run.requests[2 * index + 1]
            #expect(request.path.hasSuffix("invocation/odd-\(index)/error"))
            #expect(request["Lambda-Runtime-Function-Error-Type"] == "Runtime.UnmarshalError")
            #expect(try JSONValue(parsing: request.body)["errorType"]?.string == "Runtime.UnmarshalError")
        }
        let answers = run.requests.filter { $0.path.hasSuffix("/response") }
        #expect(answers.map(\.body).first == Data("null".utf8))
        #expect(try JSONValue(parsing: answers.last?.body ?? Data())["statusCode"]?.integer == 200)
    }

    @Test(
        "An environment that the relay cannot work with is an error of init, told without the value",
        arguments: [
            "http://api.example/v1/", "https://user:hidden@api.example/", "ftp://hidden.example/", "hidden", "https://",
            "http://127.0.0.1.hidden.example/", "http://hidden@127.0.0.1/", "https://api.example/?hidden=1",
            "//hidden.example/",
        ]
    )
    func initError(url: String) throws {
        let run = try Run([.accepted], ["SECURITYTRAILS_API_URL": url])
        #expect(run.end == .exited(1) && run.calls == ["init/error"])
        let request = try #require(run.requests.first)
        #expect(request["Lambda-Runtime-Function-Error-Type"] == "Function.InvalidConfiguration")
        let message = try #require(try JSONValue(parsing: request.body)["errorMessage"]?.string)
        #expect(message.contains("SECURITYTRAILS_API_URL"))
        #expect(!(message + run.log.joined()).contains("hidden"))
        #expect(run.log.contains { $0.contains("FATAL") && $0.contains("SECURITYTRAILS_API_URL") })
    }

    @Test(
        "A proxy that cannot be read is an error of init, told without its value",
        arguments: [
            "http://user:hid#den@proxy:3128", "http://user:hid@den@proxy:3128", "http://user:hid den@proxy:3128",
        ]
    )
    func proxyError(proxy: String) throws {
        let run = try Run([.accepted], ["HTTPS_PROXY": proxy])
        #expect(run.calls == ["init/error"])
        let text = String(decoding: try #require(run.requests.first).body, as: UTF8.self) + run.log.joined()
        #expect(text.contains("HTTPS_PROXY"))
        #expect(!text.contains("hid"))
        #expect(!text.contains("den"))
    }

    @Test("Whatever becomes of the report of init, the process ends", arguments: [202, 403, 500])
    func initErrorRefused(status: Int) throws {
        let run = try Run([.status(status), .invocation("a", version)], ["SECURITYTRAILS_API_URL": "hidden"])
        #expect(run.end == .exited(1) && run.calls == ["init/error"])
    }

    @Test("A function timeout under 3 s is warned of, once", arguments: [(2.5, 1), (3.5, 0), (30, 0)])
    func shortTimeout(seconds: Double, warnings: Int) throws {
        let steps = (1...2).flatMap { number in
            let deadline = Date(timeIntervalSinceNow: seconds)
            return [
                ScriptedServer.Step.reply(.invocation(Data(version.utf8), id: "\(number)", deadline: deadline)),
                .accepted,
            ]
        }
        #expect(try Run(steps).log.count { $0.contains("WARN") && $0.contains("timeout") } == warnings)
    }

    @Test("At DEBUG each request to SecurityTrails is logged under its invocation's id")
    func trace() throws {
        let secret = ["SECRET_KEY": "s", "LOG_LEVEL": "DEBUG", "SECURITYTRAILS_API_URL": "http://127.0.0.1:1/v1/"]
        let token = CompactSerialization.sign(["key": "k"], secret: "s")
        let event = #"{"httpMethod":"POST","path":"/health","headers":{"Authorization":"Bearer \#(token)"}}"#
        let run = try Run([.invocation("one", event), .accepted, .invocation("two", event), .accepted], secret)
        for id in ["one", "two"] {
            #expect(run.log.contains { $0.contains("\t\(id)\tDEBUG\t") && $0.contains("127.0.0.1:1/v1/ping") })
        }
    }

    @Test("A log that nobody reads any more does not end it")
    func closedLog() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let steps = [1, 2].flatMap { [ScriptedServer.Step.invocation("\($0)", version), .accepted] }
        let server = try ScriptedServer(steps, afterwards: .response(500))
        defer { server.stop() }
        #expect(try run(runtimeAPI: server.address, [:], output: ends[1]) == .exited(1))
        #expect(server.requests.count == 5)
    }

    @Test("A proxy of the environment is not used for the Runtime API")
    func proxy() throws {
        let proxy = try ScriptedServer([])
        defer { proxy.stop() }
        let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        let variables = Dictionary(uniqueKeysWithValues: names.map { ($0, proxy.origin) })
        let run = try Run([.invocation("a", version), .accepted], variables)
        #expect(run.calls == ["invocation/next", "invocation/a/response", "invocation/next"])
        #expect(proxy.connectionCount == 0)
    }
}

@Suite("AWS_LAMBDA_MAX_CONCURRENCY")
struct ConcurrencyTests {
    /// How many calls of `next` wait at the same time.
    private func loops(_ value: String, expecting count: Int) throws -> Int {
        let server = try ScriptedServer([], afterwards: .hang)
        let process = try start(server.address, ["AWS_LAMBDA_MAX_CONCURRENCY": value], output: nil)
        defer {
            process.kill()
            server.stop()
        }
        #expect(server.wait(forRequests: count))
        Thread.sleep(forTimeInterval: 0.2)
        #expect(Set(server.requests.map(\.connection)).count == server.requests.count)
        return server.requests.count
    }

    @Test(
        "There are as many loops as it says, and one where it says nothing of use",
        arguments: [("4", 4), ("1", 1), ("0", 1), ("-3", 1), ("", 1), ("two", 1), ("2.5", 1), ("16", 16)]
    )
    func loops(value: String, count: Int) throws {
        #expect(try loops(value, expecting: count) == count)
    }

    @Test("The loops answer at the same time, each its own event")
    func atOnce() throws {
        let function = LambdaFunction(concurrency: 4, variables: ["SECRET_KEY": "s"])
        let environment = try ExecutionEnvironment(
            executable: Executable.besideThis(orAt: nil),
            function: function,
            output: nil
        )
        defer { environment.stop() }
        try environment.start()
        let wrong = Monitor(0)
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for number in 1...10 {
                let value = "host-\(thread)-\(number).example"
                let body = #"[{\"type\":\"domain\",\"value\":\"\#(value)\"}]"#
                let event = #"{"httpMethod":"POST","path":"/refer/observables","body":"\#(body)"}"#
                let report = environment.invoke(Data(event.utf8))
                guard case .response(let response) = report.outcome, report.complaints.isEmpty,
                    String(decoding: response, as: UTF8.self).contains("/\(value)/")
                else { return wrong.with { $0 += 1 } }
            }
        }
        #expect(wrong.with { $0 } == 0)
    }

    @Test("Where the Runtime API is lost, the process ends with status 1 and without a crash", arguments: 1...5)
    func lost(attempt: Int) throws {
        let file = try LogFile()
        let server = try ScriptedServer([], afterwards: .response(500))
        defer { server.stop() }
        let end = try run(runtimeAPI: server.address, ["AWS_LAMBDA_MAX_CONCURRENCY": "8"], output: file.descriptor)
        #expect(end == .exited(1))
    }

    @Test("An error of init is reported once, by whichever loop comes first")
    func initError() throws {
        let server = try ScriptedServer([], afterwards: HTTPServer.Reply(.respond(.init(status: 202)), after: 0.3))
        defer { server.stop() }
        let variables = ["AWS_LAMBDA_MAX_CONCURRENCY": "8", "SECURITYTRAILS_API_URL": "x"]
        #expect(try run(runtimeAPI: server.address, variables, output: nil) == .exited(1))
        #expect(server.requests.map(\.path) == ["/2018-06-01/runtime/init/error"])
    }
}
