import Foundation
import Loopback
import TestSupport
import Testing

@testable import LocalLambda

@Suite struct StandInSecurityTrailsTests {
    private func port(_ standIn: StandInSecurityTrails) -> Int {
        URL(string: standIn.baseURL)?.port ?? 0
    }

    @Test("A scenario's JSON answers pings, histories and lists, page by page and call by call")
    func scenario() throws {
        let text = """
            {"ping": [{"status": 503, "text": "later"}, {"json": {"success": true}}],
             "observables": {"a.example": {"a": [{"json": {"page": 1}}, [{"drop": true}, {"json": {"page": 2}}]]},
                             "192.0.2.1": {"list": [{"b64": "AP8="}]}},
             "paths": {"/v1/odd path": {"status": 302, "headers": {"Location": "{base}/x"}}},
             "default": {"status": 404, "text": "caf\u{e9}", "encoding": "latin-1"}}
            """
        let standIn = try StandInSecurityTrails(JSONDecoder().decode(Scenario.self, from: Data(text.utf8)))
        defer { standIn.stop() }
        let port = port(standIn)
        func get(_ path: String) -> String { RawClient.exchange(port, "GET /v1/\(path) HTTP/1.1") }

        #expect(get("ping").hasPrefix("HTTP/1.1 503"))
        #expect(get("ping?page=7").hasSuffix(#"{"success":true}"#))
        #expect(get("ping").hasSuffix(#"{"success":true}"#))
        #expect(get("history/a.example/dns/a?page=1").hasSuffix(#"{"page":1}"#))
        #expect(get("history/a.example/dns/a?page=2") == "")
        #expect(get("history/a%2Eexample/dns/a?page=2").hasSuffix(#"{"page":2}"#))
        #expect(get("history/a.example/dns/a?page=3").hasPrefix("HTTP/1.1 404"))
        #expect(get("history/a.example/dns/aaaa").hasPrefix("HTTP/1.1 404"))
        #expect(get("odd%20path").contains("Location: http://127.0.0.1"))
        let list = RawClient.exchange(port, "POST /v1/domains/list HTTP/1.1", body: #"{"filter":{"ipv4":"192.0.2.1"}}"#)
        #expect(list.contains("Content-Length: 2\r\n"))

        #expect(standIn.requests.count == 10)
        #expect(standIn.requests.last?.observable == "192.0.2.1")
        #expect(standIn.requests[4].page == 2)
        standIn.load(Scenario(fallback: .json([])))
        #expect(get("anything").hasSuffix("[]") && standIn.requests.count == 1)
    }

    @Test("Every kind of question has its answer, and an IPv6 address is found however it is spelled")
    func questions() throws {
        let pages = { (name: String) -> [Scenario.Answers] in [[.json(.string(name))]] }
        let all = Dictionary(uniqueKeysWithValues: Scenario.Question.allCases.map { ($0, pages($0.rawValue)) })
        let standIn = try StandInSecurityTrails(
            Scenario(observables: ["a.example": Scenario.Observable(all), "2001:db8::a": .init(list: pages("v6"))])
        )
        defer { standIn.stop() }
        let port = port(standIn)
        func get(_ path: String) -> String { RawClient.exchange(port, "GET /v1/\(path) HTTP/1.1") }
        func list(_ filter: String) -> String {
            RawClient.exchange(port, "POST /v1/domains/list HTTP/1.1", body: "{\"filter\":{\(filter)}}")
        }
        for type in ["a", "aaaa", "ns", "mx"] {
            #expect(get("history/a.example/dns/\(type)?page=1").hasSuffix("\r\n\r\n\"\(type)\""))
        }
        for kind in ["subdomains", "whois", "tags", "associated"] {
            #expect(get("domain/a.example/\(kind)").hasSuffix("\"\(kind)\""))
        }
        #expect(get("history/a.example/whois").hasSuffix("\"history-whois\""))
        #expect(list(#""whois_email":"a.example""#).hasSuffix("\"list\""))
        #expect(list(#""ipv6":"2001:DB8:0::000a""#).hasSuffix("\"v6\""))
        #expect(list(#""ipv6":"2001:db8::b""#).hasPrefix("HTTP/1.1 598"))
        #expect(get("domain/a.example/ssl").hasPrefix("HTTP/1.1 598"))
        #expect(get("domain/b.example/whois").hasPrefix("HTTP/1.1 598"))
    }

    @Test("A rate limit answers 429 to what is too much in a second, and states itself if asked to")
    func rateLimit() throws {
        let limit = StandInSecurityTrails.RateLimit(perSecond: 2, isStated: true, retryAfter: "1")
        let standIn = try StandInSecurityTrails(rateLimit: limit)
        defer { standIn.stop() }
        let answers = (1...3).map { _ in RawClient.exchange(port(standIn), "GET /v1/ping HTTP/1.1") }
        #expect(answers.map { $0.hasPrefix("HTTP/1.1 200") } == [true, true, false])
        #expect(answers.allSatisfy { $0.contains("X-RateLimit-Limit-second: 2\r\n") })
        #expect(answers[2].contains("Retry-After: 1\r\n"))
        Thread.sleep(forTimeInterval: 1.1)
        #expect(RawClient.exchange(port(standIn), "GET /v1/ping HTTP/1.1").hasPrefix("HTTP/1.1 200"))
        #expect(standIn.requests.map(\.isOverLimit) == [false, false, true, false])
    }

    @Test("A body that is gzip is the one that gunzip reads")
    func gzip() throws {
        for size in [0, 5, 65_535, 200_000] {
            let data = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            let folder = try temporaryFolder("gzip")
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appendingPathComponent("x.gz")
            try Gzip.stored(data).write(to: file)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/gzip")
            process.arguments = ["-d", file.path]
            process.environment = hermeticEnvironment
            try process.run()
            process.waitUntilExit()
            #expect(try Data(contentsOf: folder.appendingPathComponent("x")) == data)
        }
    }
}
