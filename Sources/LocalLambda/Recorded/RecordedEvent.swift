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
    package struct Surroundings: Hashable, Sendable {
        /// The function's variables; `{certs}` in a value stands for the folder of the certificates, `{origin}` for the
        /// stand-in's address.
        package var variables: [String: String]
        /// Where SecurityTrails is: `http`, `https-good`, `https-expired`, `https-selfsigned`, `https-otherhost`,
        /// `https-plain` for TLS with a server that speaks none, or `refused` for a port where nobody listens.
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
    /// Where the answer is recorded; nil if the event came from a pipe, beside which nothing lies.
    package let answerFile: InputFile?

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

    /// Reads files, and every event of a folder.
    package static func read(_ files: [InputFile]) throws(FileError) -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        for file in files {
            if file.isFolder { events += try read(folder: file) } else { events.append(try RecordedEvent(file)) }
        }
        return events
    }

    /// The events, those of one environment one after the other: they are answered by one process, as warm invocations
    /// are. The order is that of the first event of each environment, then that of the events.
    package static func grouped(_ events: [RecordedEvent]) -> [RecordedEvent] {
        var places: [Surroundings?: Int] = [:]
        for event in events where places[event.surroundings] == nil { places[event.surroundings] = places.count }
        return events.enumerated()
            .map { (place: places[$1.surroundings] ?? 0, number: $0, event: $1) }
            .sorted { ($0.place, $0.number) < ($1.place, $1.number) }
            .map(\.event)
    }

    private static func read(folder: InputFile) throws(FileError) -> [RecordedEvent] {
        let names = try folder.names().filter { $0.hasSuffix(".json") && !$0.hasSuffix(answerSuffix) }
        guard !names.isEmpty else { throw FileError(folder, "no event (NAME.json) in this folder") }
        var events: [RecordedEvent] = []
        for name in names { events.append(try RecordedEvent(folder.file(name))) }
        return events
    }

    private init(_ file: InputFile) throws(FileError) {
        let text = try file.contents(limit: Self.limit)
        let json = try file.json(text)
        var name = "-"
        var answerFile: InputFile?
        if let path = file.path {
            name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
            var status = stat()
            let isPipe = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
            answerFile = isPipe ? nil : file.beside(name + Self.answerSuffix)
        }
        self.name = name
        self.answerFile = answerFile
        if let event = json["event"], json["expect"] != nil || json["upstream"] != nil {
            let parts = try Parts(json, text, file)
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
            let answer: RecordedAnswer? = if let answerFile { try RecordedAnswer(ifAt: answerFile) } else { nil }
            expectation = answer.map(Expectation.answer) ?? .nothing
        }
    }

    /// A case, as its file has it.
    private struct Parts: Decodable {
        var env: [String: String?]?
        var upstreamBase: String?
        var upstream: Scenario?
        var expect: ResponseConditions?
        var expectUpstream: UpstreamConditions?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case name, why, env, upstream, event, expect
            case upstreamBase = "upstream_base"
            case expectUpstream = "expect_upstream"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            env = try container.decodeIfPresent([String: String?].self, forKey: .env)
            upstreamBase = try container.decodeIfPresent(String.self, forKey: .upstreamBase)
            upstream = try container.decodeIfPresent(Scenario.self, forKey: .upstream)
            expect = try container.decodeIfPresent(ResponseConditions.self, forKey: .expect)
            expectUpstream = try container.decodeIfPresent(UpstreamConditions.self, forKey: .expectUpstream)
        }

        /// Reads a case; a member that means nothing is refused, for what it asks would not be checked.
        init(_ json: JSONValue, _ text: Data, _ file: InputFile) throws(FileError) {
            do {
                self = try JSONDecoder().decode(Self.self, from: text)
            } catch {
                throw FileError(file, "is no recorded case: \(explanation(of: error))")
            }
            let none: JSONValue = [:]
            let expect = (json["expect"] ?? none).members(beside: ResponseConditions.CodingKeys.self)
            let asked = (json["expect_upstream"] ?? none).members(beside: UpstreamConditions.CodingKeys.self)
            let unknown =
                json.members(beside: CodingKeys.self) + expect.map { "expect.\($0)" }
                + asked.map { "expect_upstream.\($0)" }
                + Scenario.unknownMembers(in: json["upstream"] ?? none).map { "upstream.\($0)" }
            if let first = unknown.first { throw FileError(file, "unknown member '\(first)'") }
            if let base = upstreamBase, !StandIns.names.contains(base) {
                throw FileError(
                    file,
                    "upstream_base: '\(base)' is none of \(StandIns.names.joined(separator: ", "))"
                )
            }
        }
    }
}
