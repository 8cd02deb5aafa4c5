import CTIM
import SecurityTrails

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension Sighting {
    /// What an answer says about an observable; nil where it says nothing.
    init?(_ observable: Observable, _ answer: Answer, at observedTime: String) {
        guard !answer.values.isEmpty else { return nil }
        let topic = answer.topic
        let relations = answer.values.lazy.map { value in
            switch topic {
            case .ipv4Addresses, .ipv6Addresses:
                ObservedRelation(
                    source: observable,
                    related: Observable(value.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ip, value)
                )
            case .names:
                ObservedRelation(source: Observable(.domain, value), related: observable)
            }
        }
        self.init(
            id: "transient:sighting-" + UUID().uuidString.lowercased(),
            source: "SecurityTrails",
            sourceURI: SecurityTrailsPage.url(of: observable),
            title: "Found in SecurityTrails",
            description: Self.description(observable.value, answer.topic),
            count: answer.topic == .names ? answer.recordCount ?? relations.count : relations.count,
            observedTime: observedTime,
            observable: observable,
            relations: relations
        )
    }

    private static func description(_ value: String, _ topic: Topic) -> String {
        switch topic {
        case .ipv4Addresses: "IPv4 addresses that \(value) resolves to"
        case .ipv6Addresses: "IPv6 addresses that \(value) resolves to"
        case .names: "Domains that have resolved to \(value)"
        }
    }

    /// Now, in UTC, as RFC 3339 with whole seconds.
    static func timestamp() -> String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 32)
        strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }
}
