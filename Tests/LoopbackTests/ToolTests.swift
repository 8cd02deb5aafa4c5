import Foundation
import Loopback
import Testing

@Suite("Programs of this machine")
struct ToolTests {
    private let sh = Tool(name: "sh")

    @Test("A program reads its input, runs in its folder and with its variables, and hands back what it prints")
    func output() throws {
        let input = Data(String(repeating: "line\n", count: 100_000).utf8)
        let words = ["-c", "pwd; echo $ONE; cat"]
        let printed = try sh.run(words, input: input, in: URL(fileURLWithPath: "/usr"), environment: ["ONE": "1"])
        #expect(printed == Data("/usr\n1\n".utf8) + input)
    }

    @Test("A program that fails is told by name and status, with its own last words")
    func failure() {
        let error = #expect(throws: ToolError.self) { try sh.run(["-c", "echo no space >&2; exit 3"]) }
        #expect(error?.description == "sh ended with status 3\n  no space")
        #expect(error?.isMissing == false)
    }

    @Test("What a program prints is part of the error only if it is one that says there what went wrong")
    func outputOfFailure() {
        let words = ["-c", "echo no space; echo sorry >&2; exit 3"]
        let printed = #expect(throws: ToolError.self) { try sh.run(words, messages: .inErrorWithOutput) }
        #expect(printed?.description == "sh ended with status 3\n  no space\n  sorry")
        let plain = #expect(throws: ToolError.self) { try sh.run(words) }
        #expect(plain?.description == "sh ended with status 3\n  sorry")
    }

    @Test("A program that is not installed is told so")
    func missing() {
        let error = #expect(throws: ToolError.self) { try Tool(name: "no-such-program").run([]) }
        #expect(error?.description == "no-such-program is not installed")
        #expect(error?.isMissing == true)
    }

    @Test("A program that ends before it has read its input is no trouble")
    func unreadInput() throws {
        #expect(try sh.run(["-c", "exec true"], input: Data(count: 1 << 20)).isEmpty)
    }

    @Test("No program gets the relay's secrets, not even by name")
    func secrets() throws {
        let variables = ["SECRET_KEY": "a", "RELAY_JWT": "b"]
        #expect(try sh.run(["-c", "echo $SECRET_KEY$RELAY_JWT"], environment: variables) == Data("\n".utf8))
    }
}
