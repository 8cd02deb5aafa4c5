import Extraction
import Foundation
import Loopback

/// Answers what the page in the browser asks. The JWT stays here: the browser sees neither it nor the API key in it.
package final class PageServer: Sendable {
    /// The relay that the page's investigations ask.
    package struct Relay: Sendable {
        let address: RelayClient.Address
        let name: String
        let isDemonstration: Bool
        let environment: [String: String]
        let queryCount: @Sendable () -> Int?

        /// - Parameters:
        ///   - name: what the page calls it.
        ///   - queryCount: how many requests SecurityTrails has had so far; nil if nobody knows.
        package init(
            _ address: RelayClient.Address,
            name: String,
            isDemonstration: Bool = false,
            environment: [String: String],
            queryCount: @escaping @Sendable () -> Int? = { nil }
        ) {
            self.address = address
            self.name = name
            self.isDemonstration = isDemonstration
            self.environment = environment
            self.queryCount = queryCount
        }
    }

    /// Observables in one request of the page's.
    private static let limit = 100

    private let relay = Monitor<Relay?>(nil)

    package init() {}

    /// Sets the relay, which may be known only after the server has started.
    package func ask(_ relay: Relay) {
        self.relay.with { $0 = relay }
    }

    /// The reply to a request of the page's; nil for any other.
    package func reply(to request: HTTPServer.Request) -> HTTPServer.Reply? {
        switch (request.method, request.path) {
        case ("GET", "/"), ("HEAD", "/"):
            guard isSameOrigin(request, mayBeNavigation: true) else {
                return .json(403, ["message": "This page is not for other sites."])
            }
            return page()
        case ("POST", "/-/about"), ("POST", "/-/extract"), ("POST", "/-/investigate"):
            guard isSameOrigin(request) else { return plain(403, ["message": "Only the page itself may ask."]) }
            guard let relay = relay.with({ $0 }) else { return plain(503, ["message": "The relay is not up yet."]) }
            return answer(request, relay)
        case (_, "/"), (_, "/-/about"), (_, "/-/extract"), (_, "/-/investigate"):
            return request.method == "GET" || request.path != "/"
                ? plain(405, ["message": "Only the page itself may ask."]) : nil
        default: return nil
        }
    }

    // MARK: - Who asks

    /// Whether the page of this very server asks. A browser says so with each POST; what is no browser may say it too.
    private func isSameOrigin(_ request: HTTPServer.Request, mayBeNavigation: Bool = false) -> Bool {
        let hosts = request.headers.filter { $0.name.lowercased() == "host" }.map { $0.value.lowercased() }
        guard hosts.count == 1, let host = hosts.first, HTTPServer.loopbackNames.contains(Self.name(of: host)) else {
            return false
        }
        if let site = request["Sec-Fetch-Site"], site != "same-origin",
            !(mayBeNavigation && isNavigation(request, site))
        {
            return false
        }
        guard let origin = request["Origin"] else { return mayBeNavigation }
        return origin.lowercased() == "http://\(host)"
    }

    /// An address that was typed or a link that was clicked; not a frame, a script or an image.
    private func isNavigation(_ request: HTTPServer.Request, _ site: String) -> Bool {
        site == "none" || (request["Sec-Fetch-Mode"] == "navigate" && request["Sec-Fetch-Dest"] == "document")
    }

    private static func name(of host: String) -> String {
        host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : String(host.prefix { $0 != ":" })
    }

    // MARK: - Answers

    private static let fields = [
        HTTPServer.Field("X-Content-Type-Options", "nosniff"),
        HTTPServer.Field("Referrer-Policy", "no-referrer"),
        HTTPServer.Field("Cache-Control", "no-store"),
        HTTPServer.Field("Cross-Origin-Resource-Policy", "same-origin"),
        HTTPServer.Field("Cross-Origin-Opener-Policy", "same-origin"),
    ]

    private func page() -> HTTPServer.Reply {
        let page = WebPage.shared
        let fields = [
            HTTPServer.Field("Content-Type", "text/html; charset=utf-8"),
            HTTPServer.Field("Content-Security-Policy", page.contentSecurityPolicy),
        ]
        return .response(200, fields + Self.fields, page.html)
    }

    private func plain(_ status: Int, _ json: JSONValue) -> HTTPServer.Reply {
        .json(status, json, Self.fields)
    }

    private func answer(_ request: HTTPServer.Request, _ relay: Relay) -> HTTPServer.Reply {
        guard request["Content-Type"]?.lowercased().hasPrefix("application/json") == true,
            let body = try? JSONValue(parsing: request.body)
        else { return plain(400, ["message": "This takes JSON."]) }
        switch request.path {
        case "/-/about":
            return plain(
                200,
                [
                    "relay": .string(relay.name), "demonstration": .bool(relay.isDemonstration),
                    "top_level_domains": .string(TextObservables.dateOfTopLevelDomains),
                ]
            )
        case "/-/extract":
            guard let text = body["text"]?.string else { return plain(400, ["message": "This takes a text."]) }
            return plain(200, TextObservables(in: text).json)
        default: return investigate(body, relay)
        }
    }

    private func investigate(_ body: JSONValue, _ relay: Relay) -> HTTPServer.Reply {
        let items = body["observables"]?.array ?? []
        let observables = items.compactMap(TextObservables.Observable.init(json:))
        guard !items.isEmpty, items.count <= Self.limit, observables.count == items.count else {
            return plain(400, ["message": .string("This takes 1 to \(Self.limit) observables.")])
        }
        let before = relay.queryCount()
        do throws(InvestigationError) {
            let client = try RelayClient(relay.address, environment: relay.environment)
            var report = try client.investigate(observables).pageReport
            if let before, let after = relay.queryCount() { report["queries"] = .integer(after - before) }
            return plain(200, report)
        } catch {
            return plain(502, ["message": .string(error.description)])
        }
    }
}

extension TextObservables {
    package var json: JSONValue {
        [
            "found": .array(found.map(\.json)), "left_out": .array(leftOut.map(\.json)),
            "left_out_count": .integer(leftOutCount),
        ]
    }
}

extension TextObservables.Observable {
    fileprivate init?(json: JSONValue) {
        guard let kind = json["type"]?.string.flatMap(TextObservables.Kind.init), let value = json["value"]?.string,
            (1...2_048).contains(value.utf8.count)
        else { return nil }
        self.init(kind, value)
    }
}
