import Foundation
import Testing

@testable import LocalLambda

@Suite("A gateway takes a response as AWS would, and says what it would not")
struct GatewayCheckTests {
    private func verdict(_ kind: GatewayKind, _ response: String) -> LocalGateway.Verdict {
        LocalGateway(kind).verdict(on: .response(Data(response.utf8)))
    }

    @Test("A right response passes with its status, headers and body", arguments: GatewayKind.allCases)
    func right(kind: GatewayKind) {
        let response =
            #"{"statusCode":404,"headers":{"Allow":"POST","X-Number":1},"body":"aGk=","isBase64Encoded":true}"#
        let verdict = verdict(kind, response)
        #expect(verdict.complaints == [])
        #expect(verdict.response.status == 404 && verdict.response.body == Data("hi".utf8))
        #expect(verdict.response.headers == [.init("Allow", "POST"), .init("X-Number", "1")])
    }

    @Test(
        "A load balancer refuses a response of more than 1 MB, and the others do not",
        arguments: GatewayKind.allCases
    )
    func size(kind: GatewayKind) {
        let envelope = #"{"statusCode":200,"body":""}"#.utf8.count
        func status(_ bytes: Int) -> Int {
            let body = String(repeating: "x", count: bytes - envelope)
            return verdict(kind, #"{"statusCode":200,"body":"\#(body)"}"#).response.status
        }
        #expect(status(1 << 20) == 200)
        #expect(status((1 << 20) + 1) == (kind == .alb ? 502 : 200))
    }

    @Test("Multi-value headers and cookies become header fields")
    func repeatedHeaders() {
        let rest = verdict(.rest, #"{"statusCode":200,"headers":{"a":"0"},"multiValueHeaders":{"A":["1","2"]}}"#)
        #expect(rest.response.headers == [.init("A", "1"), .init("A", "2")])
        let http = verdict(.http, #"{"statusCode":200,"cookies":["a=1","b=2"]}"#)
        #expect(http.response.headers == [.init("Set-Cookie", "a=1"), .init("Set-Cookie", "b=2")])
    }

    @Test(
        "What is malformed is refused and named",
        arguments: [
            ("nonsense", "not JSON"),
            ("[]", "not a JSON object"),
            ("null", "not a JSON object"),
            (#"{"body":"x"}"#, "statusCode"),
            (#"{"statusCode":"200"}"#, "statusCode"),
            (#"{"statusCode":20}"#, "statusCode"),
            (#"{"statusCode":200,"headers":[]}"#, "headers is not"),
            (#"{"statusCode":200,"headers":{"a":["b"]}}"#, "headers is not"),
            (#"{"statusCode":200,"multiValueHeaders":{"a":"b"}}"#, "multiValueHeaders is not"),
            (#"{"statusCode":200,"body":{}}"#, "body is not"),
            (#"{"statusCode":200,"isBase64Encoded":"yes"}"#, "isBase64Encoded is not"),
            (#"{"statusCode":200,"body":"no base64!","isBase64Encoded":true}"#, "base64"),
        ]
    )
    func malformed(response: String, complaint: String) {
        for kind in GatewayKind.allCases {
            let verdict = verdict(kind, response)
            #expect(verdict.response.status == (kind == .http ? 500 : 502))
            #expect(verdict.complaints.contains { $0.contains(complaint) })
        }
    }

    @Test("An unknown member is refused by a REST API, and named by the others")
    func unknownMembers() {
        let response = #"{"statusCode":200,"statusdescription":"OK"}"#
        for kind in GatewayKind.allCases {
            let verdict = verdict(kind, response)
            #expect(verdict.response.status == (kind == .rest ? 502 : 200))
            #expect(verdict.complaints == ["'statusdescription' is no member of this gateway's responses"])
        }
        #expect(verdict(.rest, #"{"statusCode":200,"cookies":[]}"#).response.status == 502)
        #expect(verdict(.alb, #"{"statusCode":200,"statusDescription":"201 Created"}"#).complaints.count == 1)
    }

    @Test("An error is refused, and a type that AWS would rewrite is named")
    func errors() {
        func verdict(_ type: String?) -> LocalGateway.Verdict {
            let body = Data(#"{"errorMessage":"m"}"#.utf8)
            return LocalGateway(.rest).verdict(on: .error(RuntimeAPIServer.FunctionError(type: type, body: body)))
        }
        #expect(verdict("Function.Broken").complaints == ["the function reported Function.Broken: m"])
        for type in ["MyError", "Function.broken", "Runtime.X1", nil] {
            #expect(verdict(type).response.status == 502)
            #expect(verdict(type).complaints.last?.contains("Runtime.Unknown") == true)
        }
    }

    @Test("Impatience, a foreign path and a large body have the gateway's own answers")
    func own() {
        #expect(LocalGateway(.rest).timedOut.response.status == 504 && LocalGateway(.rest).patience == 29)
        #expect(LocalGateway(.http).timedOut.response.status == 503)
        #expect(LocalGateway(.rest).outsideStage.response.status == 403)
        #expect(LocalGateway(.http).outsideStage.response.status == 404)
        #expect(LocalGateway(.url).bodyTooLarge.response.status == 413)
    }
}
