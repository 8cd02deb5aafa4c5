import Foundation
import Loopback

extension ResponseConditions {
    private static let site = "https://securitytrails.com/"
    private static let places = ["ip": ("list/ip/", ""), "ipv6": ("list/ip/", ""), "domain": ("domain/", "/dns")]

    /// Whether there is one link to each supported observable, its value one percent-encoded segment of the path; if the
    /// case names no observables, whether every link is to SecurityTrails.
    func linkViolations(_ body: JSONValue?) -> [String] {
        guard let referEscaped, case .object = body else { return [] }
        guard let links = body?["data"]?.array else { return ["no links: \(text(body?["data"]))"] }
        let named = referEscaped.array ?? []
        let asked = named.filter { Self.places[$0["type"]?.string ?? ""] != nil }
        guard named.isEmpty || asked.count == links.count else {
            return ["\(links.count) links for \(asked.count) observables"]
        }
        return links.enumerated().compactMap { index, link in
            let url = link["url"]?.string ?? ""
            guard url.hasPrefix(Self.site) else { return "the URL \(text(link["url"]))" }
            guard !named.isEmpty else { return nil }
            return isLink(url, to: asked[index]) ? nil : "the URL \(url.prefix(120)) for \(text(asked[index]))"
        }
    }

    private func isLink(_ url: String, to observable: JSONValue) -> Bool {
        let (before, after) = Self.places[observable["type"]?.string ?? ""] ?? ("", "")
        let rest = url.dropFirst(Self.site.count)
        guard rest.hasPrefix(before), rest.hasSuffix(after), rest.count >= before.count + after.count else {
            return false
        }
        let segment = rest.dropFirst(before.count).dropLast(after.count)
        return segment.wholeMatch(of: /[A-Za-z0-9._~%!$&'()*+,;=:@-]*/) != nil
            && segment.removingPercentEncoding == observable["value"]?.string
    }
}
