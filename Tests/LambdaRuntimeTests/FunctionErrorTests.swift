import Foundation
import LocalLambda
import Loopback
import Testing

@testable import LambdaRuntime

@Suite("A function's error")
struct FunctionErrorTests {
    static let texts = [
        "", "plain", "\"quoted\"", #"back\slash"#, "two\nlines\r\n", "\t\u{0}\u{1}\u{1F}\u{7F}", "é e\u{301} 日本", "🧭👩‍👩‍👧",
        #"{"errorMessage":"x"}"#, "\u{2028}\u{2029}\u{FEFF}", String(repeating: "a", count: 100_000),
    ]

    @Test("It is JSON whatever its text", arguments: texts)
    func json(text: String) throws {
        for kind in [FunctionError.Kind.unmarshal, .fault] {
            let members = try #require(try JSONValue(parsing: Data(FunctionError(kind, text).json)).object)
            #expect(members["errorMessage"]?.string?.utf8.elementsEqual(text.utf8) == true)
            #expect(members["errorType"]?.string == kind.rawValue && members["stackTrace"]?.array?.isEmpty == true)
            #expect(members.count == 3)
        }
    }

    @Test(
        "Its type is one that AWS keeps",
        arguments: [FunctionError.Kind.unmarshal, .responseTooLarge, .configuration, .fault]
    )
    func kinds(kind: FunctionError.Kind) throws {
        #expect(try #/(Runtime|Function)\.[A-Z][a-zA-Z]+/#.wholeMatch(in: kind.rawValue) != nil)
    }

    @Test("An event that is none is told apart from the function's own faults")
    func names() {
        #expect(FunctionError.Kind.unmarshal.rawValue == "Runtime.UnmarshalError")
        for kind in [FunctionError.Kind.responseTooLarge, .configuration, .fault] {
            #expect(kind.rawValue.hasPrefix("Function."))
        }
    }

    @Test("An error of init is posted with its type and text")
    func initError() throws {
        let server = try ScriptedServer([.accepted, .status(403), .drop])
        defer { server.stop() }
        let api = try RuntimeAPI(["AWS_LAMBDA_RUNTIME_API": server.address])
        let error = FunctionError(.configuration, "a \"variable\"\nis missing")
        try api.reportInit(error)
        let request = try #require(server.requests.first)
        #expect(request.method == "POST" && request.target == "/2018-06-01/runtime/init/error")
        #expect(request["Lambda-Runtime-Function-Error-Type"] == "Function.InvalidConfiguration")
        #expect(try JSONValue(parsing: request.body)["errorMessage"]?.string == "a \"variable\"\nis missing")
        #expect(throws: RuntimeLost.self) { try api.reportInit(error) }
        #expect(throws: RuntimeLost.self) { try api.reportInit(error) }
    }
}
