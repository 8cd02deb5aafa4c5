import Extraction
import Foundation
import Loopback
import Testing

@testable import Investigation

@Suite("Asking a relay")
struct RelayClientTests {
    private static func relay(_ requests: Monitor<[HTTPServer.Request]>, observe: JSONValue, status: Int = 200) throws
        -> HTTPServer
    {
        try HTTPServer { request in
            requests.with { $0.append(request) }
            return switch request.path {
            case "/dev/observe/observables": .json(status, observe)
            case "/dev/refer/observables": .json(200, ["data": [["url": "https://securitytrails.com/"]]])
            default: .json(200, ["data": [:]])
            }
        }
    }

    private let observables = (1...23).map { TextObservables.Observable(.domain, "host\($0).example") }

    @Test("Each batch is asked as the platform asks: deliberate, observe, refer, with the JWT")
    func batches() throws {
        let requests = Monitor<[HTTPServer.Request]>([])
        let server = try Self.relay(requests, observe: ["data": [:]])
        defer { server.stop() }
        let client = try RelayClient(.init(url: server.origin + "/dev/", token: "a.b.c"), environment: [:])
        var progress: [Int] = []
        let findings = try client.investigate(observables) { progress.append($0) }
        let asked = requests.with { $0 }
        #expect(progress == [0, 10, 20])
        #expect(
            asked.map(\.path).prefix(3) == [
                "/dev/deliberate/observables", "/dev/observe/observables", "/dev/refer/observables",
            ]
        )
        #expect(asked.count == 9)
        #expect(asked.allSatisfy { $0["Authorization"] == "Bearer a.b.c" })
        #expect(try JSONValue(parsing: asked[8].body).array?.count == 3)
        #expect(findings.isEmpty)
        #expect(findings.links.count == 3)
    }

    @Test("After a refused JWT nothing more is asked, and what was not is told")
    func refused() throws {
        let requests = Monitor<[HTTPServer.Request]>([])
        let error: JSONValue = [
            "errors": [["type": "fatal", "code": "authorization error", "message": "Authorization failed: no"]]
        ]
        let server = try Self.relay(requests, observe: error)
        defer { server.stop() }
        let client = try RelayClient(.init(url: server.origin + "/dev", token: nil), environment: [:])
        let findings = try client.investigate(observables)
        let count = requests.with { $0.count }
        #expect(count == 3)
        #expect(findings.unasked.count == 13)
        #expect(findings.tree().contains("not asked"))
    }

    @Test("What is no relay is an error in one line")
    func noRelay() throws {
        let requests = Monitor<[HTTPServer.Request]>([])
        let server = try Self.relay(requests, observe: ["message": "Forbidden\u{1B}"], status: 403)
        defer { server.stop() }
        let client = try RelayClient(.init(url: server.origin + "/dev", token: nil), environment: [:])
        #expect(throws: InvestigationError("the relay answered /observe/observables with status 403: Forbidden\\u{1B}"))
        {
            try client.investigate(observables)
        }
    }

    @Test(
        "Only HTTPS, and HTTP to this machine, is a relay's URL",
        arguments: [
            "http://example.com/dev", "ftp://example.com", "example.com", "https://a@example.com/",
            "https://example.com/?x", "",
        ]
    )
    func badURL(url: String) {
        #expect(throws: InvestigationError.self) { try RelayClient.Address(url: url, token: nil) }
    }

    @Test("A JWT with a line break in it is refused before anything is sent")
    func badToken() {
        #expect(throws: InvestigationError.self) {
            try RelayClient.Address(url: "https://example.com/", token: "a\r\nX: y")
        }
    }
}
