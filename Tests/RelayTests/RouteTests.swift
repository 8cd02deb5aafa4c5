import Foundation
import LocalLambda
import Loopback
import Testing

@testable import Relay

private let paths = [
    "/health", "/observe/observables", "/refer/observables", "/deliberate/observables", "/respond/observables",
    "/respond/trigger", "/version",
]

@Suite("A route")
struct RouteTests {
    @Test(
        "What has a fixed answer gives it, without looking at token or body",
        arguments: [
            ("/tiles", #"{"data":[]}"#), ("/tiles/tile", #"{"data":{}}"#), ("/tiles/tile-data", #"{"data":{}}"#),
            ("/deliberate/observables", #"{"data":{}}"#), ("/respond/observables", #"{"data":[]}"#),
            ("/respond/trigger", #"{"data":{"status":"failure"}}"#), ("/version", #"{"version":"1.0.0"}"#),
        ]
    )
    func fixed(path: String, body: String) throws {
        let served = try Served()
        for authorization in [nil, bearer, "Bearer x.y.z", "Basic eA=="] {
            for sent in [nil, "", "[]", "not JSON", String(repeating: "[", count: 1000)] {
                let answer = try served.send("POST", path, sent, authorization: authorization)
                #expect(answer.status == 200 && answer.text == body)
                #expect(answer.headers["Content-Type"] == "application/json")
            }
        }
        #expect(served.asked.isEmpty)
    }

    @Test("A slash at the end is taken, and no more than one", arguments: paths)
    func trailingSlash(path: String) throws {
        let served = try Served()
        let (plain, slash) = (try served.send("POST", path), try served.send("POST", path + "/"))
        #expect(plain.status == 200 && slash.status == 200)
        #expect(plain.text == slash.text && plain.outcome.route == path && slash.outcome.route == path)
        #expect(try served.send("POST", path + "//").status == 404)
    }

    @Test(
        "Any other path is 404, whatever the method",
        arguments: [
            "/", "", "//", "/Health", "/HEALTH", "/health/x", "/healthz", "health", "//health", "/ health", "/health ",
            "/health?",
            "/observe", "/observe/", "/observe/observable", "/observe/observables/x", "/observe%2Fobservables",
            "/refer//observables",
            "/version/../health", "/./version", "/static/x", "/versión", "/version\u{0}", "/version\u{301}",
            "/\u{212A}",
            "/health%", "/%", "/%2F", "/favicon.ico", "/" + String(repeating: "a", count: 5000),
        ]
    )
    func notFound(path: String) throws {
        let served = try Served()
        for method in ["POST", "GET", "PUT", "OPTIONS", "DELETE"] {
            let answer = try served.send(method, path)
            #expect(answer.status == 404)
            #expect(answer.json["code"] == 404 && answer.json["reason"] == "Not Found")
            #expect(answer.json["message"]?.string?.isEmpty == false && answer.json.object?.count == 3)
            #expect(answer.headers["Allow"] == nil && answer.headers["Content-Type"] == "application/json")
            #expect(answer.outcome.route == "-")
        }
        #expect(served.asked.isEmpty)
    }

    @Test("Another method is 405, and says which are allowed", arguments: paths)
    func methodNotAllowed(path: String) throws {
        let served = try Served()
        for method in ["GET", "PUT", "DELETE", "PATCH", "TRACE", "post", "Post", "", "POST ", "PROPFIND"] {
            let answer = try served.send(method, path)
            #expect(answer.status == 405)
            #expect(answer.json["code"] == 405 && answer.json["reason"] == "Method Not Allowed")
            #expect(answer.json["message"]?.string?.isEmpty == false && answer.json.object?.count == 3)
            #expect(answer.headers["Allow"] == "OPTIONS, POST")
        }
        #expect(served.asked.isEmpty)
    }

    @Test("A load balancer's health check may be GET /version, and nothing else may be GET", arguments: [true, false])
    func healthCheck(multiValueHeaders: Bool) throws {
        let served = try Served()
        let gateway = LocalGateway(.alb, hasMultiValueHeaders: multiValueHeaders)
        func status(_ path: String) throws -> Int {
            let headers = [HTTPServer.Field("User-Agent", "ELB-HealthChecker/2.0")]
            return try served.send(event: gateway.event("GET", path, headers: headers, body: "").text()).status
        }
        #expect(try status("/version") == 200)
        #expect(try status("/health") == 405)
        #expect(try status("/") == 404)
        let http = LocalGateway(.http).event("GET", "/version", headers: [], body: "")
        #expect(try served.send(event: http.text()).status == 405)
    }

    @Test("HEAD is 405, or 404, without a body", arguments: paths)
    func head(path: String) throws {
        let served = try Served()
        let answer = try served.send("HEAD", path)
        #expect(answer.status == 405 && answer.text.isEmpty && answer.headers["Allow"] == "OPTIONS, POST")
        let elsewhere = try served.send("HEAD", path + "/x")
        #expect(elsewhere.status == 404 && elsewhere.text.isEmpty)
    }

    @Test("OPTIONS is 200 and says which methods are allowed", arguments: paths)
    func options(path: String) throws {
        let served = try Served()
        for path in [path, path + "/"] {
            let answer = try served.send("OPTIONS", path, authorization: nil)
            #expect(answer.status == 200 && answer.headers["Allow"] == "OPTIONS, POST" && answer.text.isEmpty)
        }
        #expect(served.asked.isEmpty)
    }

    @Test("A path is decoded once before it is matched, and a query is none of it")
    func encoded() throws {
        let served = try Served()
        #expect(try served.send("POST", "/%76ersion").status == 200)
        #expect(try served.send("POST", "/refer/observable%73", "[]").status == 200)
        #expect(try served.send("POST", "/%2576ersion").status == 404)
        #expect(try served.send("POST", "/refer%2fobservables", "[]").status == 404)
    }

    @Test("Every gateway is answered in its own form")
    func gateways() throws {
        let served = try Served()
        let forms: [(String, [String])] = [
            (
                #"{"httpMethod":"POST","resource":"/{proxy+}","path":"/base/version","pathParameters":{"proxy":"version"}}"#,
                ["body", "headers", "isBase64Encoded", "statusCode"]
            ),
            (
                #"{"version":"2.0","rawPath":"/dev/version","requestContext":{"stage":"dev","http":{"method":"POST"}}}"#,
                ["body", "headers", "isBase64Encoded", "statusCode"]
            ),
            (
                #"{"httpMethod":"POST","path":"/version","requestContext":{"elb":{}}}"#,
                ["body", "headers", "isBase64Encoded", "statusCode", "statusDescription"]
            ),
            (
                #"{"httpMethod":"POST","path":"/version","multiValueHeaders":{},"requestContext":{"elb":{}}}"#,
                ["body", "isBase64Encoded", "multiValueHeaders", "statusCode", "statusDescription"]
            ),
        ]
        for (event, members) in forms {
            let answer = try served.send(event: Data(event.utf8))
            #expect(answer.text == #"{"version":"1.0.0"}"#)
            let response = try JSONValue(parsing: Data(answer.outcome.payload))
            #expect(response.object?.keys.sorted() == members)
        }
    }

    @Test("A scheduled event is answered with null, and an unknown one with an error")
    func others() throws {
        let relay = try Relay(Configuration(environment: [:]))
        let scheduled = try relay.answer(Array(#"{"source":"aws.events"}"#.utf8), began: .now, deadline: nil)
        #expect(scheduled.payload == Array("null".utf8) && scheduled.upstreamRequests == 0)
        #expect(throws: (any Error).self) { try relay.answer(Array("{}".utf8), began: .now, deadline: nil) }
    }
}
