import Foundation
import HTTPClient
import JWT
import LocalLambda
import Loopback
import Testing

@testable import Relay

private let endpoints = ["/health", "/observe/observables"]

/// A token of any header and payload, signed with the tests' secret by what JWT itself offers: its claims are any text.
private func token(_ payload: String, header: String? = nil, secret: String = secret) throws -> String {
    CompactSerialization.sign(claims: Array(payload.utf8), secret: secret)
}

private func bearer(_ payload: String, secret: String = secret) throws -> String {
    "Bearer " + (try token(payload, secret: secret))
}

@Suite("Authorization")
struct AuthorizationTests {
    /// The message of the one error; nil where the caller was let in.
    private func message(
        _ authorization: String?,
        at path: String,
        variables: [String: String] = [:],
        body: String? = "[]"
    ) throws -> String? {
        let served = try Served(Scenario(), variables)
        let answer = try served.send("POST", path, body, authorization: authorization)
        #expect(answer.status == 200)
        guard !answer.errors.isEmpty else { return nil }
        #expect(answer.codes == ["fatal authorization error"] && answer.data == nil)
        #expect(served.asked.isEmpty)
        let message = answer.messages.first ?? ""
        #expect(message.hasPrefix("Authorization failed: "))
        return String(message.dropFirst(22))
    }

    @Test("A good token is let in, however the header is written", arguments: endpoints)
    func good(path: String) throws {
        let token = bearer.dropFirst(7)
        for scheme in ["Bearer ", "bearer ", "BEARER ", "bEaReR   ", "Bearer\t", " Bearer ", "\tBearer \t "] {
            #expect(try message(scheme + token, at: path) == nil)
            #expect(try message(scheme + token + "  ", at: path) == nil)
        }
    }

    @Test("The token that a process is warmed with goes the whole way")
    func warmUpToken() throws {
        let key = try Authorization(secretKey: Relay.warmUpSecret).caller(ofToken: Relay.warmUpToken, until: .now).key
        #expect(key == "warm-up")
    }

    @Test("Without the header it is missing", arguments: endpoints)
    func missing(path: String) throws {
        #expect(try message(nil, at: path) == "Authorization header is missing")
    }

