import Foundation
import HTTPClient
import JWT
import LocalLambda
import Loopback
import TestSupport
import Testing

@testable import Relay

@Suite("Pages that a token asks for")
struct ClaimedPagesTests {
    /// Pages that are read with the claims and the environment's number.
    private func pages(_ claims: String, environment: String? = nil) throws -> Int? {
        let variables = environment.map { ["NUMBER_OF_PAGES": $0] } ?? [:]
        let token = CompactSerialization.sign(claims: Array(#"{"key":"k"\#(claims)}"#.utf8), secret: "s")
        let caller = try Authorization(secretKey: "s").caller(ofToken: token, until: .now)
        return caller.pages(else: try Configuration(environment: variables).pages)
    }

    @Test(
        "A number, or all, goes before the environment's",
        arguments: [
            (#","NUMBER_OF_PAGES":3"#, 3), (#","NUMBER_OF_PAGES":"3""#, 3), (#","NUMBER_OF_PAGES":3.0"#, 3),
            (#","NUMBER_OF_PAGES":0"#, nil), (#","NUMBER_OF_PAGES":"0""#, nil), (#","GET_ALL_PAGES":true"#, nil),
            (#","GET_ALL_PAGES":"true""#, nil), (#","GET_ALL_PAGES":"True""#, nil),
            (#","NUMBER_OF_PAGES":3,"GET_ALL_PAGES":true"#, nil), (#","NUMBER_OF_PAGES":3,"GET_ALL_PAGES":false"#, 3),
            (#","GET_ALL_PAGES":"false","NUMBER_OF_PAGES":"3""#, 3),
            (#","NUMBER_OF_PAGES":"99999999999999999999""#, .max),
        ] as [(String, Int?)]
    )
    func claimed(claims: String, expected: Int?) throws {
        #expect(try pages(claims, environment: "7") == expected)
        #expect(try pages(claims) == expected)
    }

    @Test(
        "What is no number and not true leaves the environment's",
        arguments: [
            "", #","NUMBER_OF_PAGES":null"#, #","NUMBER_OF_PAGES":"""#, #","NUMBER_OF_PAGES":"abc""#,
            #","NUMBER_OF_PAGES":-1"#, #","NUMBER_OF_PAGES":"-1""#, #","NUMBER_OF_PAGES":1.5"#,
            #","NUMBER_OF_PAGES":" 3""#,
            #","NUMBER_OF_PAGES":[3]"#, #","NUMBER_OF_PAGES":1e99"#, #","GET_ALL_PAGES":false"#, #","GET_ALL_PAGES":1"#,
            #","GET_ALL_PAGES":"yes""#, #","GET_ALL_PAGES":null"#, #","GET_ALL_PAGES":{"true":true}"#,
            #","number_of_pages":3"#,
        ]
    )
    func notClaimed(claims: String) throws {
        #expect(try pages(claims, environment: "7") == 7)
        #expect(try pages(claims, environment: "0") == nil)
        #expect(try pages(claims) == 1)
    }

    @Test("They hold for the platform's tokens too, as far as SecurityTrails is asked")
    func asked() throws {
        let host = try keysHost()
        defer { host.stop() }
        let json = #"""
            {"observables":{"a.example":{"a":[
              {"json":{"records":[{"values":[{"ip":"192.0.2.1"}]}],"pages":3}},
              {"json":{"records":[{"values":[{"ip":"192.0.2.2"}]}],"pages":3}},
              {"json":{"records":[{"values":[{"ip":"192.0.2.3"}]}],"pages":3}}],
            "aaaa":[{"json":{"records":[],"pages":0}}]}}}
            """#
        let scenario = try JSONDecoder().decode(Scenario.self, from: Data(json.utf8))
        let variables = ["JWKS_HOST": host.origin, "TOKEN_AUDIENCE": audience]
        for (claim, count) in [("", 2), (#""NUMBER_OF_PAGES":"2""#, 3), (#""GET_ALL_PAGES":true"#, 4)] {
            let served = try Served(scenario, variables)
            let token = try pair.get().token(id: "k", payload: claims(claim))
            let body = list(["domain a.example"])
            _ = try served.send("POST", "/observe/observables", body, authorization: "Bearer " + token)
            #expect(served.asked.count == count, "\(claim)")
        }
    }
}
