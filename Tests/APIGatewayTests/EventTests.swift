import Foundation
import Testing

@testable import APIGateway

/// What is asked for in an event, which must be a request.
func request(_ json: Data) throws -> Request {
    guard case .request(let request) = try Event(json: Array(json)) else { throw CancellationError() }
    return request
}

func request(_ event: String, _ changes: [String: Any?] = [:]) throws -> Request {
    try request(Events.json(event, changes))
}

private let kinds: [(event: String, gateway: Gateway)] = [
    (Events.rest, .rest), (Events.http, .http), (Events.functionURL, .functionURL),
    (Events.loadBalancer, .loadBalancer(multiValueHeaders: false)),
    (Events.loadBalancerMultiValue, .loadBalancer(multiValueHeaders: true)),
]

@Suite("An event")
struct EventTests {
    @Test("Each gateway's event is told apart, and says the same of the same request", arguments: kinds)
    func kind(event: String, gateway: Gateway) throws {
        let request = try request(Data(event.utf8))
        #expect(request.gateway == gateway)
        #expect(request.method == "POST")
        #expect(request.path == "/observe/observables")
        #expect(request.authorization == ["Bearer a.b.c"])
        #expect(request.body == Array(#"[{"type":"domain","value":"shop.example"}]"#.utf8))
    }

    @Test("Any member but those that tell the kind may be null or absent", arguments: kinds)
    func absent(event: String, gateway: Gateway) throws {
        let telling: Set = ["version", "httpMethod", "requestContext"]
        for name in try Events.members(event).keys where !telling.contains(name) {
            for value in [NSNull(), nil] as [Any?] {
                let request = try request(event, [name: value])
                // Without its only header object, a load balancer's request has lost its header form.
                if name != "multiValueHeaders" { #expect(request.gateway == gateway) }
                #expect(request.method == "POST")
            }
        }
    }

    @Test("Nothing in the context keeps an event from being read", arguments: kinds)
    func context(event: String, gateway: Gateway) throws {
        let context = try Events.members(event)["requestContext"] as? [String: Any] ?? [:]
        for name in context.keys where !["elb", "http"].contains(name) {
            for value in [NSNull(), nil, 5, "x", true, [1], ["a": 1], ["a": NSNull()]] as [Any?] {
                let request = try request(Events.json(event, context: name, value))
                if name != "domainName" { #expect(request.gateway == gateway) }
                #expect(request.authorization == ["Bearer a.b.c"] && request.body?.count == 42)
            }
        }
        if gateway == .rest {
            for value in [NSNull(), nil, 5, "x", [], ["x"], [:] as [String: Any]] as [Any?] {
                #expect(try request(event, ["requestContext": value]).path == "/observe/observables")
            }
        }
    }

    @Test("A request of nothing but what tells its kind has an empty rest")
    func bare() throws {
        let bare: [(String, Gateway)] = [
            (#"{"httpMethod":"GET","resource":"/"}"#, .rest),
            (#"{"httpMethod":"GET"}"#, .rest),
            (#"{"version":"2.0","requestContext":{"http":{"method":"GET"}}}"#, .http),
            (
                #"{"version":"2.0","requestContext":{"domainName":"a.lambda-url.b.on.aws","http":{"method":"GET"}}}"#,
                .functionURL
            ),
            (#"{"httpMethod":"GET","requestContext":{"elb":{}}}"#, .loadBalancer(multiValueHeaders: false)),
        ]
        for (event, gateway) in bare {
            let request = try request(Data(event.utf8))
            #expect(request.gateway == gateway && request.method == "GET" && request.path == "/")
            #expect(request.authorization.isEmpty && request.body == nil)
        }
    }

    @Test("A method that is null or absent is no method, and no reason to refuse an HTTP API's event")
    func noMethod() throws {
        for http in [["method": NSNull()], [:], ["method": 5]] as [[String: Any]] {
            #expect(try request(Events.json(Events.http, context: "http", http)).method == "")
        }
    }

    @Test("A scheduled event keeps the function warm")
    func scheduled() throws {
        for json in [
            Data(Events.scheduled.utf8), Data(#"{"source":"aws.events"}"#.utf8),
            Data(#"{"source":"aws.scheduler"}"#.utf8),
        ] {
            guard case .scheduled = try Event(json: Array(json)) else {
                Issue.record("not read as scheduled")
                continue
            }
        }
    }

    @Test(
        "What is neither is refused",
        arguments: [
            "", " ", "null", "true", "7", #""text""#, "[]", "{}", "[{}]", #"{"key1":"value1","key2":"value2"}"#,
            "not JSON", "{", #"{"httpMethod":"GET""#, #"{"httpMethod":null}"#, #"{"httpMethod":5}"#,
            #"{"path":"/version"}"#,
            #"{"version":"2.0"}"#, #"{"version":"2.0","requestContext":null}"#,
            #"{"version":"2.0","requestContext":{}}"#,
            #"{"version":"2.0","requestContext":{"http":null}}"#, #"{"version":"2.0","requestContext":{"http":"GET"}}"#,
            #"{"version":"1.0","requestContext":{"http":{"method":"GET"}}}"#, #"{"version":2.0,"rawPath":"/"}"#,
            #"{"source":"aws.s3","detail-type":"Object Created"}"#, #"{"source":null}"#, #"{"source":"Aws.Events"}"#,
            #"{"Records":[{"eventSource":"aws:sqs","body":"{}"}]}"#,
            #"{"requestContext":{"routeKey":"$connect","connectionId":"a","eventType":"CONNECT"},"isBase64Encoded":false}"#,
            #"{"type":"TOKEN","authorizationToken":"t","methodArn":"arn:aws:execute-api:eu-west-1:1:a/b/GET/"}"#,
        ]
    )
    func unknown(json: String) {
        #expect(throws: (any Error).self) { try Event(json: Array(json.utf8)) }
    }

    @Test("Nesting without end and bytes that are no UTF-8 are refused, not fatal")
    func hostile() {
        let deep = String(repeating: "[", count: 200_000)
        for json in [Data(deep.utf8), Data((#"{"httpMethod":"#).utf8) + Data(deep.utf8), Data([0xFF, 0xFE, 0x00])] {
            #expect(throws: (any Error).self) { try Event(json: Array(json)) }
        }
    }
}
