import Foundation
import Loopback

/// What a recorded case expects of the response.
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
    var error: [String: JSONValue]?
    var errors: [[String: JSONValue]]?
    var noErrors: Bool?
    var sightings: OneOrMore<Int>?
    var related: [String]?
    var relatedAtLeast: Int?
    var descriptions: String?
    var referEscaped: JSONValue?
    var version: Bool?
    var allow: [String]?
    var statusDescription: String?
    var raw: JSONValue?
    var functionError: String?

    enum CodingKeys: String, CodingKey {
        case status, body, error, errors, sightings, related, version, allow, statusDescription, raw
        case bodyMembers = "body~"
        case noErrors = "no_errors"
        case relatedAtLeast = "related_min"
        case descriptions = "descriptions~"
        case referEscaped = "refer_escaped"
        case functionError = "function_error"
    }

    init() {}

    /// What is not as expected, a line each.
    package func violations(by outcome: ExecutionEnvironment.Outcome) -> [String] {
        if let functionError {
            if case .error(let error) = outcome, error.type == functionError { return [] }
            return ["expected the error \(functionError), got: \(ResponseSummary(outcome).text)"]
        }
        guard case .response(let bytes) = outcome else {
            return ["expected a response: \(ResponseSummary(outcome).text)"]
        }
        guard let response = try? JSONValue(parsing: bytes) else { return ["the response is not JSON"] }
        if let raw { return response == raw ? [] : ["the response is not \(text(raw))"] }
        return envelopeViolations(response) + bodyViolations(response)
    }

    // MARK: - The envelope

    private func envelopeViolations(_ response: JSONValue) -> [String] {
        var wrong: [String] = []
        guard let got = response["statusCode"]?.integer else { return ["no statusCode"] }
        if !(status?.values ?? [200]).contains(got) { wrong.append("status \(got)") }
        let unknown = Set(response.object?.keys.map { $0 } ?? []).subtracting(GatewayKind.everyMember)
        if !unknown.isEmpty { wrong.append("members that no gateway takes: \(unknown.sorted())") }
        if let statusDescription, response["statusDescription"]?.string != statusDescription {
            wrong.append("statusDescription \(text(response["statusDescription"]))")
        }
        let allowed = header("allow", of: response)?.split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        if let allow, allowed?.sorted() != allow { wrong.append("Allow \(allowed ?? [])") }
        let hasBody = response["body"]?.string.map { !$0.isEmpty } ?? false
        if hasBody, header("content-type", of: response)?.hasPrefix("application/json") != true {
            wrong.append("the content type is not application/json")
        }
        if hasBody, bodyJSON(response) == nil { wrong.append("the body is not JSON") }
        return wrong
    }

    private func header(_ name: String, of response: JSONValue) -> String? {
        let single = response["headers"]?.object?.first { $0.key.lowercased() == name }?.value.string
        let multiple = response["multiValueHeaders"]?.object?.first { $0.key.lowercased() == name }?.value.array
        return single ?? multiple?.compactMap(\.string).joined(separator: ",")
    }

    // MARK: - The body

    private func bodyViolations(_ response: JSONValue) -> [String] {
        let body = bodyJSON(response).map(maskedBody)
        var wrong: [String] = []
        if let expected = self.body, body != maskedBody(expected) {
            let difference = RecordedAnswer(json: maskedBody(expected)).difference(
                to: RecordedAnswer(json: body ?? .null)
            )
            wrong.append("the body differs:\n" + difference.joined(separator: "\n"))
        }
        for (name, value) in bodyMembers ?? [:] where body?[name] != value {
            wrong.append("\(name) is \(text(body?[name])), not \(text(value))")
        }
        if version == true, body != ["version": "<version>"] { wrong.append("the body is no version") }
        return wrong + errorViolations(body) + sightingViolations(body) + linkViolations(body)
    }

    private func errorViolations(_ body: JSONValue?) -> [String] {
        let got = body?["errors"]?.array ?? []
        var wrong: [String] = []
        for error in got where !isErrorObject(error) { wrong.append("no error object: \(text(error))") }
        for expected in (errors ?? []) + [error].compactMap(\.self)
        where !got.contains(where: { matches($0, expected) }) {
            wrong.append("no error like \(text(.object(expected))) among \(text(.array(got)))")
        }
        if noErrors == true, !got.isEmpty { wrong.append("errors: \(text(.array(got)))") }
        return wrong
    }

    private func isErrorObject(_ error: JSONValue) -> Bool {
        Set(error.object?.keys.map { $0 } ?? []) == ["type", "code", "message"]
            && ["fatal", "warning", "error"].contains(error["type"]?.string)
            && error["code"]?.string != nil && error["message"] != .string("")
    }

    private func matches(_ error: JSONValue, _ expected: [String: JSONValue]) -> Bool {
        expected.allSatisfy { name, value in
            guard name == "message~" else { return error[name] == value }
            let prefix = "Invalid JSON payload received. "
            let message = error["message"]?.string ?? prefix + text(error["message"])
            return isMatch(message, value.string ?? "")
        }
    }

    private func sightingViolations(_ body: JSONValue?) -> [String] {
        let docs = body?["data"]?["sightings"]?["docs"]?.array ?? []
        var wrong: [String] = []
        if let bounds = sightings?.values, let low = bounds.first, let high = bounds.last,
            !(low...high).contains(docs.count)
        {
            wrong.append("\(docs.count) sightings")
        }
        let values = docs.flatMap { sighting in
            (sighting["relations"]?.array ?? []).compactMap { relation in
                let isAsked = sighting["observables"]?.array?.contains { $0 == relation["related"] } ?? false
                return relation[isAsked ? "source" : "related"]?["value"]?.string
            }
        }
        if let related, related != values { wrong.append("related values \(values)") }
        if let relatedAtLeast, values.count < relatedAtLeast { wrong.append("only \(values.count) related values") }
        if let descriptions, !docs.allSatisfy({ isMatch($0["description"]?.string ?? "", descriptions) }) {
            wrong.append("a description does not match \(descriptions)")
        }
        for sighting in docs where sighting["id"] != "<id>" { wrong.append("the id \(text(sighting["id"]))") }
        for sighting in docs where sighting["observed_time"]?["start_time"] != "<time>" {
            wrong.append("the time \(text(sighting["observed_time"]))")
        }
        return wrong
    }

    private func linkViolations(_ body: JSONValue?) -> [String] {
        guard let referEscaped else { return [] }
        let places = ["ip": ("list/ip/", ""), "ipv6": ("list/ip/", ""), "domain": ("domain/", "/dns")]
        let links = body?["data"]?.array ?? []
        let base = "https://securitytrails.com/"
        guard links.allSatisfy({ $0["url"]?.string?.hasPrefix(base) == true }) else { return ["a foreign URL"] }
        guard case .array(let observables) = referEscaped else { return [] }
        let asked = observables.filter { places[$0["type"]?.string ?? ""] != nil }
        guard asked.count == links.count else { return ["\(links.count) links for \(asked.count) observables"] }
        return zip(links, asked).compactMap { link, observable in
            let (before, after) = places[observable["type"]?.string ?? ""] ?? ("", "")
            let url = link["url"]?.string ?? ""
            let segment = url.dropFirst(base.count + before.count).dropLast(after.count)
            let isSegment = isMatch(String(segment), "^[A-Za-z0-9._~%!$&'()*+,;=:@-]*$")
            let isWhole = url == base + before + segment + after
            let isRight = isWhole && isSegment && segment.removingPercentEncoding == observable["value"]?.string
            return isRight ? nil : "the URL \(url) for \(text(observable))"
        }
    }
}

