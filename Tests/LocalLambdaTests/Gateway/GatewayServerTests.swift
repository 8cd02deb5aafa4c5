import Foundation
import Loopback
import TestSupport
import Testing

@testable import LocalLambda

@Suite(.waits) struct GatewayServerTests {
    /// A gateway before a runtime in Bash, and what it said.
    private final class Local {
        let runtime: ShellRuntime
        let pool: EnvironmentPool
        let server: GatewayServer
        let records = Monitor<[GatewayServer.Record]>([])
        let reports = Monitor<[ExecutionEnvironment.Report]>([])

        init(_ gateway: LocalGateway, processes: Int = 1, timeout: Double = 30, handle: String) throws {
            runtime = try ShellRuntime(handle: handle)
            let path = runtime.path
            let environments = (0..<processes).map { _ in
                ExecutionEnvironment(executable: path, function: LambdaFunction(timeout: timeout))
            }
            pool = EnvironmentPool(environments, concurrency: 1)
            server = try GatewayServer(
                gateway,
                port: 0,
                pool: pool,
                answered: { [records] record in records.with { $0.append(record) } },
                reported: { [reports] report in reports.with { $0.append(report) } }
            )
        }

        deinit {
            server.stop()
            pool.stop()
        }

        func get(_ path: String) -> String {
            RawClient.exchange(server.port, "GET \(path) HTTP/1.1")
        }
    }

    @Test("a response of the function is the HTTP answer, and a refused one is said", arguments: GatewayKind.allCases)
    func answers(kind: GatewayKind) throws {
        let gateway = LocalGateway(kind)
        let handle = #"""
            case "$event" in
                *right*) respond '{"statusCode":201,"headers":{"X-Y":"z"},"body":"made"}' ;;
                *) respond '{"statusCode":201,"body":1}' ;;
            esac
            """#
        let local = try Local(gateway, handle: handle)
        let right = local.get(gateway.prefix + "/right")
        #expect(right.hasPrefix("HTTP/1.1 201 ") && right.contains("X-Y: z\r\n") && right.hasSuffix("\r\n\r\nmade"))
        #expect(local.get(gateway.prefix + "/other").hasPrefix("HTTP/1.1 50"))
        #expect(local.records.with { $0.map(\.complaints) } == [[], ["body is not a string"]])
    }

    @Test("a Host that is not this machine's is refused before the function sees anything")
    func hosts() throws {
        let local = try Local(LocalGateway(.url), handle: "respond 1")
        let client = RawClient(port: local.server.port)
        client.send("GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n")
        #expect(client.receive().hasPrefix("HTTP/1.1 421 "))
        #expect(local.reports.with { $0.isEmpty })
    }

    @Test("A function that takes too long, or crashes, costs only that request")
    func failures() throws {
        let handle = #"""
            case "$event" in
                *slow*) sleep 60 ;;
                *crash*) exit 3 ;;
                *) respond '{"statusCode":200}' ;;
            esac
            """#
        let local = try Local(LocalGateway(.rest), timeout: 1, handle: handle)
        #expect(local.get("/dev/slow").hasPrefix("HTTP/1.1 502 "))
        #expect(local.get("/dev/crash").hasPrefix("HTTP/1.1 502 "))
        #expect(local.get("/dev/well").hasPrefix("HTTP/1.1 200 "))
        let complaints = local.records.with { $0.flatMap(\.complaints) }
        #expect(complaints == ["the function timed out", "the process ended with status 3"])
    }

    @Test(
        "a body over the gateway's limit gets the gateway's own 413, and is said",
        arguments: [GatewayKind.rest, .alb]
    )
    func largeBody(kind: GatewayKind) throws {
        let gateway = LocalGateway(kind)
        let local = try Local(gateway, handle: #"respond '{"statusCode":200}'"#)
        for size in [gateway.requestLimit + 1, gateway.requestLimit + 2] {
            let body = String(repeating: "x", count: size)
            let answer = RawClient.exchange(local.server.port, "POST \(gateway.prefix)/x HTTP/1.1", body: body)
            #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.hasSuffix(#"{"message":"Request Too Long"}"#))
        }
        #expect(local.get(gateway.prefix + "/x").hasPrefix("HTTP/1.1 200 "))
        let complaint = "the request's body is over \(gateway.requestLimit) bytes"
        #expect(local.records.with { $0.map(\.complaints) } == [[complaint], [complaint], []])
    }

    @Test(
        "Headers over API Gateway's 10,240 bytes are refused by its kinds only",
        arguments: [(GatewayKind.rest, 431), (.http, 431), (.url, 200), (.alb, 200)]
    )
    func largeHeaders(kind: GatewayKind, status: Int) throws {
        let gateway = LocalGateway(kind)
        let local = try Local(gateway, handle: #"respond '{"statusCode":200}'"#)
        let head = "GET \(gateway.prefix)/x HTTP/1.1\r\nX: "
        #expect(RawClient.exchange(local.server.port, head + String(repeating: "x", count: 9000)).contains(" 200 "))
        let answer = RawClient.exchange(local.server.port, head + String(repeating: "x", count: 10_240))
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
    }

    @Test("as many requests run at once as there are processes")
    func processes() throws {
        let local = try Local(LocalGateway(.url), processes: 3, handle: #"sleep 2; respond '{"statusCode":200}'"#)
        let answers = Monitor<[String]>([])
        let time = ContinuousClock().measure {
            let port = local.server.port
            for _ in 1...3 {
                Thread.detachNewThread {
                    let answer = RawClient.exchange(port, "GET / HTTP/1.1")
                    answers.with { $0.append(answer) }
                }
            }
            _ = answers.wait(seconds: 20) { $0.count == 3 ? true : nil }
        }
        #expect(answers.with { $0.allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") } })
        #expect(time < .seconds(5.8))
    }

    @Test("an executable that changes is noticed, and the next invocation runs the new one")
    func change() throws {
        let local = try Local(LocalGateway(.url), handle: #"respond '{"statusCode":200,"body":"old"}'"#)
        let pool = local.pool
        let changes = Monitor(0)
        let watch = FileWatch(local.runtime.path) {
            pool.restart()
            changes.with { $0 += 1 }
        }
        defer { watch.stop() }
        #expect(local.get("/").hasSuffix("old"))
        let script = try String(contentsOfFile: local.runtime.path, encoding: .utf8)
        try writeExecutable(script.replacingOccurrences(of: "old", with: "new"), to: local.runtime.path + ".new")
        rename(local.runtime.path + ".new", local.runtime.path)
        #expect(changes.wait(seconds: 10) { $0 > 0 ? true : nil } == true)
        #expect(local.get("/").hasSuffix("new"))
    }
}
