import Foundation
import Loopback
import Testing

@testable import LocalLambda

@Suite("What a case asks of the requests to SecurityTrails")
struct UpstreamConditionsTests {
    private static let headers = [
        "APIKEY": "k", "Accept": "application/json", "User-Agent": "securitytrails-relay",
        "Content-Type": "application/json; charset=utf-8",
    ]

    private func violations(
        _ expected: JSONValue,
        _ targets: [String],
        method: String = "GET",
        body: String = "",
        headers: [String: String] = headers
    ) throws -> [String] {
        let conditions = try JSONDecoder().decode(UpstreamConditions.self, from: expected.text())
        let requests = targets.map { target in
            StandInSecurityTrails.Request(
                method: method,
                target: target,
                path: target,
                page: 1,
                observable: nil,
                headers: headers.map { HTTPServer.Field($0, $1) },
                body: Data(body.utf8),
                arrival: .now,
                connection: 1,
                isOverLimit: false
            )
        }
        return conditions.violations(by: requests)
    }

    @Test("Requests are compared in any order, with page 1 or without, as often as they are named")
    func requests() throws {
        let expected: JSONValue = ["requests": ["GET /v1/a?page=1", "GET /v1/b"], "count": 2]
        #expect(try violations(expected, ["/v1/b?page=1", "/v1/a"]) == [])
        for targets in [["/v1/a", "/v1/c"], ["/v1/a", "/v1/a"], ["/v1/a?page=2", "/v1/b"]] {
            let lines = try violations(expected, targets)
            #expect(lines.count == 1)
            #expect(lines.first?.hasPrefix("requests to SecurityTrails") == true)
        }
        #expect(try violations(["count": 1], ["/v1/a", "/v1/b"]).first?.hasPrefix("2 requests") == true)
        #expect(try violations(["any": true, "count": 5], ["/v1/a"]) == [])
    }

    @Test("A pattern of targets is one of their beginning")
    func targets() throws {
        #expect(try violations(["targets~": "/v1/[ab]"], ["/v1/a", "/v1/b/c"]) == [])
        #expect(try violations(["targets~": "v1/[ab]"], ["/v1/a"]) == ["a request to /v1/a"])
    }

    @Test(
        "Every request has its headers, whatever the case asks for",
        arguments: [
            ("APIKEY", nil, "no apikey sent"),
            ("APIKEY", "", "no apikey sent"),
            ("User-Agent", nil, "no user-agent sent"),
            ("Accept", "*/*", "Accept is not application/json"),
            ("Content-Type", "application/jsonl", "the body's content type is application/jsonl"),
            ("Content-Type", nil, "the body's content type is missing"),
        ] as [(String, String?, String)]
    )
    func headers(name: String, value: String?, message: String) throws {
        var headers = Self.headers
        headers[name] = value
        #expect(try violations(["any": true], ["/v1/x"], method: "POST", body: "{}", headers: headers) == [message])
    }

    @Test("A request for public keys carries no credentials, and needs no headers")
    func publicKeys() throws {
        #expect(try violations([:], ["/.well-known/jwks"], headers: [:]) == [])
        let wrong = try violations([:], ["/.well-known/jwks"], headers: ["apikey": "k", "Authorization": "Bearer t"])
        #expect(wrong == ["apikey sent for the public keys", "authorization sent for the public keys"])
        #expect(try violations(["requests": ["GET /.well-known/jwks"]], []).count == 1)
    }
}