/// What a recorded case expects of the requests to SecurityTrails.
package struct UpstreamConditions: Decodable, Sendable {
    var any: Bool?
    var requests: [String]?
    var count: Int?
    var targets: String?

    enum CodingKeys: String, CodingKey {
        case any, requests, count
        case targets = "targets~"
    }

    init() {}

    /// What is not as expected, a line each.
    package func violations(by requests: [StandInSecurityTrails.Request]) -> [String] {
        let wrong = requests.flatMap(headerViolations)
        if any == true { return wrong }
        let got = requests.map { "\($0.method) \($0.target)" }
        var more: [String] = []
        if let count, count != got.count {
            more.append("\(got.count) requests to SecurityTrails, not \(count): \(got)")
        }
        if let targets, !requests.allSatisfy({ isMatch($0.target, targets) }) { more.append("a target of \(got)") }
        if let expected = self.requests, got.map(withoutPageOne).sorted() != expected.map(withoutPageOne).sorted() {
            more.append("requests to SecurityTrails \(got), not \(expected)")
        }
        return wrong + more
    }

    private func headerViolations(_ request: StandInSecurityTrails.Request) -> [String] {
        var wrong: [String] = []
        for name in ["apikey", "user-agent"] where request[name]?.isEmpty != false { wrong.append("no \(name) sent") }
        if request["accept"] != "application/json" { wrong.append("Accept is not application/json") }
        if !request.body.isEmpty, request["content-type"]?.hasPrefix("application/json") != true {
            wrong.append("the body's content type is not application/json")
        }
        return wrong
    }

    /// Page 1 may be asked for with or without saying so.
    private func withoutPageOne(_ target: String) -> String {
        target.hasSuffix("?page=1") ? String(target.dropLast("?page=1".count)) : target
    }
}

/// Whether the pattern is found in the text; one that is no pattern is not.
private func isMatch(_ text: String, _ pattern: String) -> Bool {
    (try? Regex(pattern)).map { text.firstMatch(of: $0) != nil } ?? false
}

private func text(_ json: JSONValue?) -> String {
    json.map { String(decoding: $0.text(), as: UTF8.self) } ?? "nothing"
}
