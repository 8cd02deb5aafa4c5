import Foundation
import HTTPClient
import JWT
import LocalLambda
import Loopback
import TestSupport
import Testing

@testable import Relay

@Suite("Tokens that the platform signs")
struct PlatformTokenTests {
    @Test("One that is right lets its bearer in; the keys are asked for once, and without anything secret")
    func good() throws {
        let host = try keysHost()
        defer { host.stop() }
        let served = try served(host)
        #expect(host.requests.isEmpty)
        let token = try pair.get().token(id: "k", payload: claims())
        for path in ["/health", "/observe/observables", "/health"] {
            #expect(try served.message(token, at: path) == nil)
        }
        #expect(served.standIn.requests.allSatisfy { $0["APIKEY"] == apiKey })
        #expect(host.requests.map(\.target) == ["/.well-known/jwks"])
        let request = try #require(host.requests.first)
        #expect(request.method == "GET")
        #expect(request["Accept"] == "application/json")
        #expect(request["User-Agent"]?.hasPrefix("securitytrails-relay/") == true)
        let text = "\(request.headers)".lowercased()
        for hidden in ["authorization", "apikey", apiKey.lowercased(), secret.lowercased()] {
            #expect(!text.contains(hidden))
        }
    }

    @Test("HS256 goes on beside it, and asks for no keys")
    func beside() throws {
        let host = try keysHost()
        defer { host.stop() }
        let served = try served(host)
        #expect(try served.message(String(bearer.dropFirst(7))) == nil)
        let other = CompactSerialization.sign(["key": apiKey], secret: "another")
        #expect(try served.message(other) == "Failed to decode JWT with provided key")
        #expect(host.requests.isEmpty)
    }

