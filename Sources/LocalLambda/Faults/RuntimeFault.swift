import Foundation
import Loopback

/// A fault of the Runtime API, or an event that is none, and what the runtime must make of it.
struct RuntimeFault: PlayedFault {
    /// What the runtime must do.
    enum Expectation: Sendable, Equatable {
        /// End with a status other than 0, within the bound.
        case exit
        /// The same, after no call but `next`.
        case exitAtNext
        /// Make exactly these calls, and wait in the last of them.
        case calls([RuntimeAPIServer.Call])
    }

    /// What happens, in a few words.
    let name: String
    let steps: [ScriptedServer.Step]
    let variables: [String: String]
    let expectation: Expectation

    private init(
        _ name: String,
        _ steps: [ScriptedServer.Step],
        variables: [String: String] = [:],
        _ expectation: Expectation
    ) {
        self.name = name
        self.steps = steps
        self.variables = variables
        self.expectation = expectation
    }

    /// Seconds that the runtime has: it gives the Runtime API 10 s for a status.
    static let bound = 20.0

    /// Plays the fault to the executable. Returns what the runtime did and should not have; nil if all is well.
    func play(to relay: Fault.Relay) throws -> String? {
        let server = try ScriptedServer(steps, afterwards: .hang)
        defer {
            for request in server.requests { relay.posted(request.body) }
            server.stop()
        }
        var function = LambdaFunction()
        function.variables = variables
        let process = try ChildProcess(
            executable: relay.executable,
            environment: function.environment(runtimeAPI: server.address, taskRoot: "/var/task"),
            output: nil,
            whenEnded: {}
        )
        defer { process.kill() }
        switch expectation {
        case .exit, .exitAtNext:
            guard let end = process.waitForEnd(seconds: Self.bound) else { return "the process still runs" }
            guard case .exited(let status) = end, status != 0 else { return "the process \(end)" }
            let calls = server.requests.map { RuntimeAPIServer.Call($0) }
            guard expectation == .exit || calls.allSatisfy({ $0 == .next }) else { return "the calls were \(calls)" }
            return nil
        case .calls(let expected):
            _ = server.wait(forRequests: expected.count, seconds: Self.bound)
            // What it should not do it would do at once.
            if let end = process.waitForEnd(seconds: 0.3) { return "the process \(end)" }
            let got = server.requests.map { RuntimeAPIServer.Call($0) }
            return got == expected ? nil : "the calls were \(got)"
        }
    }
}

extension RuntimeFault {
    /// All of them.
    static let all = nextFaults + droppedConnections + answerFaults + events

    private static let id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
    private static let version = Data(
        #"{"version":"2.0","rawPath":"/version","headers":{},"requestContext":{"http":{"method":"POST"}}}"#.utf8
    )
    private static let invocation = ScriptedServer.Step.reply(.invocation(version, id: id))
    /// The calls of an invocation that is answered, with the `next` before and after it.
    private static let answered = Expectation.calls([.next, .response(id: id), .next])
    private static let reported = Expectation.calls([.next, .error(id: id), .next])

    // MARK: - The answer to `next`

    private static let nextFaults = [
        RuntimeFault("next answers 500", [.reply(.refused(500, type: "x", message: "m"))], .exitAtNext),
        RuntimeFault("next answers 403", [.reply(.refused(403, type: "x", message: "m"))], .exitAtNext),
        RuntimeFault("next answers 204", [.reply(.response(204))], .exitAtNext),
        RuntimeFault("next answers garbage", [.bytes("\u{1}\u{2} no HTTP at all\r\n\r\n")], .exitAtNext),
        RuntimeFault(
            "next answers without a request id",
            [.reply(.invocation(version, id: nil)), .reply(.accepted)],
            .exitAtNext
        ),
        RuntimeFault(
            "next's request id leaves its path",
            [.reply(.invocation(version, id: "../init")), .reply(.accepted)],
            .exitAtNext
        ),
        RuntimeFault("next's body is cut short", [.reply(bodyCutShort)], .exitAtNext),
        RuntimeFault("next's body comes in chunks", [.reply(chunked), .reply(.accepted)], answered),
        RuntimeFault("next's last chunk is missing", [.bytes(chunksCutShort)], .exitAtNext),
        RuntimeFault(
            "next's headers are in lower case",
            [.bytes(lowerCase, keepAlive: true), .reply(.accepted)],
            answered
        ),
        RuntimeFault("next's deadline has passed", [.reply(pastDeadline), .reply(.accepted)], answered),
        RuntimeFault("next's deadline is no number", [.reply(strangeDeadline), .reply(.accepted)], answered),
    ]

    private static let chunked: HTTPServer.Reply = {
        let headers = [HTTPServer.Field("Lambda-Runtime-Aws-Request-Id", id)]
        return .init(.respond(.init(status: 200, headers: headers, body: version, framing: .chunked(7))))
    }()

