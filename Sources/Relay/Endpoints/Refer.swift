import CTIM
import JSON

extension Relay {
    /// Links to SecurityTrails' pages about the observables. Nobody is asked.
    func refer(_ call: Call) -> Reply {
        var envelope = Envelope()
        let observables: [Observable]
        do {
            observables = try ObservableList(call.request.body).supported.filter { $0.kind != .email }
        } catch {
            envelope.note(RelayError(.invalidArgument, error.message))
            return Reply(&envelope)
        }
        let body = envelope.body { writer, limit in
            var isWhole = true
            writer.array { links in
                for observable in observables where isWhole {
                    isWhole = links.write(within: limit) { Self.writeLink(to: observable, &$0) }
                }
            }
            return isWhole
        }
        return Reply(body: body, errors: envelope.errors)
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
