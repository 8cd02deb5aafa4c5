import APIGateway
import Foundation
import Loopback
import Testing

@testable import LocalLambda

extension LocalGateway: CustomTestStringConvertible {
    /// What a failure is listed under.
    public var testDescription: String {
        "\(kind.rawValue) \(prefix)" + (hasMultiValueHeaders ? " multi-value" : "")
    }

    static let each = [
        LocalGateway(.rest), LocalGateway(.http), LocalGateway(.http, stage: "$default"), LocalGateway(.url),
        LocalGateway(.alb), LocalGateway(.alb, hasMultiValueHeaders: true),
    ]
}

@Suite("A request becomes the event that each gateway would send")
struct GatewayEventTests {
    private func request(
        _ method: String,
        _ target: String,
        _ headers: [(String, String)] = [],
        _ body: Data = Data()
    ) -> HTTPServer.Request {
        HTTPServer.Request(
            method: method,
            target: target,
            headers: headers.map { HTTPServer.Field($0.0, $0.1) },
            body: body
        )
    }

    /// What the relay's own decoding makes of the event.
    private func decoded(_ event: JSONValue?) throws -> APIGateway.Request {
        let event = try #require(event)
        guard case .request(let request) = try Event(json: Array(event.text())) else {
            throw LocalError("the event is no request")
        }
        return request
    }

    @Test("It comes back out of the relay's decoding as it went in", arguments: LocalGateway.each)
    func roundTrip(gateway: LocalGateway) throws {
        let body = #"[{"type":"domain","value":"bücher.example"}]"#
        let sent = request(
            "POST",
            gateway.prefix + "/observe/observables/?a=1&a=2&b=%20x+y&c",
            [("Authorization", "Bearer a.b.c"), ("content-type", "application/json"), ("Cookie", "one=1; two=2")],
            Data(body.utf8)
        )
        let event = gateway.event(for: sent)
        let got = try decoded(event)
        #expect(got.method == "POST")
        #expect(got.path == "/observe/observables" + (gateway.kind == .rest ? "" : "/"))
        #expect(got.authorization == ["Bearer a.b.c"])
        #expect(got.body == Array(body.utf8))
        switch gateway.kind {
        case .rest: #expect(got.gateway == .rest)
        case .http: #expect(got.gateway == .http)
        case .url: #expect(got.gateway == .functionURL)
        case .alb: #expect(got.gateway == .loadBalancer(multiValueHeaders: gateway.hasMultiValueHeaders))
        }
    }

    @Test("It has a percent-encoded path decoded once, and one beyond ASCII", arguments: LocalGateway.each)
    func paths(gateway: LocalGateway) throws {
        let paths = ["/ver%73ion": "/version", "/caf%C3%A9": "/café", "/café": "/café", "/a%2525": "/a%25", "/": "/"]
        for (sent, expected) in paths {
            #expect(try decoded(gateway.event(for: request("POST", gateway.prefix + sent))).path == expected)
        }
    }

    @Test("It has a body of bytes in base64, and none if there is none", arguments: LocalGateway.each)
    func bodies(gateway: LocalGateway) throws {
        let bytes = Data([0, 0xff, 0xfe, 10])
        let types = ["application/octet-stream", "image/png", "application/x-www-form-urlencoded", "application/json"]
        for type in types {
            let event = gateway.event(for: request("POST", gateway.prefix + "/x", [("Content-Type", type)], bytes))
            #expect(event?["isBase64Encoded"] == true)
            #expect(try decoded(event).body == Array(bytes))
        }
        for headers in [
            [("Content-Type", "application/x-www-form-urlencoded")],
            [("Content-Type", "application/json"), ("Content-Encoding", "gzip")],
        ] {
            let event = gateway.event(for: request("POST", gateway.prefix + "/x", headers, Data("a=b".utf8)))
            #expect(event?["body"] == "YT1i" && event?["isBase64Encoded"] == true)
        }
        let none = gateway.event(for: request("POST", gateway.prefix + "/x"))
        #expect(none?["isBase64Encoded"] == false)
        switch gateway.kind {
        case .rest: #expect(none?["body"] == .null)
        case .http, .url: #expect(none?["body"] == nil)
        case .alb: #expect(none?["body"] == "")
        }
    }

