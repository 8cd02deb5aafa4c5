import Foundation
import Testing

@testable import APIGateway

private let gateways: [Gateway] = [
    .rest, .http, .functionURL, .loadBalancer(multiValueHeaders: false), .loadBalancer(multiValueHeaders: true),
]

private func members(_ response: Response, for gateway: Gateway) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(response.json(for: gateway))) as? [String: Any] ?? [:]
}

@Suite("A response")
struct ResponseTests {
    private let response = Response(
        status: 405,
        headers: [("Allow", "OPTIONS, POST"), ("Content-Type", "application/json")],
        body: Array(#"{"code":405}"#.utf8)
    )

    @Test("Each gateway gets the members that it allows, in its own form")
    func forms() {
        let start = #"{"statusCode":405,"#
        let single = #""headers":{"Allow":"OPTIONS, POST","Content-Type":"application/json"},"#
        let multi = #""multiValueHeaders":{"Allow":["OPTIONS, POST"],"Content-Type":["application/json"]},"#
        let described = start + #""statusDescription":"405 Method Not Allowed","#
        let end = #""body":"{\"code\":405}","isBase64Encoded":false}"#
        let expected: [(Gateway, String)] = [
            (.rest, start + single + end), (.http, start + single + end), (.functionURL, start + single + end),
            (.loadBalancer(multiValueHeaders: false), described + single + end),
            (.loadBalancer(multiValueHeaders: true), described + multi + end),
        ]
        for (gateway, json) in expected {
            #expect(String(decoding: response.json(for: gateway), as: UTF8.self) == json)
        }
    }

    @Test(
        "A load balancer is told the status with its phrase",
        arguments: [
            (200, "200 OK"), (404, "404 Not Found"), (405, "405 Method Not Allowed"),
            (500, "500 Internal Server Error"),
        ]
    )
    func statusDescription(status: Int, description: String) throws {
        let response = Response(status: status, headers: [], body: [])
        let members = try members(response, for: .loadBalancer(multiValueHeaders: true))
        #expect(members["statusDescription"] as? String == description && members["statusCode"] as? Int == status)
    }

    @Test("Any body arrives as it was", arguments: gateways)
    func body(gateway: Gateway) throws {
        for body in ["", "{}", "\"\\\n\r\t\u{0}\u{1F}\u{7F}", "é e\u{301} 日本 🧭 \u{2028}", #"{"a":"\"\\u0000"}"#] {
            let response = Response(status: 200, headers: [("X-Quoted", "\"a\"\n")], body: Array(body.utf8))
            let members = try members(response, for: gateway)
            #expect((members["body"] as? String)?.utf8.elementsEqual(body.utf8) == true)
            #expect(members["isBase64Encoded"] as? Bool == false)
        }
    }

    @Test("Without headers there is an empty object of them", arguments: gateways)
    func noHeaders(gateway: Gateway) throws {
        let members = try members(Response(status: 200, headers: [], body: []), for: gateway)
        let isMulti = gateway == .loadBalancer(multiValueHeaders: true)
        #expect((members[isMulti ? "multiValueHeaders" : "headers"] as? [String: Any])?.isEmpty == true)
    }

    @Test("What stands around a body takes less than is reckoned for it", arguments: gateways)
    func envelope(gateway: Gateway) {
        let empty = Response(status: 405, headers: response.headers, body: [])
        #expect(empty.json(for: gateway).count < Response.overhead)
        #expect(Gateway.rest.responseLimit == 6_291_456)
    }
}
