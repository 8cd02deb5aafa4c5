import Foundation
import Loopback

/// What a JSON value must look like, and why one does not.
indirect enum JSONShape: Sendable {
    /// A text of at most so many UTF-16 units, and at least so many.
    case string(most: Int = .max, least: Int = 0)
    /// One of these texts; the name is for the message.
    case word(Set<String>, of: String)
    /// A whole number that is not negative.
    case count
    /// A whole number.
    case integer
    /// Any number.
    case number
    /// `true` or `false`
    case truth
    /// A date and time with a zone, from 1970 on.
    case time
    /// A URI reference (RFC 3986) of 1 to 2,048 characters.
    case uri
    case list(JSONShape)
    /// An object with these members and no others.
    case object(required: [String: JSONShape], optional: [String: JSONShape] = [:])
    /// Any object.
    case anyObject
    /// Anything at all.
    case anything

    /// What is wrong with the value, a line each, the path in front.
    func violations(by value: JSONValue, at path: String) -> [String] {
        switch self {
        case .anything: []
        case .anyObject: value.object == nil ? ["\(path): no object"] : []
        case .string(let most, let least):
            value.string.map { Self.lengthViolations($0, least, most, path) } ?? ["\(path): no text"]
        case .word(let words, let name):
            value.string.map(words.contains) == true ? [] : ["\(path): \(text(value)) is no \(name)"]
        case .count:
            Self.writtenInteger(value).map { $0 >= 0 } == true
                ? [] : ["\(path): \(text(value)) is no whole number from 0"]
        case .integer: Self.writtenInteger(value) == nil ? ["\(path): \(text(value)) is no whole number"] : []
        case .number: Self.isNumber(value) ? [] : ["\(path): \(text(value)) is no number"]
        case .truth: if case .bool = value { [] } else { ["\(path): \(text(value)) is neither true nor false"] }
        case .time:
            value.string.flatMap(moment).map { $0 >= 0 } == true ? [] : ["\(path): \(text(value)) is no date and time"]
        case .uri: value.string.map(Self.isURI) == true ? [] : ["\(path): \(text(value).prefix(100)) is no URI"]
        case .list(let element): Self.listViolations(value, element, path)
        case .object(let required, let optional): Self.objectViolations(value, required, optional, path)
        }
    }

    private static func lengthViolations(_ text: String, _ least: Int, _ most: Int, _ path: String) -> [String] {
        let length = text.utf16.count
        if length < least { return ["\(path): is empty"] }
        return length > most ? ["\(path): \(length) characters, more than \(most)"] : []
    }

    /// Not `2.0`, which is a number of another kind to the platform.
    private static func writtenInteger(_ value: JSONValue) -> Int? {
        if case .integer(let number) = value { number } else { nil }
    }

    private static func isNumber(_ value: JSONValue) -> Bool {
        switch value {
        case .integer, .number: true
        default: false
        }
    }

    private static func isURI(_ text: String) -> Bool {
        let form = /(?:[A-Za-z0-9\-._~:\/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+/
        return text.utf16.count <= 2_048 && text.wholeMatch(of: form) != nil
    }

    private static func listViolations(_ value: JSONValue, _ element: JSONShape, _ path: String) -> [String] {
        guard let elements = value.array else { return ["\(path): no list"] }
        return elements.enumerated().flatMap { element.violations(by: $1, at: "\(path).\($0)") }
    }

    private static func objectViolations(
        _ value: JSONValue,
        _ required: [String: JSONShape],
        _ optional: [String: JSONShape],
        _ path: String
    ) -> [String] {
        guard let members = value.object else { return ["\(path): no object"] }
        let missing = required.keys.filter { members[$0] == nil }.sorted().map { "\(path): no \($0)" }
        return missing
            + members.sorted { $0.key < $1.key }.flatMap { name, value in
                let shape = required[name] ?? optional[name]
                return shape?.violations(by: value, at: "\(path).\(name)") ?? ["\(path): unknown member '\(name)'"]
            }
    }
}
