import Foundation
import HTTPClient
import JWT
import LocalLambda
import Loopback
import TestSupport
import Testing

@testable import Relay

/// What the platform signs with in these tests.
let pair = Result { try RSAKeyPair(bits: 2048) }
/// Whom its tokens are for.
let audience = "https://relay.example/dev"

/// The claims of a token that is let in, with others in their place.
func claims(_ others: String = "") -> String {
    let own = [
        #""key":"\#(apiKey)""#, #""aud":"\#(audience)""#, #""exp":4000000000"#, #""iat":1700000000"#,
        #""nbf":1700000000"#, #""iss":"IROH Auth""#,
    ]
    let name = others.prefix { $0 != ":" }
    return "{"
        + (own.filter { !$0.hasPrefix(name + ":") || name.isEmpty } + [others]).filter { !$0.isEmpty }.joined(
            separator: ","
        ) + "}"
}

/// A server of keys, as JWKS_HOST is.
func keysHost(_ answers: HTTPServer.Reply..., tls: TLSIdentity? = nil) throws -> ScriptedServer {
    let good = try keys("k")
    return try ScriptedServer(
        answers.map { .reply($0) },
        afterwards: answers.isEmpty ? good : answers[answers.count - 1],
        tls: tls
    )
}

/// The answer with the tests' key under that id.
func keys(_ id: String) throws -> HTTPServer.Reply {
    .response(200, [.init("Content-Type", "application/json")], Data(try keySet([pair.get().webKey(id: id)])))
}

/// A relay that takes the platform's tokens.
func served(_ host: ScriptedServer, _ variables: [String: String] = [:]) throws -> Served {
    let own = ["JWKS_HOST": host.origin, "TOKEN_AUDIENCE": audience]
    return try Served(Scenario(), own.merging(variables) { $1 })
}

/// The platform whose keys are at a host.
func platform(_ host: String) throws -> Platform {
    try #require(try Platform(environment: ["JWKS_HOST": host, "TOKEN_AUDIENCE": audience]))
}

extension Served {
    /// The message of the one error that a token gets; nil if its bearer is let in.
    func message(_ token: String, at path: String = "/health") throws -> String? {
        let asked = standIn.requests.count
        let answer = try send("POST", path, "[]", authorization: "Bearer " + token)
        guard !answer.errors.isEmpty else { return nil }
        #expect(answer.codes == ["fatal authorization error"])
        #expect(answer.data == nil)
        #expect(standIn.requests.count == asked)
        return answer.messages.first.map { String($0.dropFirst("Authorization failed: ".count)) }
    }
}
