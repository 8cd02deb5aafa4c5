import Foundation
import Loopback

/// The response with its body as JSON, and a mask where every answer differs: ids, the time of the invocation, the
/// version.
func masked(_ response: JSONValue) -> JSONValue {
    guard let body = bodyJSON(response) else { return response }
    var response = response
    response["body"] = maskedBody(body)
    return response
}

/// A response's body as JSON: of the string that a gateway takes, or as a recorded answer has it.
func bodyJSON(_ response: JSONValue) -> JSONValue? {
    switch response["body"] {
    case .string(let text):
        let isBase64 = response["isBase64Encoded"] == .bool(true)
        let bytes = isBase64 ? Data(base64Encoded: text) : Data(text.utf8)
        return bytes.flatMap { try? JSONValue(parsing: $0) }
    case .object, .array:
        return response["body"]
    default:
        return nil
    }
}

/// The sightings of an answer's body; empty if it has none.
func sightings(of body: JSONValue?) -> [JSONValue] {
    body?["data"]?["sightings"]?["docs"]?.array ?? []
}

private func maskedBody(_ body: JSONValue) -> JSONValue {
    var body = body
    if case .string(let version) = body["version"], version.wholeMatch(of: /\d+\.\d+\.\d+/) != nil {
        body["version"] = "<version>"
    }
    return withReadableMessages(changingSightings(of: body) { maskedSighting($0, times: isNow) })
}

/// A body as the cases compare it: the members that an older case knows nothing of left out, ids and all times masked,
/// and the relations in an order that depends on nothing but them.
func comparableBody(_ body: JSONValue) -> JSONValue {
    withReadableMessages(
        changingSightings(of: body) { sighting in
            var sighting = maskedSighting(sighting, times: isTime)
            for name in ["data", "short_description", "external_references", "activity_interval"] {
                sighting[name] = nil
            }
            if let relations = sighting["relations"]?.array {
                sighting["relations"] = .array(relations.map(plainRelation).sorted(by: precedes))
            }
            return sighting
        }
    )
}

private func plainRelation(_ relation: JSONValue) -> JSONValue {
    var relation = relation
    relation["relation_info"] = nil
    relation["origin_uri"] = nil
    return relation
}

private func precedes(_ first: JSONValue, _ second: JSONValue) -> Bool {
    first.text().lexicographicallyPrecedes(second.text())
}

/// The body with each of its sightings changed.
func changingSightings(of body: JSONValue, _ change: (JSONValue) -> JSONValue) -> JSONValue {
    guard let docs = body["data"]?["sightings"]?["docs"]?.array else { return body }
    var body = body
    var data = body["data"]
    var sightings = data?["sightings"]
    sightings?["docs"] = .array(docs.map(change))
    data?["sightings"] = sightings
    body["data"] = data
    return body
}

private func maskedSighting(_ sighting: JSONValue, times isMasked: (String) -> Bool) -> JSONValue {
    var sighting = sighting
    if let id = sighting["id"]?.string, isSightingID(id) { sighting["id"] = "<id>" }
    if let observed = sighting["observed_time"]?.object {
        sighting["observed_time"] = .object(
            observed.mapValues { value in
                if let time = value.string, isMasked(time) { "<time>" } else { value }
            }
        )
    }
    return sighting
}

/// The errors whose message ends in JSON, with that as JSON: its members have no order.
private func withReadableMessages(_ body: JSONValue) -> JSONValue {
    guard let errors = body["errors"]?.array else { return body }
    let prefix = "Invalid JSON payload received. "
    var body = body
    body["errors"] = .array(
        errors.map { error in
            guard let message = error["message"]?.string, message.hasPrefix(prefix),
                let json = try? JSONValue(parsing: Data(message.dropFirst(prefix.count).utf8))
            else { return error }
            var error = error
            error["message"] = json
            return error
        }
    )
    return body
}

/// Whether it is `transient:sighting-` and a UUID in lower case.
func isSightingID(_ text: String) -> Bool {
    let prefix = "transient:sighting-"
    let id = text.dropFirst(prefix.count)
    return text.hasPrefix(prefix) && UUID(uuidString: String(id)) != nil && id == id.lowercased()
}

/// Whether it is a date and a time of day in UTC.
func isTime(_ text: String) -> Bool {
    text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/) != nil
}

/// Whether it is the time of an invocation that was just made, and not a date that SecurityTrails states.
private func isNow(_ text: String) -> Bool {
    guard let time = moment(text) else { return false }
    return abs(time - Date.now.timeIntervalSince1970) < 3600
}
