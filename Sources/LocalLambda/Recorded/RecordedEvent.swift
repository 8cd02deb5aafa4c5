import Foundation
import Loopback

/// An event to replay, with what it needs and what must come back: a plain event, or a case that names its environment,
/// SecurityTrails' answers and what is expected.
package struct RecordedEvent: Sendable {
    /// What must come back.
    package enum Expectation: Sendable {
        /// Anything.
        case nothing
        /// What was recorded.
        case answer(RecordedAnswer)
        /// What a case says of the response, and of the requests to SecurityTrails.
        case conditions(ResponseConditions, UpstreamConditions)
    }

    /// What a case brings along.
    package struct Surroundings: Equatable, Sendable {
        /// The function's variables; `{certs}` in a value stands for the folder of the certificates.
        package var variables: [String: String]
        /// Where SecurityTrails is: `http`, `https-good`, `https-expired`, `https-selfsigned`, `https-otherhost`, or
        /// `refused` for a port where nobody listens.
        package var base: String
    }

    /// The file's name without its ending.
    package let name: String
    /// The event's bytes.
    package let event: Data
    /// What a case brings along; nil for a plain event.
    package let surroundings: Surroundings?
    /// What SecurityTrails answers; nil for a plain event.
    package let scenario: Scenario?
    /// What must come back.
    package let expectation: Expectation
    /// Where the answer is recorded; nil where the event came from a pipe, beside which nothing lies.
    package let answerFile: URL?

    /// Where in a plain event's Authorization the caller's token goes.
    package static let tokenPlaceholder = "<DEMO_JWT>"

    /// The event with a token in the place of the placeholder.
    package func event(token: String?) -> Data {
        guard let token else { return event }
        let text = String(decoding: event, as: UTF8.self)
        return Data(text.replacingOccurrences(of: Self.tokenPlaceholder, with: token).utf8)
    }
}

extension RecordedEvent {
    private static let answerSuffix = ".answer.json"
    /// Lambda takes events of 6 MB; a case has more than its event in it.
    private static let limit = 8 << 20

    /// Reads files, every event of a folder, and standard input for `-`.
    package static func read(_ paths: [String]) throws -> [RecordedEvent] {
        try paths.flatMap { path -> [RecordedEvent] in
            if path == "-" {
                let text = try contents(of: path, limit: limit)
                return [try RecordedEvent(text, name: "-", origin: "standard input", answerFile: nil)]
            }
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw LocalError("\(path): no such file")
            }
            return try isFolder.boolValue ? read(folder: path) : [RecordedEvent(file: URL(fileURLWithPath: path))]
        }
    }

    private static func read(folder: String) throws -> [RecordedEvent] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".json") && !$0.hasSuffix(answerSuffix) }
            .sorted()
        guard !names.isEmpty else { throw LocalError("\(folder): no event (NAME.json) in this folder") }
        return try names.map { try RecordedEvent(file: URL(fileURLWithPath: folder).appendingPathComponent($0)) }
    }

    private init(file: URL) throws {
        let name = file.deletingPathExtension().lastPathComponent
        let answerFile = file.deletingLastPathComponent().appendingPathComponent(name + Self.answerSuffix)
        let text = try contents(of: file.relativePath, limit: Self.limit)
        var status = stat()
        let isPipe = stat(file.path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
        try self.init(text, name: name, origin: file.relativePath, answerFile: isPipe ? nil : answerFile)
    }

    private init(_ text: Data, name: String, origin: String, answerFile: URL?) throws {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: text)
        } catch {
            throw LocalError("\(origin): is not JSON: \(explanation(of: error))")
        }
        self.name = name
        self.answerFile = answerFile
        if let event = json["event"], json["expect"] != nil || json["upstream"] != nil {
            let parts: Parts
            do {
                parts = try JSONDecoder().decode(Parts.self, from: text)
            } catch {
                throw LocalError("\(origin): is no recorded case: \(explanation(of: error))")
            }
            self.event = event.text()
            surroundings = Surroundings(
                variables: parts.env?.compactMapValues(\.self) ?? [:],
                base: parts.upstreamBase ?? "http"
            )
            scenario = parts.upstream ?? Scenario()
            expectation = .conditions(
                parts.expect ?? ResponseConditions(),
                parts.expectUpstream ?? UpstreamConditions()
            )
        } else {
            event = text
            surroundings = nil
            scenario = nil
            expectation = try answerFile.flatMap(RecordedAnswer.init(ifAt:)).map(Expectation.answer) ?? .nothing
        }
    }

    /// A case, as its file has it.
    private struct Parts: Decodable {
        var env: [String: String?]?
        var upstreamBase: String?
        var upstream: Scenario?
        var expect: ResponseConditions?
        var expectUpstream: UpstreamConditions?

        enum CodingKeys: String, CodingKey {
            case env, upstream, expect
            case upstreamBase = "upstream_base"
            case expectUpstream = "expect_upstream"
        }
    }
}

/// A decoding error in one line: what, and where.
func explanation(of error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    let context: DecodingError.Context
    switch error {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found),
        .dataCorrupted(let found):
        context = found
    @unknown default: return "\(error)"
    }
    let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    let reason = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
    return (path.isEmpty ? "" : path + ": ") + (reason ?? context.debugDescription)
}
