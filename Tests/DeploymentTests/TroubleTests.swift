import Foundation
import Testing

@testable import Deployment
@testable import HTTPClient

/// The guides list what can go wrong, a row each; `relayctl check` must tell as much.
@Suite("What an answer means")
struct TroubleTests {
    @Test("Every row of CommonErrors about the URL has a meaning of its own")
    func urlRows() throws {
        let rows = try table(in: "aws/CommonErrors.md", headed: "| answer | cause |")
        #expect(rows.count == 8)
        var meanings: [String: String] = [:]
        for row in rows {
            if row.contains("Could not resolve host") {
                meanings[Trouble(HTTPError.cannotResolve("Could not resolve host: x")).meaning] = row
                continue
            }
            // `404 or 405` is two, and what a row leaves open is a message of the relay's.
            let statuses = row.prefix { $0 != "`" }.matches(of: /[0-9]{3}/).compactMap { Int($0.output) }
            let body = try #require(row.firstMatch(of: /`({[^`]*})`/)?.output.1).replacing("…", with: "\"Not Found\"")
            #expect(!statuses.isEmpty)
            for status in statuses {
                let text = String(body.replacing("404", with: String(status)))
                let trouble = try #require(answered(status, text), "\(row)")
                #expect(trouble.seen == "status \(status) \(text)")
                #expect(trouble.meaning != Trouble.unexplained, "\(row)")
                meanings[trouble.meaning] = row
            }
        }
        #expect(meanings.count == rows.count, "\(meanings)")
    }

    @Test("Every reason for which the relay lets nobody in has a meaning of its own")
    func refusals() throws {
        let messages = try table(in: "docs/errors.md", headed: "| message | cause | what to do |")
            .compactMap { $0.firstMatch(of: /^\| `([^`]*)`/)?.output.1 }
        #expect(messages.count == 14)
        let meanings = try messages.map { message in
            let text =
                #"{"errors":[{"type":"fatal","code":"authorization error","message":"Authorization failed: MESSAGE"}]}"#
            let trouble = try #require(answered(200, text.replacing("MESSAGE", with: message)))
            #expect(trouble.seen == "authorization error: Authorization failed: \(message)")
            return trouble.meaning
        }
        #expect(Set(meanings).count == messages.count, "\(meanings)")
    }

    @Test("Every code that /health can answer has a meaning, and what no row explains is said to be so")
    func codes() throws {
        let codes = try table(in: "docs/errors.md", headed: "| code | type | short explanation |")
            .filter { $0.contains("| fatal") }.compactMap { $0.firstMatch(of: /`([^`]*)`/)?.output.1 }
        #expect(codes.count == 8)
        let unexplained = Trouble(code: "no code of ours", message: "x").meaning
        let meanings = codes.map { Trouble(code: String($0), message: "SecurityTrails did not answer in time").meaning }
        #expect(!meanings.contains(unexplained))
        #expect(Set(meanings).count == codes.count)
        let limit = "Unexpected response from SecurityTrails: You've exceeded the usage limits for your account"
        #expect(Trouble(code: "too many requests", message: limit).meaning.contains("used up"))
        #expect(answered(418, "{}")?.meaning == Trouble.unexplained)
        #expect(answered(200, "<html>\u{1B}[31mHello")?.seen == "not this relay's answer: status 200 <html> [31mHello")
    }

    @Test("Every row of CommonErrors about the function's log is found in a log and has a meaning of its own")
    func logRows() throws {
        let rows = try table(
            in: "aws/CommonErrors.md",
            headed: "| message | cause | what to do |",
            after: "function's log:"
        )
        #expect(rows.count == 10)
        var meanings: Set = [LogFinding.noGroup.meaning, LogFinding.nothing.meaning]
        for row in rows.dropFirst(2) {
            let cell = row.dropFirst(2).prefix { $0 != "|" }
            let texts = cell.matches(of: /``([^|]*?)``|`([^`]*)`/).map { String($0.output.1 ?? $0.output.2 ?? "") }
            #expect(!texts.isEmpty)
            let found = texts.map { text in
                let record = "RequestId: 1 Error:\t" + text.replacing("…", with: "38") + "\n"
                guard case .record(let said, let meaning) = LogFinding(["START", record, "END"]) else { return "" }
                #expect(said == record.split { $0.isWhitespace }.joined(separator: " "))
                return meaning
            }
            #expect(Set(found).count == 1, "\(row)")
            #expect(meanings.insert(found[0]).inserted, "\(row)")
        }
        #expect(LogFinding(["START", "END"]) == .nothing)
    }

    @Test("The particular goes before the general, whichever was logged last")
    func order() {
        let records = ["bootstrap: /lib64/libc.so.6: version `GLIBC_2.38' not found", "Runtime.ExitError"]
        #expect(LogFinding(records) == LogFinding(records.reversed()))
        #expect(LogFinding(records).meaning.contains("newer C library"))
    }

    private func answered(_ status: Int, _ body: String) -> Trouble? {
        let exchange: RelayProbe.Exchange = { (_, _) throws(HTTPError) in
            HTTPResponse(status: status, headers: HTTPHeaders(), body: Array(body.utf8), retryAfter: nil)
        }
        guard case .failure(let trouble) = RelayProbe(url: "x", exchange).version(timeout: 1).result else { return nil }
        return trouble
    }

    /// The rows of a guide's first table with that head, or the first after a text.
    private func table(in file: String, headed head: String, after text: String = "") throws -> [String] {
        let guide = try String(contentsOf: Self.project.appendingPathComponent(file), encoding: .utf8)
        let start = text.isEmpty ? guide.startIndex : try #require(guide.range(of: text)).upperBound
        let lines = guide[start...].split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let first = try #require(lines.firstIndex { $0.hasPrefix(head) })
        return Array(lines[(first + 2)...].prefix { $0.hasPrefix("|") })
    }

    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
