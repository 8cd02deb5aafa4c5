import Foundation
import Loopback

/// SecurityTrails as a soak needs it: what it answers is made of what it is asked and of the API key, and so is how.
final class SoakUpstream: Sendable {
    /// A question about a mark: `a`, `aaaa` or `list`.
    private struct Question: Hashable {
        let mark: SoakMark
        let name: String
        let key: String
    }

    private let server: HTTPServer
    /// How often each question was asked; by the mark's number.
    private let asked: Monitor<[Int: [Question: Int]]>

    init(tls: TLSIdentity?) throws {
        let asked = Monitor<[Int: [Question: Int]]>([:])
        self.asked = asked
        server = try HTTPServer(tls: tls) { request in
            guard let key = request["APIKEY"], let question = Self.question(request, key) else {
                return request.path == "/v1/ping" ? .json(200, ["success": true]) : .response(598)
            }
            let count = asked.with { asked in
                asked[question.mark.number, default: [:]][question, default: 0] += 1
                return asked[question.mark.number]?[question] ?? 0
            }
            return Self.reply(to: question, count: count)
        }
    }

    /// For `SECURITYTRAILS_API_URL`.
    var baseURL: String { server.origin + "/v1/" }

    /// How often it was asked about the mark with that API key, since this was asked last.
    func takeRequests(about mark: SoakMark, key: String) -> Int {
        asked.with { asked in
            let mine = asked[mark.number]?.filter { $0.key.mark == mark && $0.key.key == key } ?? [:]
            for question in mine.keys { asked[mark.number]?[question] = nil }
            if asked[mark.number]?.isEmpty == true { asked[mark.number] = nil }
            return mine.values.reduce(0, +)
        }
    }

    /// Ends the connections that are kept, as a server does with those of a process that was frozen for long.
    func endConnections() {
        server.endConnections()
    }

    func stop() {
        server.stop()
    }

    // MARK: - Answers

    private static func question(_ request: HTTPServer.Request, _ key: String) -> Question? {
        let segments = request.path.split(separator: "/").map(String.init)
        var value: String?
        if segments.count == 5, segments[1] == "history", segments[3] == "dns" { value = segments[2] }
        if segments == ["v1", "domains", "list"] {
            value = (try? JSONValue(parsing: request.body))?["filter"]?["ipv6"]?.string
        }
        return value.flatMap { SoakMark($0) }.map { Question(mark: $0, name: segments[segments.count - 1], key: key) }
    }

    private static func reply(to question: Question, count: Int) -> HTTPServer.Reply {
        let behaviour = question.mark.behaviour
        switch behaviour {
        case .good, .large: return good(question)
        case .gzip: return good(question) { $0.gzip = true }
        case .chunked: return good(question) { $0.chunked = 100 }
        case .slow: return good(question) { $0.delay = 0.05 }
        case .drip: return good(question) { $0.bytesPerSecond = 5_000 }
        case .dropped: return count == 1 ? .drop : good(question)
        case .busy: return count == 1 ? .response(503) : good(question)
        case .limited: return count == 1 ? .response(429, [.init("Retry-After", "0")]) : good(question)
        case .unknown: return message("Not found.", 404)
        case .nonsense: return .json(200, ["records": .string(question.mark.value)])
        case .cut: return good(question) { $0.contentLength = 100_000 }
        case .fault: return message(question.mark.value, 500)
        case .redirect: return .response(302, [.init("Location", "http://127.0.0.1:1/v1/ping")])
        case .forbidden: return message("This feature is not available for your subscription package.", 403)
        case .refused: return message("Invalid authentication credentials", 401)
        case .endless: return HTTPServer.Reply(.flood(Array("HTTP/1.1 200 OK\r\n\r\n{".utf8), endlessly: blanks))
        case .bomb:
            let coding = Array(repeating: "gzip", count: Bomb.layers).joined(separator: ", ")
            return .response(200, [.init("Content-Encoding", coding)], Bomb.body)
        case .hang: return .hang
        }
    }

    private static let blanks = Array(repeating: UInt8(ascii: " "), count: 65_536)

    private static func message(_ text: String, _ status: Int) -> HTTPServer.Reply {
        .json(status, ["message": .string(text)])
    }

    private static func good(
        _ question: Question,
        _ change: (inout Scenario.Answer) -> Void = { _ in }
    ) -> HTTPServer.Reply {
        let related = question.mark.related(to: question.key)
        var answer: Scenario.Answer =
            switch question.name {
            case "a": .history(related[0])
            case "aaaa": .history(related[1], key: "ipv6")
            default: .domains(related[0])
            }
        change(&answer)
        return answer.reply(origin: "")
    }
}