    @Test(
        "What is not one Bearer token is of the wrong type",
        arguments: [
            "", " ", "Bearer", "Bearer ", "Basic eA==", "Bearer a b", "Token a.b.c", "a.b.c", "Bearer:a.b.c",
            "Bearer,a.b.c",
            "Bеarer a.b.c", "BearerX a.b.c", "Digest a=b, c=d", "Bearer\u{A0}a.b.c", "ＢＥＡＲＥＲ a.b.c",
        ]
    )
    func wrongType(header: String) throws {
        for path in endpoints { #expect(try message(header, at: path) == "Wrong authorization type") }
    }

    @Test("More than one value is of the wrong type, in either form of headers")
    func several() throws {
        let served = try Served()
        let value = JSONValue.string(bearer)
        let forms: [JSONValue] = [
            ["multiValueHeaders": ["Authorization": .array([value, value])]],
            ["multiValueHeaders": ["Authorization": .array([value]), "authorization": .array([value])]],
            ["headers": ["Authorization": value, "authorization": value]],
            ["headers": ["Authorization": .string("\(bearer),\(bearer)")]],
            ["headers": ["Authorization": .string("\(bearer), \(bearer)")]],
        ]
        for form in forms {
            var event = form
            event["httpMethod"] = "POST"
            event["path"] = "/health"
            let answer = try served.send(event: event.text())
            #expect(answer.messages == ["Authorization failed: Wrong authorization type"])
        }
        #expect(served.asked.isEmpty)
    }

    @Test(
        "What is no JWT is of the wrong structure",
        arguments: [
            "a", "a.b", "a.b.c", "....", "a.b.c.d.e", "..", "eyJhbGciOiJIUzI1NiJ9", "ey.ey.ey", "é.é.é", "W10.e30.AA",
            "e30.e30.A",
        ]
    )
    func wrongStructure(token: String) throws {
        for path in endpoints { #expect(try message("Bearer \(token)", at: path) == "Wrong JWT structure") }
    }

    @Test("A signature by another secret, or none, is not verified", arguments: endpoints)
    func notVerified(path: String) throws {
        let expected = "Failed to decode JWT with provided key"
        #expect(try message(try bearer(#"{"key":"k"}"#, secret: "another"), at: path) == expected)
        #expect(try message("Bearer e30.e30.", at: path) == expected)
        let none = Data(#"{"alg":"none"}"#.utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
        #expect(try message("Bearer \(none).e30.", at: path) == expected)
        let segments = bearer.split(separator: ".")
        #expect(try message("\(segments[0]).\(segments[1]).", at: path) == expected)
        #expect(try message("\(segments[0]).e30.\(segments[2])", at: path) == expected)
    }

    @Test(
        "A payload without a key is of the wrong structure",
        arguments: [
            "{}", #"{"key":null}"#, #"{"key":""}"#, #"{"key":0}"#, #"{"key":1.5}"#, #"{"key":true}"#, #"{"key":["k"]}"#,
            #"{"key":{"k":"k"}}"#, #"{"Key":"k"}"#, #"{"apikey":"k"}"#,
            #"{"key":"k","exp":"9999999999"}"#, #"{"key":"k","nbf":null}"#, #"{"key":"k","exp":[]}"#,
        ]
    )
    func noKey(payload: String) throws {
        for path in endpoints { #expect(try message(bearer(payload), at: path) == "Wrong JWT payload structure") }
    }

    @Test(
        "A key that no key can be is refused, and nothing is sent",
        arguments: [
            " k", "k ", "k k", " ", "\t", "k\n", "\r\nX-Injected: 1", "k\u{0}", "k\u{7F}", "ключ", "é", "k\u{A0}",
            "\u{FEFF}k", "k🧭",
        ]
    )
    func badKey(key: String) throws {
        let payload = String(decoding: JSONValue.object(["key": .string(key)]).text(), as: UTF8.self)
        for path in endpoints {
            #expect(try message(bearer(payload), at: path) == "Invalid authentication credentials")
        }
    }

    @Test("Any visible ASCII is a key, and arrives as it is")
    func visibleKey() throws {
        let key = String(String.UnicodeScalarView((0x21...0x7E).compactMap(Unicode.Scalar.init)))
        let served = try Served()
        let payload = String(decoding: JSONValue.object(["key": .string(key)]).text(), as: UTF8.self)
        #expect(try served.send("POST", "/health", authorization: bearer(payload)).errors.isEmpty)
        #expect(served.standIn.requests.map { $0["APIKEY"] } == [key])
    }

    @Test("Without a secret nobody is let in, whatever the token", arguments: endpoints)
    func noSecret(path: String) throws {
        let signedWithNothing = try bearer(#"{"key":"k"}"#, secret: "")
        for header in [bearer, signedWithNothing, "Bearer a.b.c", "Bearer a"] {
            #expect(try message(header, at: path, variables: ["SECRET_KEY": ""]) == "<SECRET_KEY> is missing")
        }
        #expect(try message(nil, at: path, variables: ["SECRET_KEY": ""]) == "Authorization header is missing")
        #expect(try message("Basic x", at: path, variables: ["SECRET_KEY": ""]) == "Wrong authorization type")
    }

    @Test("The secret is taken as it is, blanks and all")
    func secretAsItIs() throws {
        for secret in [" ", " s ", "s\n", "😀", "e\u{301}"] {
            let header = try bearer(#"{"key":"k"}"#, secret: secret)
            #expect(try message(header, at: "/health", variables: ["SECRET_KEY": secret]) == nil)
        }
        let trimmed = try bearer(#"{"key":"k"}"#, secret: "s")
        #expect(
            try message(trimmed, at: "/health", variables: ["SECRET_KEY": "s "])
                == "Failed to decode JWT with provided key"
        )
    }

    @Test("A token out of its time says so, with a minute's leeway", arguments: endpoints)
    func lifetime(path: String) throws {
        let now = Int(Date().timeIntervalSince1970)
        func outcome(_ claims: String) throws -> String? { try message(bearer(#"{"key":"k",\#(claims)}"#), at: path) }
        #expect(try outcome(#""exp":\#(now + 5)"#) == nil)
        #expect(try outcome(#""exp":\#(now - 30)"#) == nil)
        #expect(try outcome(#""exp":\#(now - 90)"#)?.contains("expired") == true)
        #expect(try outcome(#""exp":0"#)?.contains("expired") == true)
        #expect(try outcome(#""nbf":\#(now + 30)"#) == nil)
        #expect(try outcome(#""nbf":\#(now + 90)"#)?.contains("not valid yet") == true)
        #expect(try outcome(#""exp":\#(now + 5),"nbf":\#(now - 5),"iat":\#(now),"sub":"x""#) == nil)
    }

    @Test("The caller is judged before the body is read")
    func beforeBody() throws {
        for body in ["not JSON", "", nil] as [String?] {
            let expected = "Authorization header is missing"
            #expect(try message(nil, at: "/observe/observables", body: body) == expected)
        }
    }

    @Test("A message never tells what the token holds")
    func silent() throws {
        for header in ["Basic hidden", "Bearer hidden", "Bearer hidden.hidden.hidden", "hidden"] {
            let served = try Served()
            let answer = try served.send("POST", "/health", authorization: header)
            #expect(!answer.text.contains("hidden"))
        }
    }
}
