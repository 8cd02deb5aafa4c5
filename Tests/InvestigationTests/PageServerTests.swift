import Extraction
import Foundation
import Loopback
import Testing

@testable import Investigation

@Suite("The page's server")
struct PageServerTests {
    private let page = PageServer()

    init() throws {
        let address = try RelayClient.Address(url: "http://127.0.0.1:1/dev", token: "secret.jwt.here")
        page.ask(PageServer.Relay(address, name: "a relay", environment: [:]))
    }

    private func request(
        _ method: String = "POST",
        _ path: String = "/-/extract",
        _ fields: [String: String] = [:],
        body: String = #"{"text":"example.com 10.0.0.1"}"#
    ) -> HTTPServer.Request {
        var headers = [
            "Host": "127.0.0.1:9000", "Origin": "http://127.0.0.1:9000", "Content-Type": "application/json",
            "Sec-Fetch-Site": "same-origin",
        ]
        headers.merge(fields) { $1 }
        let list = headers.filter { !$0.value.isEmpty }.map { HTTPServer.Field($0.key, $0.value) }
        return HTTPServer.Request(method: method, target: path, headers: list, body: Data(body.utf8))
    }

    private func response(_ request: HTTPServer.Request) throws -> HTTPServer.Response {
        guard case .respond(let response)? = page.reply(to: request)?.action else { throw LocalError("no response") }
        return response
    }

    @Test("What is in a text is found by the server")
    func extract() throws {
        let response = try response(request())
        #expect(response.status == 200)
        let json = try JSONValue(parsing: response.body)
        #expect(json["found"] == [["type": "domain", "value": "example.com"]])
        #expect(json["left_out"] == [["value": "10.0.0.1", "reason": "a private address"]])
    }

    @Test(
        "A request of another site's page is refused",
        arguments: [
            ["Origin": "https://evil.example"], ["Origin": "null"], ["Origin": ""], ["Origin": "http://127.0.0.1:9001"],
            ["Origin": "http://localhost:9000"], ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"],
            ["Host": "evil.example:9000", "Origin": "http://evil.example:9000"], ["Host": ""],
        ]
    )
    func otherSites(fields: [String: String]) throws {
        #expect(try response(request("POST", "/-/extract", fields)).status == 403)
        #expect(try response(request("POST", "/-/investigate", fields)).status == 403)
    }

    @Test("The page itself is neither framed nor fetched by another site, and a link to it works")
    func navigation() throws {
        let direct = ["Origin": "", "Sec-Fetch-Site": "none"]
        #expect(try response(request("GET", "/", direct)).status == 200)
        let link = [
            "Origin": "", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
        ]
        #expect(try response(request("GET", "/", link)).status == 200)
        let frame = [
            "Origin": "", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe",
        ]
        #expect(try response(request("GET", "/", frame)).status == 403)
        #expect(try response(request("GET", "/", ["Host": "evil.example", "Origin": ""])).status == 403)
    }

    @Test("The page may use nothing but itself, is kept by nobody and tells nobody where it is from")
    func headers() throws {
        let response = try response(request("GET", "/", ["Origin": "", "Sec-Fetch-Site": "none"]))
        let fields = Dictionary(response.headers.map { ($0.name, $0.value) }) { $1 }
        let policy = try #require(fields["Content-Security-Policy"])
        #expect(policy.hasPrefix("default-src 'none'; script-src 'sha256-"))
        #expect(!policy.contains("unsafe"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(fields["X-Content-Type-Options"] == "nosniff")
        #expect(fields["Referrer-Policy"] == "no-referrer")
        #expect(fields["Cache-Control"] == "no-store")
    }

    @Test("The page names no other host but those of links to click, and has no handler or style in its markup")
    func markup() throws {
        let html = String(decoding: WebPage.shared.html, as: UTF8.self)
        let hosts = html.matches(of: /https?:\/\/[a-z.0-9]+/).map { String($0.output) }
        #expect(Set(hosts).isSubset(of: ["https://securitytrails.com", "http://www.w3.org"]))
        #expect(html.firstMatch(of: /<[^>]+ (on[a-z]+|style)=/) == nil)
        #expect(html.firstMatch(of: /innerHTML|insertAdjacentHTML|document\.write|eval\(/) == nil)
        #expect(!html.contains("{{"))
    }

    @Test("No answer holds the JWT, not even one about a relay that is not there")
    func secrecy() throws {
        for (path, body) in [
            ("/-/about", "{}"), ("/-/investigate", #"{"observables":[{"type":"domain","value":"a.example"}]}"#),
        ] {
            let response = try response(request("POST", path, body: body))
            #expect(!String(decoding: response.body, as: UTF8.self).contains("secret"))
        }
    }

    @Test(
        "A body that makes no sense is refused",
        arguments: [
            "", "[", "{}", #"{"observables":[]}"#, #"{"observables":[{"type":"file","value":"x"}]}"#,
            #"{"observables":[{"type":"ip","value":""}]}"#,
        ]
    )
    func badBody(body: String) throws {
        #expect(try response(request("POST", "/-/investigate", body: body)).status == 400)
    }

    @Test("A form of another site can't be sent as JSON")
    func contentType() throws {
        #expect(try response(request("POST", "/-/extract", ["Content-Type": "text/plain"])).status == 400)
    }

    @Test("The relay's own paths are left to the relay")
    func otherPaths() {
        #expect(page.reply(to: request("POST", "/dev/observe/observables")) == nil)
        #expect(page.reply(to: request("POST", "/")) == nil)
        #expect(page.reply(to: request("GET", "/version")) == nil)
    }
}
