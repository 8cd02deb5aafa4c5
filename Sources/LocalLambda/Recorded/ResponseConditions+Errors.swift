import Foundation
import Loopback

/// An error that must be among an answer's: these members have these values.
struct ErrorCondition: Decodable, Sendable {
    let members: [String: JSONValue]
    /// What the message must look like.
    let message: Pattern?

    private static let messagePattern = "message~"

    init(from decoder: any Decoder) throws {
        var members = try [String: JSONValue](from: decoder)
        let isPattern = members.removeValue(forKey: Self.messagePattern) != nil
        message = isPattern ? try Patterns(from: decoder).message : nil
        self.members = members
    }

    private struct Patterns: Decodable {
        let message: Pattern

        enum CodingKeys: String, CodingKey {
            case message = "message~"
        }
    }

    func isMet(by error: JSONValue) -> Bool {
        guard members.allSatisfy({ error[$0.key] == $0.value }) else { return false }
        guard let message else { return true }
        return error["message"]?.string.map(message.isFound) ?? false
    }

    var description: String {
        var all = JSONValue.object(members)
        if let message { all[Self.messagePattern] = .string(message.source) }
        return text(all)
    }
}

extension ResponseConditions {
    /// The most characters of a message, as JSON with everything escaped that is not ASCII.
    private static let longestMessage = 6_000

    /// Whether each error is one that the platform takes, and those that the case names are there.
    func errorViolations(_ body: JSONValue?) -> [String] {
        var wrong: [String] = []
        let got = body?["errors"]?.array ?? []
        if let errors = body?["errors"], errors.array == nil { wrong.append("no list of errors: \(text(errors))") }
        for error in got {
            if !isErrorObject(error) {
                wrong.append("no error object: \(text(error).prefix(200))")
            } else if let message = error["message"]?.string, Self.escapedLength(message) > Self.longestMessage {
                wrong.append("a message of \(message.count) characters")
            }
        }
        for expected in (errors ?? []) + [error].compactMap(\.self) where !got.contains(where: expected.isMet) {
            wrong.append("no error like \(expected.description) among \(text(.array(got)).prefix(400))")
        }
        if noErrors == true, !got.isEmpty { wrong.append("errors: \(text(.array(got)).prefix(400))") }
        return wrong
    }

    private func isErrorObject(_ error: JSONValue) -> Bool {
        Set((error.object ?? [:]).keys) == ["type", "code", "message"]
            && ["fatal", "warning", "error"].contains(error["type"]?.string)
            && error["code"]?.string != nil && error["message"]?.string?.isEmpty == false
    }

    /// `\uXXXX` for each UTF-16 unit beyond ASCII and each control character without an escape of its own.
    private static func escapedLength(_ text: String) -> Int {
        text.utf16.reduce(2) { length, unit in
            switch unit {
            case 0x22, 0x5c, 0x08, 0x09, 0x0a, 0x0c, 0x0d: length + 2
            case 0x20..<0x7f: length + 1
            default: length + 6
            }
        }
    }
}
