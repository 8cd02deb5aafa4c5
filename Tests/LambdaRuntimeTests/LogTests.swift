import Foundation
import LocalLambda
import Loopback
import Testing

@testable import LambdaRuntime

private var time: Regex<Substring> { #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/# }

@Suite("The log")
struct LogTests {
    /// The lines that `body` makes a log write.
    private func lines(_ format: Log.Format, _ level: Log.Level = .trace, _ body: (Log) -> Void) throws -> [String] {
        let file = try LogFile()
        body(Log(format: format, level: level, file: file.descriptor))
        return file.lines
    }

    @Test(
        "The level is AWS's, else LOG_LEVEL's, Python's names included, else INFO",
        arguments: [
            (nil, nil, .info), ("DEBUG", nil, .debug), ("debug", nil, .debug), ("TRACE", "ERROR", .trace),
            ("FATAL", "DEBUG", .fatal), ("WARN", nil, .warn), ("WARNING", nil, .warn), ("CRITICAL", nil, .fatal),
            (nil, "WARNING", .warn), (nil, "critical", .fatal), (nil, "Error", .error), (nil, "DEBUG", .debug),
            ("", "DEBUG", .debug), ("LOUD", "ERROR", .error), ("LOUD", "LOUD", .info), (nil, "", .info),
            (nil, "10", .info),
        ] as [(String?, String?, Log.Level)]
    )
    func level(aws: String?, own: String?, expected: Log.Level) {
        var environment: [String: String] = [:]
        environment["AWS_LAMBDA_LOG_LEVEL"] = aws
        environment["LOG_LEVEL"] = own
        let log = Log(environment: environment)
        for level in Log.Level.allCases { #expect(log.isEnabled(level) == (level >= expected)) }
    }

    @Test("Levels are in Lambda's order")
    func order() {
        #expect(Log.Level.allCases.map(\.rawValue) == ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
        #expect(Log.Level.allCases == Log.Level.allCases.sorted())
    }

    @Test("A record below the level is neither written nor made")
    func filtered() throws {
        for threshold in Log.Level.allCases {
            var made = 0
            func text() -> String {
                made += 1
                return "x"
            }
            let lines = try lines(.text, threshold) { log in
                for level in Log.Level.allCases { log.write(level, text()) }
            }
            let count = Log.Level.allCases.count { $0 >= threshold }
            #expect(lines.count == count && made == count)
        }
    }

    @Test("A record of text is a line: time, request id, level, message")
    func text() throws {
        let lines = try lines(.text) {
            $0.write(.info, "a message", requestID: "id-1", fields: [("name", .string("value"))])
            $0.write(.fatal, "the end")
        }
        let parts = lines.map { $0.split(separator: "\t").map(String.init) }
        #expect(parts.map { $0.dropFirst() } == [["id-1", "INFO", "a message"], ["-", "FATAL", "the end"]])
        for part in parts { #expect(try time.wholeMatch(in: part[0]) != nil) }
    }

    @Test(
        "Any message is one line of text, and one line of JSON that holds it as it was",
        arguments: [
            "", "a\nb", "a\r\nb\n", "\n", "\u{0}\u{B}\u{1B}[0m", "\"quoted\" \\", "é 🧭",
            String(repeating: "x", count: 9000),
        ]
    )
    func oneLine(message: String) throws {
        let text = try lines(.text) { $0.write(.warn, message, requestID: "id") }
        #expect(text.count == 1 && !text[0].utf8.dropFirst(40).contains { $0 < 0x20 })
        let json = try lines(.json) { $0.write(.warn, message, requestID: "id", fields: [(message, .string(message))]) }
        #expect(json.count == 1)
        let record = try JSONValue(parsing: Data(json[0].utf8))
        #expect(record["message"]?.string?.utf8.elementsEqual(message.utf8) == true)
    }

    @Test(
        "What could end a line, or hide or paint others, is a blank in text, and escaped in JSON",
        arguments: [
            "\u{7F}", "\u{85}", "\u{9B}31m", "\u{2028}", "\u{2029}", "\u{202E}", "\u{200B}", "\u{FEFF}", "\u{AD}",
            "\u{E0041}",
        ]
    )
    func invisible(character: String) throws {
        let message = "é" + character + "🧭"
        let allowed: (Unicode.Scalar) -> Bool = { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: scalar == "\t"
            default: true
            }
        }
        let text = try lines(.text) { $0.write(.warn, message) }
        #expect(text.count == 1)
        #expect(text[0].unicodeScalars.allSatisfy(allowed))
        #expect(text[0].hasSuffix("\té " + character.dropFirst() + "🧭"))
        let json = try lines(.json) { $0.write(.warn, message, fields: [("list", .strings([message]))]) }
        #expect(json.count == 1)
        #expect(json[0].unicodeScalars.allSatisfy(allowed))
        let record = try JSONValue(parsing: Data(json[0].utf8))
        #expect(record["message"]?.string?.utf8.elementsEqual(message.utf8) == true)
        #expect(record["list"]?.array?.first?.string?.utf8.elementsEqual(message.utf8) == true)
    }

    @Test("A record of JSON is an object with Lambda's members and its own")
    func json() throws {
        let lines = try lines(.json) { log in
            let fields: [(String, Log.Value)] = [
                ("count", .number(-3)), ("name", .string("\"")), ("list", .strings(["a", "b"])),
            ]
            log.write(.error, "m", requestID: "id-1", fields: fields)
            log.write(.info, "without an id")
        }
        var record = try JSONValue(parsing: Data(lines[0].utf8))
        #expect(try time.wholeMatch(in: record["timestamp"]?.string ?? "") != nil)
        record["timestamp"] = nil
        #expect(
            record == [
                "level": "ERROR", "message": "m", "requestId": "id-1", "count": -3, "name": "\"", "list": ["a", "b"],
            ]
        )
        #expect(try JSONValue(parsing: Data(lines[1].utf8)).object?.keys.sorted() == ["level", "message", "timestamp"])
    }

    @Test("The time is now, in UTC")
    func now() throws {
        let begin = Date()
        let lines = try lines(.text) { $0.write(.info, "x") }
        let format = ISO8601DateFormatter()
        format.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        let date = try #require(format.date(from: String(lines[0].prefix { $0 != "\t" })))
        #expect(abs(date.timeIntervalSince(begin)) < 5)
    }

    @Test(
        "The form is JSON where AWS_LAMBDA_LOG_FORMAT says so, and text else",
        arguments: [(nil, false), ("JSON", true), ("json", true), ("Text", false), ("", false), ("xml", false)]
            as [(String?, Bool)]
    )
    func format(name: String?, isJSON: Bool) throws {
        var environment: [String: String] = [:]
        environment["AWS_LAMBDA_LOG_FORMAT"] = name
        #expect("\(Log(environment: environment))".contains("Format.json") == isJSON)
    }

    @Test("A record is one write")
    func oneWrite() {
        // A socket of datagrams keeps writes apart.
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, &ends) == 0)
        defer { ends.forEach { close($0) } }
        for format in [Log.Format.text, .json] {
            let log = Log(format: format, level: .info, file: ends[1])
            for message in ["a", "b\nb", String(repeating: "c", count: 2000)] { log.write(.info, message) }
            for _ in 1...3 {
                var packet = [UInt8](repeating: 0, count: 8192)
                let count = read(ends[0], &packet, packet.count)
                #expect(packet.prefix(count).last == UInt8(ascii: "\n"))
                #expect(packet.prefix(count).count { $0 == UInt8(ascii: "\n") } == 1)
            }
        }
    }

    @Test("Records of several threads do not mix")
    func threads() throws {
        let file = try LogFile()
        let log = Log(format: .json, level: .info, file: file.descriptor)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            let message = String(repeating: "\(thread)", count: 1000)
            for _ in 1...50 { log.write(.info, message) }
        }
        let records = try file.lines.map { try JSONValue(parsing: Data($0.utf8)) }
        #expect(records.count == 400)
        for record in records { #expect(Set(record["message"]?.string ?? "").count == 1) }
    }

    @Test("A log that cannot be written is passed over")
    func noFile() {
        Log(format: .text, level: .info, file: -1).write(.info, "x")
    }
}

