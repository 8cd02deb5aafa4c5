import Foundation
import HTTPClient
import JSON
import JWT
import LocalLambda
import Loopback
import Testing

@testable import Relay

/// The secret that the function has, and the API key that its callers' tokens carry.
let secret = "a secret of the tests, naïvely kept"
let apiKey = "sT-5ecurityTrails_K3y!"

/// The header of a caller who is let in.
let bearer = authorization(key: apiKey)

/// The header of a caller with that API key.
func authorization(key: String) -> String {
    "Bearer " + CompactSerialization.sign(["key": key], secret: secret)
}

/// A relay in this process, and SecurityTrails as a scenario plays it.
final class Served {
    /// What the caller gets.
    struct Answer {
        let status: Int
        let headers: [String: JSONValue]
        let text: String
        /// The body; null where it is no JSON.
        let json: JSONValue
        let outcome: Relay.Response

        var data: JSONValue? { json["data"] }
        var errors: [JSONValue] { json["errors"]?.array ?? [] }
        var sightings: [JSONValue] { data?["sightings"]?["docs"]?.array ?? [] }

        /// The errors as `type code`.
        var codes: [String] {
            errors.map { "\($0["type"]?.string ?? "-") \($0["code"]?.string ?? "-")" }
        }

        var messages: [String] { errors.compactMap { $0["message"]?.string } }

        /// The related values of each sighting, in their order: of a relation's two ends the one that was not asked for.
        var related: [[String]] {
            sightings.map { sighting in
                let asked = sighting["observables"]?.array?.first
                return (sighting["relations"]?.array ?? []).compactMap { relation in
                    let end = relation["source"] == asked ? relation["related"] : relation["source"]
                    return end?["value"]?.string
                }
            }
        }
    }

    let standIn: StandInSecurityTrails
    private let relay: Relay
    /// Whether every request reaches the stand-in.
    private let isAsked: Bool

    /// - Parameter variables: of the environment; they go before SECRET_KEY and SECURITYTRAILS_API_URL of the tests.
    init(_ scenario: Scenario = Scenario(), _ variables: [String: String] = [:], tls: TLSIdentity? = nil) throws {
        standIn = try StandInSecurityTrails(scenario, tls: tls)
        isAsked = variables["SECURITYTRAILS_API_URL"] == nil && tls == nil
        let own = ["SECRET_KEY": secret, "SECURITYTRAILS_API_URL": standIn.baseURL]
        let environment = own.merging(variables) { $1 }
        relay = try Relay(Configuration(environment: environment))
    }

    deinit {
        standIn.stop()
    }

    /// What SecurityTrails was asked, in the order in which it arrived: `GET ping`, `POST domains/list?page=1 {…}`.
    var asked: [String] {
        standIn.requests.map { request in
            let body = String(decoding: request.body, as: UTF8.self)
            return "\(request.method) \(request.target.dropFirst(4))" + (body.isEmpty ? "" : " \(body)")
        }
    }

    /// Sends a request and checks what holds for every answer.
    func send(
        _ method: String = "POST",
        _ path: String,
        _ body: String? = nil,
        authorization: String? = bearer,
        seconds: Double = 20,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Answer {
        var event: JSONValue = ["httpMethod": .string(method), "path": .string(path), "requestContext": [:]]
        event["headers"] = authorization.map { ["Authorization": .string($0)] } ?? [:]
        event["body"] = body.map { .string($0) } ?? .null
        return try send(event: event.text(), seconds: seconds, sourceLocation: sourceLocation)
    }

    func send(
        event: Data,
        seconds: Double = 20,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Answer {
        let askedBefore = standIn.requests.count
        let outcome = try relay.answer(Array(event), began: .now, deadline: .now + seconds + 1)
        let response = try JSONValue(parsing: Data(outcome.payload))
        let body = response["body"]?.string ?? ""
        let answer = Answer(
            status: response["statusCode"]?.integer ?? 0,
            headers: response["headers"]?.object ?? [:],
            text: body,
            json: (try? JSONValue(parsing: Data(body.utf8))) ?? .null,
            outcome: outcome
        )
        #expect(outcome.payload.count <= 6 * 1024 * 1024, sourceLocation: sourceLocation)
        #expect(outcome.status == answer.status && answer.status < 500, sourceLocation: sourceLocation)
        if isAsked {
            #expect(outcome.upstreamRequests == standIn.requests.count - askedBefore, sourceLocation: sourceLocation)
        }
        #expect(outcome.errorCodes == answer.errors.map { $0["code"]?.string }, sourceLocation: sourceLocation)
        let text = Data(answer.text.utf8)
        #expect(text.isEmpty || isJSON(Array(text)), sourceLocation: sourceLocation)
        for hidden in [apiKey, secret, String(bearer.suffix(43))] {
            // By bytes: a letter that an accent follows is another to Swift's own search.
            #expect(text.range(of: Data(hidden.utf8)) == nil, sourceLocation: sourceLocation)
        }
        return answer
    }

    /// Sends observables, given as `type value`, to an endpoint.
    func send(
        _ observables: [String],
        to path: String = "/observe/observables",
        through gateway: LocalGateway? = nil,
        seconds: Double = 20,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Answer {
        if let gateway {
            let headers = [HTTPServer.Field("Authorization", bearer)]
            let event = gateway.event("POST", path, headers: headers, body: list(observables))
            return try send(event: event.text(), seconds: seconds, sourceLocation: sourceLocation)
        }
        return try send("POST", path, list(observables), seconds: seconds, sourceLocation: sourceLocation)
    }
}

/// A body of observables, each given as `type value`.
func list(_ observables: [String]) -> String {
    let items = observables.map { observable -> JSONValue in
        let parts = observable.split(separator: " ", maxSplits: 1).map(String.init)
        return ["type": .string(parts[0]), "value": .string(parts[1])]
    }
    return String(decoding: JSONValue.array(items).text(), as: UTF8.self)
}

private func isJSON(_ text: [UInt8]) -> Bool {
    (try? JSONReader.read(text) { reader throws(JSONError) in try reader.skip() }) != nil
}
