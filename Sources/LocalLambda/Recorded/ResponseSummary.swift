import Foundation
import Loopback

/// What a response of the relay amounts to, for a line of text.
package struct ResponseSummary: Sendable {
    /// The HTTP status; nil if no gateway would make one of it.
    package let status: Int?
    /// How many sightings.
    package let sightings: Int
    /// How many relations in them.
    package let relations: Int
    /// How many links to refer to.
    package let links: Int
    /// The errors and warnings: type and code.
    package let errors: [(type: String, code: String)]
    /// Something short that is neither of these.
    private let detail: String?
    /// What is no response of the relay.
    private let rest: String?

    /// Reads what came of an invocation.
    package init(_ outcome: ExecutionEnvironment.Outcome) {
        var body: JSONValue?
        switch outcome {
        case .response(let bytes):
            let response = try? JSONValue(parsing: bytes)
            status = response?["statusCode"]?.integer
            body = response.flatMap(bodyJSON)
            rest = status == nil ? String(decoding: bytes.prefix(60), as: UTF8.self) : nil
        case .error(let error):
            status = nil
            rest = "reported \(error.type ?? "an error without a type"): \(error.message)"
        case .timedOut:
            status = nil
            rest = "timed out"
        case .ended(let how):
            status = nil
            rest = how
        }
        let docs = body?["data"]?["sightings"]?["docs"]?.array ?? []
        sightings = docs.count
        relations = docs.reduce(0) { $0 + ($1["relations"]?.array?.count ?? 0) }
        links = body?["data"]?.array?.count ?? 0
        errors = (body?["errors"]?.array ?? []).map { ($0["type"]?.string ?? "?", $0["code"]?.string ?? "?") }
        let version = body?["version"]?.string.map { "version \($0)" }
        let health = body?["data"]?["status"]?.string.map { "status \($0)" }
        detail = version ?? health ?? body?["message"]?.string
    }

    /// Whether it is no success: an error or a warning in the body, a status of 400 or more, or no response at all.
    package var isFailure: Bool {
        (rest != nil && rest != "null") || (status ?? 200) >= 400 || !errors.isEmpty
    }

    /// What came, in a few words: `2 sightings, 5 relations; warning: unprocessed pages`.
    package var text: String {
        if let rest { return rest }
        var found: [String] = []
        if sightings > 0 { found = [count(sightings, "sighting"), count(relations, "relation")] }
        if links > 0 { found.append(count(links, "link")) }
        if let detail { found.append(detail) }
        let list = found.isEmpty && errors.isEmpty ? "nothing" : found.joined(separator: ", ")
        return ([list] + errors.map { "\($0.type): \($0.code)" }).filter { !$0.isEmpty }.joined(separator: "; ")
    }

    private func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}

/// Method and path of an event, as a person would name it.
package func requestLine(ofEvent event: Data) -> (method: String, path: String) {
    guard let json = try? JSONValue(parsing: event) else { return ("-", "(no JSON)") }
    if let method = json["httpMethod"]?.string { return (method, json["path"]?.string ?? "-") }
    if let method = json["requestContext"]?["http"]?["method"]?.string {
        return (method, json["rawPath"]?.string ?? "-")
    }
    return ("-", "(\(json["source"]?.string ?? "no request"))")
}