@Suite("What the loop logs")
struct LoopLogTests {
    private func records(_ steps: [ScriptedServer.Step], handler: Runtime.Handler = Play.echo) throws -> [JSONValue] {
        try Play(steps, format: .json, level: .info, handler: handler).log.map { try JSONValue(parsing: Data($0.utf8)) }
    }

    private let traced = ScriptedServer.Step.reply(
        .invocation(
            Data("{}".utf8),
            id: "a",
            headers: [.init("Lambda-Runtime-Trace-Id", "Root=1-2-3"), .init("Lambda-Runtime-Aws-Tenant-Id", "t")]
        )
    )

    @Test("An invocation is one record, with what came of it, how long it took, and Lambda's own ids")
    func invocation() throws {
        let records = try records([traced, .accepted]) { _ in
            Thread.sleep(forTimeInterval: 0.05)
            return FunctionResponse(payload: [], summary: "done", fields: [("status", .number(200))])
        }
        #expect(records.count == 1)
        let record = records[0]
        #expect(record["level"] == "INFO" && record["requestId"] == "a" && record["status"] == 200)
        let duration = record["durationMs"]?.integer ?? 0
        #expect(duration >= 50 && duration < 2000)
        #expect(record["message"]?.string == "done in \(duration) ms")
        #expect(record["xrayTraceId"] == "Root=1-2-3" && record["tenantId"] == "t")
    }

    @Test("An error is one record, with its type and message")
    func error() throws {
        let records = try records([traced, .accepted]) { _ throws(FunctionError) in
            throw FunctionError(.unmarshal, "no event")
        }
        #expect(records.count == 1)
        #expect(records[0]["level"] == "ERROR" && records[0]["requestId"] == "a" && records[0]["message"] == "no event")
        #expect(records[0]["errorType"] == "Runtime.UnmarshalError" && records[0]["errorMessage"] == "no event")
        #expect(records[0]["stackTrace"] == [])
    }
}
