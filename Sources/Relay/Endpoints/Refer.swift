import CTIM
import JSON

extension Relay {
    /// Links to SecurityTrails' pages about the observables. Nobody is asked.
    func refer(_ call: Call) throws(RelayError) -> EndpointResponse {
        let observables = try ObservableList(of: call).supported.filter { $0.kind != .email }
        var body = ResponseBody(for: call.request.gateway)
        let bytes = body.bytes { writer, limit in
            var isWhole = true
            writer.array { links in
                for observable in observables where isWhole {
                    isWhole = links.write(within: limit) { Self.writeLink(to: observable, &$0) }
                }
            }
            return isWhole
        }
        return EndpointResponse(body: bytes, errors: body.errors)
    }

    private static func writeLink(to observable: Observable, _ writer: inout JSONWriter) -> Bool {
        let noun =
            switch observable.kind {
            case .ip: "IP"
            case .ipv6: "IPv6"
            case .domain: "domain"
            case .email: "e-mail address"
            }
        writer.object {
            $0.member("id", "ref-securitytrails-search-\(observable.kind.rawValue)-\(observable.value)")
            $0.member("title", "Search for this \(noun)")
            $0.member("description", "Lookup this \(noun) on SecurityTrails")
            $0.member("url", SecurityTrailsPage.url(of: observable))
            $0.member("categories", ["Search", "SecurityTrails"])
        }
        return true
    }
}
