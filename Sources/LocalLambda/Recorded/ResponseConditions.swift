import Foundation
import Loopback

/// What a recorded case expects of the response (Tests/Cases/README.md). Whatever a case says, an answer is a response
/// that a gateway takes, with a status below 500, a body that is empty or JSON, and errors and sightings in their form.
package struct ResponseConditions: Decodable, Sendable {
    /// One value or several.
    struct OneOrMore<Element: Decodable & Sendable>: Decodable, Sendable {
        let values: [Element]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            values = try (try? [container.decode(Element.self)]) ?? container.decode([Element].self)
        }
    }

    var status: OneOrMore<Int>?
    var body: JSONValue?
    var bodyMembers: [String: JSONValue]?
    var absent: [String]?
    var error: ErrorCondition?
    var errors: [ErrorCondition]?
    var noErrors: Bool?
    var sightings: OneOrMore<Int>?
    var related: [String]?
    var relatedAtLeast: Int?
    var relatedInOrder: [String]?
    var columns: [String]?
    var rows: JSONValue?
    var observedTime: [String: String]?
    var descriptions: Pattern?
    var referEscaped: JSONValue?
    var version: Bool?
    var allow: [String]?
    var statusDescription: String?
    var raw: JSONValue?
    var functionError: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case status, body, absent, error, errors, sightings, related, columns, rows, version, allow, statusDescription,
            raw
        case sane
        case bodyMembers = "body~"
        case noErrors = "no_errors"
        case relatedAtLeast = "related_min"
        case relatedInOrder = "related_order"
        case observedTime = "observed_time"
        case descriptions = "descriptions~"
        case referEscaped = "refer_escaped"
        case functionError = "function_error"
    }

    /// Nothing but what every answer must be.
    package init() {}

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func member<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
            try container.decodeIfPresent(Value.self, forKey: key)
        }
        status = try member(.status)
        bodyMembers = try member(.bodyMembers)
        absent = try member(.absent)
        error = try member(.error)
        errors = try member(.errors)
        noErrors = try member(.noErrors)
        sightings = try member(.sightings)
        related = try member(.related)
        relatedAtLeast = try member(.relatedAtLeast)
        relatedInOrder = try member(.relatedInOrder)
        columns = try member(.columns)
        observedTime = try member(.observedTime)
        descriptions = try member(.descriptions)
        version = try member(.version)
        allow = try member(.allow)
        statusDescription = try member(.statusDescription)
        functionError = try member(.functionError)
        // Null is something to expect here, and not the same as to expect nothing.
        func value(_ key: CodingKeys) throws -> JSONValue? {
            container.contains(key) ? try container.decode(JSONValue.self, forKey: key) : JSONValue?.none
        }
        body = try value(.body)
        rows = try value(.rows)
        referEscaped = try value(.referEscaped)
        raw = try value(.raw)
    }

    /// What is not as expected, a line each.
    ///
    /// - Parameter began: when the invocation began.
    package func violations(by outcome: ExecutionEnvironment.Outcome, began: Date) -> [String] {
        if let functionError {
            if case .error(let error) = outcome, error.type == functionError { return [] }
            return ["expected the error \(functionError), got: \(ResponseSummary(outcome).text)"]
        }
        guard case .response(let bytes) = outcome else {
            return ["expected a response: \(ResponseSummary(outcome).text)"]
        }
        let response = (try? JSONValue(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
        if let raw { return response == raw ? [] : ["the response is \(text(response)), not \(text(raw))"] }
        guard case .integer(let status)? = response["statusCode"] else { return ["no statusCode in \(text(response))"] }
        return gatewayViolations(response, status: status) + bodyViolations(bodyJSON(response), began: began)
    }

    private func bodyViolations(_ body: JSONValue?, began: Date) -> [String] {
        let comparable = body.map(comparableBody)
        var wrong = firstSightingViolations(CTIMSightings(body), began: began)
        for name in absent ?? [] where body?[name] != nil { wrong.append("there is '\(name)': \(text(body?[name]))") }
        if let expected = self.body.map(comparableBody), comparable != expected {
            let difference = RecordedAnswer(json: expected).difference(to: RecordedAnswer(json: comparable ?? .null))
            wrong.append("the body differs:\n" + difference.joined(separator: "\n"))
        }
        for (name, value) in (bodyMembers ?? [:]).sorted(by: { $0.key < $1.key }) where comparable?[name] != value {
            wrong.append("'\(name)' is \(text(comparable?[name])), not \(text(value))")
        }
        if version == true, !isVersion(body) { wrong.append("the body is no version: \(text(body))") }
        return wrong + errorViolations(body) + sightingViolations(CTIMSightings(body)) + linkViolations(body)
    }

    private func isVersion(_ body: JSONValue?) -> Bool {
        guard body?.object?.count == 1, let version = body?["version"]?.string else { return false }
        return version.prefixMatch(of: /\d+\.\d+\.\d+/) != nil
    }
}

/// A regular expression of a case.
struct Pattern: Decodable, Sendable {
    let source: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        source = try container.decode(String.self)
        guard (try? Regex(source)) != nil else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no regular expression")
        }
    }

    /// Whether it is found anywhere in the text.
    func isFound(in text: String) -> Bool {
        regex.map { text.firstMatch(of: $0) != nil } ?? false
    }

    /// Whether the text begins with it.
    func isPrefix(of text: String) -> Bool {
        regex.map { text.prefixMatch(of: $0) != nil } ?? false
    }

    private var regex: Regex<AnyRegexOutput>? {
        (try? Regex(source))?.matchingSemantics(.unicodeScalar)
    }
}

/// A JSON value for a message.
func text(_ json: JSONValue?) -> String {
    json.map { String(decoding: $0.text(), as: UTF8.self) } ?? "nothing"
}