    private static let bodyCutShort: HTTPServer.Reply = {
        let headers = [HTTPServer.Field("Lambda-Runtime-Aws-Request-Id", id)]
        return .init(.respond(.init(status: 200, headers: headers, body: version, framing: .stated(10_000))))
    }()

    private static let chunksCutShort =
        "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: \(id)\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ver\r\n"

    private static let lowerCase =
        "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: \(id)\r\ncontent-length: \(version.count)\r\n\r\n"
        + String(decoding: version, as: UTF8.self)

    private static let pastDeadline = HTTPServer.Reply.invocation(
        version,
        id: id,
        deadline: Date(timeIntervalSince1970: 1)
    )

    private static let strangeDeadline: HTTPServer.Reply = {
        let headers = [
            HTTPServer.Field("Lambda-Runtime-Aws-Request-Id", id),
            HTTPServer.Field("Lambda-Runtime-Deadline-Ms", "soon"),
        ]
        return .response(200, headers, version)
    }()

    // MARK: - A connection that is dropped

    private static let droppedConnections = [
        RuntimeFault("the connection drops at next", drops, .exitAtNext),
        RuntimeFault(
            "the connection drops inside next's header",
            [.bytes("HTTP/1.1 200 OK\r\nLambda-Run")],
            .exitAtNext
        ),
        RuntimeFault("the connection drops at response", [invocation] + drops, .exit),
        RuntimeFault("the connection drops inside response's status", [invocation, .bytes("HTTP/1.1 20")], .exit),
        RuntimeFault("the connection drops at error", [noEvent] + drops, .exit),
        RuntimeFault("the connection drops at the second next", [invocation, .reply(.accepted)] + drops, .exit),
        RuntimeFault("the connection drops at init error", drops, variables: badSettings, .exit),
    ]

    /// A client that finds its kept connection ended may open another one.
    private static let drops = Array(repeating: ScriptedServer.Step.reply(.drop), count: 3)

    private static let badSettings = ["SECURITYTRAILS_API_URL": "http://api.example.com/"]

    // MARK: - The answer to a response, or to an error

    private static let answerFaults =
        [400, 410].flatMap { status in
            [
                RuntimeFault("response is answered \(status)", [invocation, refusal(status)], answered),
                RuntimeFault("error is answered \(status)", [noEvent, refusal(status)], reported),
            ]
        }
        + [403, 500].flatMap { status in
            [
                RuntimeFault("response is answered \(status)", [invocation, refusal(status)], .exit),
                RuntimeFault("error is answered \(status)", [noEvent, refusal(status)], .exit),
            ]
        } + [
            RuntimeFault(
                "response is answered 413",
                [invocation, refusal(413)],
                answered
            ),
            RuntimeFault("error is answered 413", [noEvent, refusal(413)], reported),
            RuntimeFault("response is never answered", [invocation, .reply(.hang)], .exit),
            RuntimeFault("error is never answered", [noEvent, .reply(.hang)], .exit),
            RuntimeFault("init error is answered 500", [refusal(500)], variables: badSettings, .exit),
            RuntimeFault("init error is accepted", [.reply(.accepted)], variables: badSettings, .exit),
        ]

    private static func refusal(_ status: Int) -> ScriptedServer.Step {
        .reply(.refused(status, type: "Refused", message: "as the script has it"))
    }

    // MARK: - Events

    private static let noEvent = ScriptedServer.Step.reply(.invocation(Data("{}".utf8), id: id))

    private static let events: [RuntimeFault] = {
        let strange: [(String, Data)] = [
            ("is empty", Data()),
            ("is no object", Data("[1, 2]".utf8)),
            ("is a string", Data(#""version""#.utf8)),
            ("is null", Data("null".utf8)),
            ("is of no known kind", Data(#"{"Records":[{"eventSource":"aws:s3"}]}"#.utf8)),
            ("is not UTF-8", Data([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
            ("ends too early", version.dropLast(5)),
            ("is nested deeply", Data(String(repeating: "[", count: 1_000_000).utf8)),
            ("is an object nested deeply", Data(String(repeating: #"{"a":"#, count: 1_000_000).utf8)),
            ("has members of the wrong types", Data(#"{"httpMethod":1,"resource":[],"path":{}}"#.utf8)),
        ]
        let large = String(repeating: "x", count: 6 << 20)
        let request = #"{"httpMethod":"POST","resource":"/{proxy+}","path":"/version","body":"\#(large)"}"#
        return strange.map { name, event in
            RuntimeFault("an event \(name)", [.reply(.invocation(event, id: id)), .reply(.accepted)], reported)
        } + [
            RuntimeFault(
                "an event is 6 MB",
                [.reply(.invocation(Data(request.utf8), id: id)), .reply(.accepted)],
                answered
            )
        ]
    }()
}