    @Test("It has repeated header fields in the form that the gateway has for them")
    func repeatedHeaders() throws {
        let sent = [("X-Twice", "1"), ("X-Twice", "2")]
        func event(_ gateway: LocalGateway) -> JSONValue? {
            gateway.event(for: request("GET", gateway.prefix + "/x", sent))
        }
        let rest = event(LocalGateway(.rest))
        #expect(rest?["headers"]?["X-Twice"] == "2")
        #expect(rest?["multiValueHeaders"]?["X-Twice"] == ["1", "2"])
        #expect(event(LocalGateway(.http))?["headers"]?["x-twice"] == "1,2")
        #expect(event(LocalGateway(.url))?["headers"]?["x-twice"] == "1,2")
        #expect(event(LocalGateway(.alb))?["headers"]?["x-twice"] == "2")
        let multiple = event(LocalGateway(.alb, hasMultiValueHeaders: true))
        #expect(multiple?["multiValueHeaders"]?["x-twice"] == ["1", "2"] && multiple?["headers"] == nil)
        let twice = request("GET", "/dev/x", [("Authorization", "a"), ("authorization", "b"), ("Authorization", "c")])
        #expect(try decoded(LocalGateway(.rest).event(for: twice)).authorization.sorted() == ["a", "b", "c"])
    }

    @Test("It has the query decoded or not, as the gateway has it")
    func queries() {
        func event(_ gateway: LocalGateway) -> JSONValue? {
            gateway.event(for: request("GET", gateway.prefix + "/x?a=1&a=%C3%A9&b=1+2&c"))
        }
        let rest = event(LocalGateway(.rest))
        #expect(rest?["queryStringParameters"] == ["a": "é", "b": "1 2", "c": ""])
        #expect(rest?["multiValueQueryStringParameters"] == ["a": ["1", "é"], "b": ["1 2"], "c": [""]])
        let http = event(LocalGateway(.http))
        #expect(http?["rawQueryString"] == "a=1&a=%C3%A9&b=1+2&c")
        #expect(http?["queryStringParameters"] == ["a": "1,é", "b": "1 2", "c": ""])
        #expect(event(LocalGateway(.alb))?["queryStringParameters"] == ["a": "%C3%A9", "b": "1+2", "c": ""])
        #expect(LocalGateway(.rest).event(for: request("GET", "/dev/x"))?["queryStringParameters"] == .null)
    }

    @Test("It has the stage in the path where it belongs, and no event outside of it")
    func stages() throws {
        let rest = LocalGateway(.rest, stage: "prod").event(for: request("GET", "/prod/a/b"))
        #expect(rest?["path"] == "/a/b" && rest?["requestContext"]?["path"] == "/prod/a/b")
        #expect(rest?["pathParameters"]?["proxy"] == "a/b" && rest?["requestContext"]?["stage"] == "prod")
        let doubled = LocalGateway(.rest, stage: "prod").event(for: request("GET", "//prod/a/"))
        #expect(doubled?["path"] == "/a/" && doubled?["requestContext"]?["path"] == "/prod/a/")
        let slashes = LocalGateway(.rest, stage: "prod").event(for: request("POST", "/prod//observe/observables"))
        #expect(slashes?["path"] == "/observe/observables")
        #expect(slashes?["pathParameters"]?["proxy"] == "observe/observables")
        #expect(slashes?["requestContext"]?["path"] == "/prod//observe/observables")
        #expect(try decoded(slashes).path == "/observe/observables")
        #expect(LocalGateway(.rest, stage: "prod").event(for: request("GET", "//production/a")) == nil)
        let http = LocalGateway(.http, stage: "prod").event(for: request("GET", "/prod/a"))
        #expect(http?["rawPath"] == "/prod/a")
        #expect(LocalGateway(.http, stage: "$default").event(for: request("GET", "/a"))?["rawPath"] == "/a")
        for path in ["/", "/a", "/production/a", "/devil"] {
            #expect(LocalGateway(.rest).event(for: request("GET", path)) == nil)
            #expect(LocalGateway(.url).event(for: request("GET", path)) != nil)
        }
    }

    @Test("It has a REST API's path with a slash at the end, and what the proxy caught without it")
    func slashAtTheEnd() throws {
        for target in ["/dev/version/", "//dev/version/", "/dev//version/"] {
            let event = LocalGateway(.rest).event(for: request("POST", target))
            #expect(event?["path"] == "/version/")
            #expect(event?["pathParameters"] == ["proxy": "version"])
            #expect(try decoded(event).path == "/version")
        }
        let inside = LocalGateway(.rest).event(for: request("POST", "/dev/a//b/"))
        #expect(inside?["path"] == "/a//b/" && inside?["pathParameters"]?["proxy"] == "a//b")
        let root = LocalGateway(.rest).event(for: request("POST", "/dev/"))
        #expect(root?["path"] == "/" && root?["pathParameters"] == .null && root?["resource"] == "/")
        for gateway in [LocalGateway(.http), LocalGateway(.url)] {
            let event = gateway.event(for: request("POST", gateway.prefix + "/version/"))
            #expect(event?["rawPath"] == .string(gateway.prefix + "/version/"))
        }
    }

    @Test("It has cookies in a member of their own in payload format 2.0")
    func cookies() {
        let event = LocalGateway(.http).event(for: request("GET", "/dev/x", [("Cookie", "a=1; b=2")]))
        #expect(event?["cookies"] == ["a=1", "b=2"] && event?["headers"]?["cookie"] == nil)
    }
}
