import Foundation
import JWT
import Loopback
import TestSupport
import Testing

@testable import LocalLambda

@Suite("A fault is found", .idles) struct FaultyRuntimeTests {
    private func wrong(_ name: String, _ runtime: ShellRuntime) throws -> String? {
        let fault = try #require(RuntimeFault.all.first { $0.name == name })
        return try fault.play(to: Fault.Relay(executable: runtime.path))
    }

    @Test("In a runtime that goes on when it must end")
    func goesOn() throws {
        let runtime = try ShellRuntime(handle: "respond 1; sleep 60")
        #expect(try wrong("response is answered 400", runtime)?.hasPrefix("the calls were") == true)
    }

    @Test("In a runtime that ends when it must go on, and one that ends as if all were well")
    func ends() throws {
        let ending = try ShellRuntime(handle: "respond 1; exit 1")
        #expect(try wrong("response is answered 410", ending) == "the process ended with status 1")
        let content = try ShellRuntime(handle: "respond 1; exit 0")
        #expect(try wrong("response is answered 500", content) == "the process ended with status 0")
    }

    @Test("In a runtime that ends only after it answered what it must not take")
    func answers() throws {
        let runtime = try ShellRuntime(handle: "respond 1; exit 1")
        #expect(try wrong("next's request id leaves its path", runtime)?.hasPrefix("the calls were") == true)
    }

    @Test("In a relay that answers as if SecurityTrails had answered")
    func upstream() throws {
        let runtime = try ShellRuntime(handle: #"respond '{"statusCode":200,"body":"{\"data\":{}}"}'"#)
        let fault = try #require(UpstreamFault.all.first { $0.name == "SecurityTrails drops the connection" })
        let wrong = try fault.play(to: Fault.Relay(executable: runtime.path))
        #expect(wrong == "the errors were []")
    }
}