    @Test("Without SECRET_KEY the platform's tokens are the only ones")
    func withoutSecret() throws {
        let host = try keysHost()
        defer { host.stop() }
        let served = try served(host, ["SECRET_KEY": ""])
        #expect(try served.message(pair.get().token(id: "k", payload: claims())) == nil)
        #expect(try served.message(String(bearer.dropFirst(7))) == "<SECRET_KEY> is missing")
        let forged = CompactSerialization.sign(["key": apiKey], secret: "")
        #expect(try served.message(forged) == "<SECRET_KEY> is missing")
        let none = base64URL(#"{"alg":"none"}"#) + "." + base64URL(claims()) + "."
        #expect(try served.message(none) == "Failed to decode JWT with provided key")
        #expect(try served.message("a.b.c") == "Wrong JWT structure")
    }

    @Test("If they are not configured they are refused as ever")
    func off() throws {
        let token = try pair.get().token(id: "k", payload: claims())
        let served = try Served(Scenario(), ["JWKS_HOST": "", "TOKEN_AUDIENCE": ""])
        #expect(try served.message(token) == "Failed to decode JWT with provided key")
        let withoutSecret = try Served(Scenario(), ["SECRET_KEY": ""])
        #expect(try withoutSecret.message(token) == "<SECRET_KEY> is missing")
    }

    private static let structure = "Wrong JWT payload structure"
    private static let refusals: [(claim: String, message: String)] = [
        (#""exp":1700000100"#, "The JWT has expired"), (#""exp":1e-400"#, "The JWT has expired"),
        (#""exp":null"#, structure), (#""exp":"4000000000""#, structure),
        (#""nbf":3900000000"#, "The JWT is not valid yet"), (#""iat":3900000000"#, "The JWT is not valid yet"),
        (#""nbf":[]"#, structure), (#""iat":"0""#, structure),
        (#""aud":"https://other.example""#, "Wrong configuration-token-audience"),
        (#""aud":["https://other.example"]"#, "Wrong configuration-token-audience"),
        (#""aud":null"#, "Wrong configuration-token-audience"),
        (#""jwks_host":"evil.example""#, "Wrong jwks_host in JWT payload"),
        (#""jwks_host":1"#, "Wrong jwks_host in JWT payload"), (#""jwks_host":"""#, "Wrong jwks_host in JWT payload"),
        (#""key":null"#, structure), (#""key":"""#, structure), (#""key":1"#, structure),
        (#""key":"a b""#, "Invalid authentication credentials"),
        (#""key":"k\r\nX-Injected: 1""#, "Invalid authentication credentials"),
        (#""x":1,"x":2"#, "Wrong JWT structure"),
    ]

    @Test("A claim that is wrong says so", arguments: refusals)
    func refusal(claim: String, message: String) throws {
        let host = try keysHost()
        defer { host.stop() }
        let served = try served(host)
        #expect(try served.message(pair.get().token(id: "k", payload: claims(claim))) == message)
    }

    @Test("The claims exp, aud and key must be there", arguments: ["exp", "aud", "key"])
    func missing(name: String) throws {
        let host = try keysHost()
        defer { host.stop() }
        let payload = claims().replacingOccurrences(of: "\"\(name)\":", with: "\"x-\(name)\":")
        let expected = name == "aud" ? "Wrong configuration-token-audience" : Self.structure
        #expect(try served(host).message(pair.get().token(id: "k", payload: payload)) == expected)
    }

    @Test("The audience may stand in a list, and jwks_host may name the very host")
    func otherForms() throws {
        let host = try keysHost()
        defer { host.stop() }
        let served = try served(host)
        for claim in [
            #""aud":["x","\#(audience)"]"#, #""jwks_host":"\#(host.address)""#, #""jwks_host":"\#(host.origin)""#,
        ] {
            #expect(try served.message(pair.get().token(id: "k", payload: claims(claim))) == nil, "\(claim)")
        }
    }

    @Test("The signature comes before the claims, and only the key of the token's kid is tried")
    func signature() throws {
        let host = try keysHost()
        defer { host.stop() }
        let served = try served(host)
        let (own, other) = (try pair.get(), try RSAKeyPair(bits: 2048))
        let refused = "Failed to decode JWT with provided key"
        #expect(try served.message(other.token(id: "k", payload: claims())) == refused)
        #expect(try served.message(other.token(id: "k", payload: claims(#""exp":1"#))) == refused)
        let unknown = "kid from JWT header not found in API response"
        for header in [#"{"alg":"RS256"}"#, #"{"alg":"RS256","kid":null}"#, #"{"alg":"RS256","kid":"K"}"#] {
            #expect(try served.message(own.token(header: header, payload: claims())) == unknown)
        }
        let critical = #"{"alg":"RS256","kid":"k","crit":["exp"]}"#
        #expect(try served.message(own.token(header: critical, payload: claims())) == refused)
    }

    @Test("A host or a key that the token names is never used")
    func ownHost() throws {
        let host = try keysHost()
        let evil = try keysHost()
        defer {
            host.stop()
            evil.stop()
        }
        let other = try RSAKeyPair(bits: 2048)
        let header =
            #"{"alg":"RS256","kid":"k","jku":"\#(evil.origin)/.well-known/jwks","jwk":{"kty":"RSA","kid":"k","n":"\#(base64URL(other.modulus))","e":"AQAB"}}"#
        let payload = claims(#""jwks_host":"\#(evil.address)""#)
        let served = try served(host)
        #expect(
            try served.message(other.token(header: header, payload: payload))
                == "Failed to decode JWT with provided key"
        )
        #expect(
            try served.message(pair.get().token(header: header, payload: payload)) == "Wrong jwks_host in JWT payload"
        )
        #expect(evil.requests.isEmpty)
    }

    @Test("The public key is no secret: HS256 tokens keyed with it are refused")
    func confusion() throws {
        let host = try keysHost()
        defer { host.stop() }
        let set = String(decoding: try keySet([pair.get().webKey(id: "k")]), as: UTF8.self)
        for variables in [[:], ["SECRET_KEY": ""]] {
            let served = try served(host, variables)
            for secret in [set, try base64URL(pair.get().modulus), ""] {
                let token = CompactSerialization.sign(claims: Array(claims().utf8), secret: secret)
                #expect(try served.message(token) != nil)
            }
        }
    }

    @Test("The log's trace and the answers never tell what the token holds, however it is refused")
    func silent() throws {
        let host = try keysHost()
        defer { host.stop() }
        let served = try served(host)
        let token = try pair.get().token(id: "hidden", payload: claims(#""aud":"hidden""#))
        let answer = try served.send("POST", "/health", authorization: "Bearer " + token)
        #expect(!answer.text.contains("hidden"))
    }
}
