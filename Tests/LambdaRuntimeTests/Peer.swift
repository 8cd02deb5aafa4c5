import Foundation
import LocalLambda
import Loopback

@testable import LambdaRuntime

/// A loop that talks to a scripted Runtime API until that is of no more use, and what came of it.
struct Play {
    /// Why the loop ended.
    let end: String
    /// The calls that came: `GET next`, `POST 1/response`, …
    let calls: [String]
    /// The requests that came.
    let requests: [HTTPServer.Request]
    /// The log's lines.
    let log: [String]
    /// How many connections were opened.
    let connections: Int

    /// Plays the steps; whatever is asked beyond them is answered with 500.
    init(
        _ steps: [ScriptedServer.Step],
        format: Log.Format = .text,
        level: Log.Level = .trace,
        handler: Runtime.Handler = echo
    ) throws {
        let server = try ScriptedServer(steps, afterwards: .response(500))
        defer { server.stop() }
        let file = try LogFile()
        end = Self.run(server.address, Log(format: format, level: level, file: file.descriptor), handler)
        log = file.lines
        requests = server.requests
        connections = server.connectionCount
        calls = requests.map { request in
            let path = request.path.replacingOccurrences(of: "/2018-06-01/runtime/", with: "")
            return "\(request.method) \(path.replacingOccurrences(of: "invocation/", with: ""))"
        }
    }

    private static func run(_ address: String, _ log: Log, _ handler: Runtime.Handler) -> String {
        do throws(RuntimeLost) {
            try Runtime.serve(RuntimeAPI(["AWS_LAMBDA_RUNTIME_API": address]), log, handler)
        } catch {
            return error.message
        }
    }

    /// Answers an event with itself.
    static func echo(_ invocation: Invocation) -> FunctionResponse {
        FunctionResponse(payload: invocation.event, summary: "echoed")
    }
}

extension ScriptedServer.Step {
    /// An invocation whose event is `{}`.
    static func invocation(_ id: String?, _ event: String = "{}") -> ScriptedServer.Step {
        .reply(.invocation(Data(event.utf8), id: id))
    }

    static func status(_ status: Int) -> ScriptedServer.Step {
        .reply(.refused(status, type: "Some.Type", message: "why"))
    }

    static let accepted = ScriptedServer.Step.reply(.accepted)
    static let drop = ScriptedServer.Step.reply(.drop)
}

/// A file that a log is written to.
final class LogFile {
    let descriptor: Int32
    private let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)").path
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    var text: String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    /// The lines, each of which must have its end.
    var lines: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
}
