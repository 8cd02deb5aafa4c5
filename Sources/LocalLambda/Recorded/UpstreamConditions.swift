import Foundation
import Loopback

/// What a recorded case expects of the requests to SecurityTrails. Whatever a case says, each carries the key and the
/// headers of the contract, and a request for public keys carries no credentials.
package struct UpstreamConditions: Decodable, Sendable {
    var any: Bool?
    var requests: [String]?
    var count: Int?
    var targets: Pattern?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case any, requests, count
        case targets = "targets~"
    }

    init() {}

    /// What is not as expected, a line each.
    package func violations(by requests: [StandInSecurityTrails.Request]) -> [String] {
        var wrong = requests.flatMap(headerViolations)
        if any == true { return wrong }
        let got = requests.map { "\($0.method) \($0.target)" }
        if let count, count != got.count {
            wrong.append("\(got.count) request\(got.count == 1 ? "" : "s") to SecurityTrails, not \(count): \(got)")
        }
        if let targets {
            for request in requests where !targets.isPrefix(of: request.target) {
                wrong.append("a request to \(request.target)")
            }
        }
        if let expected = self.requests, got.map(withoutPageOne).sorted() != expected.map(withoutPageOne).sorted() {
            wrong.append("requests to SecurityTrails \(got), not \(expected)")
        }
        return wrong
    }

    private func headerViolations(_ request: StandInSecurityTrails.Request) -> [String] {
        var wrong: [String] = []
        if request.target.hasPrefix("/.well-known/") {
            for name in ["apikey", "authorization"] where request[name] != nil {
                wrong.append("\(name) sent for the public keys")
            }
            return wrong
        }
        for name in ["apikey", "user-agent"] where request[name]?.isEmpty != false {
            wrong.append("no \(name) sent")
        }
        if request["accept"] != "application/json" { wrong.append("Accept is not application/json") }
        let type = request["content-type"]?.prefix { $0 != ";" }
        if !request.body.isEmpty, type != "application/json" {
            wrong.append("the body's content type is \(type ?? "missing")")
        }
        return wrong
    }

    /// Page 1 may be asked for with or without saying so.
    private func withoutPageOne(_ target: String) -> String {
        target.hasSuffix("?page=1") ? String(target.dropLast("?page=1".count)) : target
    }
}
