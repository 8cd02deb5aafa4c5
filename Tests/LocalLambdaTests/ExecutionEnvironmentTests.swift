import Foundation
import Loopback
import TestSupport
import Testing

@testable import LocalLambda

@Suite(.waits) struct ExecutionEnvironmentTests {
    private func text(_ report: ExecutionEnvironment.Report) -> String {
        switch report.outcome {
        case .response(let body): String(decoding: body, as: UTF8.self)
        case .error(let error): "error \(error.type ?? "-") \(error.message)"
        case .timedOut: "timed out"
        case .ended(let how): how
        }
    }

    @Test("Invocations go through one process, with Lambda's environment and deadline, and are reported")
    func invocations() throws {
        let runtime = try ShellRuntime(handle: #"respond "$event $AWS_LAMBDA_FUNCTION_MEMORY_SIZE $OWN $$ $deadline""#)
        let function = LambdaFunction(memory: 256, timeout: 20, variables: ["OWN": "mine"])
        let environment = ExecutionEnvironment(executable: runtime.path, function: function)
        defer { environment.stop() }
        let first = environment.invoke(Data("{}".utf8))
        let second = environment.invoke(Data("[]".utf8))
        let words = text(first).split(separator: " ")
        #expect(words.prefix(3) == ["{}", "256", "mine"])
        #expect(text(second).hasPrefix("[] 256 mine \(words[3]) "))
        let left = (Double(words[4]) ?? 0) / 1000 - Date().timeIntervalSince1970
        #expect(left > 15 && left <= 20)
        #expect(first.initDuration != nil && second.initDuration == nil)
        #expect(first.peakMemory > 1_000_000 && first.duration >= first.latency)
    }

    @Test("A reported error comes with its type and message")
    func errors() throws {
        let runtime = try ShellRuntime(handle: #"fail Function.Odd '{"errorMessage":"so it is"}'"#)
        let environment = ExecutionEnvironment(executable: runtime.path)
        defer { environment.stop() }
        #expect(text(environment.invoke(Data())) == "error Function.Odd so it is")
    }

    @Test("A process that takes too long is killed at the deadline, and the next invocation has a new one")
    func timeout() throws {
        let runtime = try ShellRuntime(handle: #"[ "$event" = slow ] && sleep 60; respond $$"#)
        let environment = ExecutionEnvironment(executable: runtime.path, function: LambdaFunction(timeout: 1))
        defer { environment.stop() }
        let first = text(environment.invoke(Data("x".utf8)))
        let clock = ContinuousClock()
        let time = clock.measure { #expect(text(environment.invoke(Data("slow".utf8))) == "timed out") }
        #expect(time > .seconds(0.9) && time < .seconds(20))
        #expect(kill(Int32(first) ?? 0, 0) == -1)
        let third = environment.invoke(Data("x".utf8))
        #expect(text(third) != first && third.initDuration != nil)
    }

    @Test("A process that crashes fails only that invocation")
    func crash() throws {
        let runtime = try ShellRuntime(handle: #"[ "$event" = crash ] && exit 7; respond ok"#)
        let environment = ExecutionEnvironment(executable: runtime.path)
        defer { environment.stop() }
        #expect(text(environment.invoke(Data("crash".utf8))) == "the process ended with status 7")
        #expect(text(environment.invoke(Data("x".utf8))) == "ok")
    }

    @Test("A process that crashes while it is idle fails the next invocation with Runtime.ExitError, and only that one")
    func idleCrash() throws {
        let runtime = try ShellRuntime(handle: #"respond ok; [ "$event" = last ] && exit 7"#)
        let environment = ExecutionEnvironment(executable: runtime.path)
        defer { environment.stop() }
        #expect(text(environment.invoke(Data("last".utf8))) == "ok")
        Thread.sleep(forTimeInterval: 0.5)
        let next = text(environment.invoke(Data("x".utf8)))
        #expect(next == "error Runtime.ExitError the process ended with status 7 while it was idle")
        #expect(text(environment.invoke(Data("x".utf8))) == "ok")
    }

    @Test("With Managed Instances an invocation that finds no free loop fails with Runtime.Unavailable")
    func noFreeLoop() throws {
        let runtime = try ShellRuntime(handle: #"[ "$event" = slow ] && sleep 3; respond ok"#)
        let environment = ExecutionEnvironment(executable: runtime.path, function: LambdaFunction(concurrency: 2))
        defer { environment.stop() }
        try environment.start()
        Thread.sleep(forTimeInterval: 0.5)
        let done = Monitor(0)
        for _ in 1...2 {
            Thread.detachNewThread {
                if text(environment.invoke(Data("slow".utf8))) == "ok" { done.with { $0 += 1 } }
            }
        }
        Thread.sleep(forTimeInterval: 0.5)
        #expect(text(environment.invoke(Data())).hasPrefix("error Runtime.Unavailable"))
        #expect(done.wait(seconds: 10) { $0 == 2 ? true : nil } == true)
        #expect(text(environment.invoke(Data())) == "ok")
    }

    @Test("An init that fails, or ends without a word, says how")
    func initFailure() throws {
        let report = #"post init/error $'Lambda-Runtime-Function-Error-Type: Runtime.Bad\r\n' '{"errorMessage":"no"}'"#
        let reporting = try ShellRuntime(before: report + "; sleep 1; exit 1", handle: "")
        let silent = try ShellRuntime(before: "kill -SEGV $$", handle: "")
        for (runtime, expected) in [(reporting, "error Runtime.Bad no"), (silent, "Segmentation fault")] {
            let environment = ExecutionEnvironment(executable: runtime.path, output: nil)
            defer { environment.stop() }
            #expect(text(environment.invoke(Data())).contains(expected))
        }
        let absent = ExecutionEnvironment(executable: "/nonexistent/bootstrap")
        #expect(text(absent.invoke(Data())).contains("No such file"))
    }

    @Test("An init that takes too long is ended")
    func slowInit() throws {
        let runtime = try ShellRuntime(before: "sleep 60", handle: "")
        var function = LambdaFunction()
        function.initTimeout = 1
        let environment = ExecutionEnvironment(executable: runtime.path, function: function)
        defer { environment.stop() }
        #expect(text(environment.invoke(Data())) == "init took more than 1 s")
        #expect(LambdaFunction().initTimeout == 10)
    }

    @Test("An answer to an unknown id is refused with 400, one that is too large with 413, and both are said")
    func refusals() throws {
        let runtime = try ShellRuntime(
            handle: #"""
                if [ "$event" = large ]; then
                    respond "$(head -c 6300000 /dev/zero | tr '\0' x)"
                    case "$reply" in *413*) ;; *) exit 1 ;; esac
                    fail Function.TooLarge '{"errorMessage":"too large"}'
                    case "$reply" in *"HTTP/1.1 403"*) ;; *) exit 1 ;; esac
                    respond again
                    case "$reply" in *"HTTP/1.1 403"*) ;; *) exit 1 ;; esac
                else
                    mine=$id; id=other; respond no; id=$mine; respond "${reply:0:12}"
                fi
                """#
        )
        let environment = ExecutionEnvironment(executable: runtime.path)
        defer { environment.stop() }
        let unknown = environment.invoke(Data("x".utf8))
        #expect(text(unknown) == "HTTP/1.1 400")
        #expect(unknown.complaints == ["a response to the unknown or finished request id other"])
        let large = environment.invoke(Data("large".utf8))
        #expect(text(large).hasPrefix("error Function.ResponseSizeTooLarge"))
        #expect(large.complaints == ["a response of 6300000 bytes; Lambda takes 6291556"])
        #expect(text(environment.invoke(Data("x".utf8))) == "HTTP/1.1 400")
    }

    @Test("A frozen process stands still between invocations")
    func freeze() throws {
        let runtime = try ShellRuntime(
            before: "(while sleep 0.05; do echo x >> $0.ticks; done) &",
            handle: "respond ok"
        )
        let environment = ExecutionEnvironment(executable: runtime.path, freezes: true)
        defer { environment.stop() }
        func ticks() -> Int { (try? Data(contentsOf: URL(fileURLWithPath: runtime.path + ".ticks")).count) ?? 0 }
        #expect(text(environment.invoke(Data())) == "ok")
        Thread.sleep(forTimeInterval: 0.1)
        let before = ticks()
        Thread.sleep(forTimeInterval: 0.5)
        #expect(ticks() == before)
        #expect(text(environment.invoke(Data())) == "ok")
    }

    @Test("Several invocations run at once if the process asks for several")
    func concurrency() throws {
        let runtime = try ShellRuntime(handle: "sleep 2; respond ok")
        let function = LambdaFunction(concurrency: 4)
        let environment = ExecutionEnvironment(executable: runtime.path, function: function)
        defer { environment.stop() }
        try environment.start()
        let done = Monitor(0)
        let time = ContinuousClock().measure {
            for _ in 1...4 {
                Thread.detachNewThread {
                    if text(environment.invoke(Data())) == "ok" { done.with { $0 += 1 } }
                }
            }
            _ = done.wait(seconds: 20) { $0 == 4 ? true : nil }
        }
        #expect(done.with { $0 } == 4)
        #expect(time < .seconds(7), "one after the other they take 8")
    }
}
