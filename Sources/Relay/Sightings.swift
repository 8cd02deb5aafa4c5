import CTIM
import SecurityTrails

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
            id: "transient:sighting-" + Self.uuid(),
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

    /// Now, in UTC, as RFC 3339 with whole seconds. (strftime would read the time zone's file first.)
    static func timestamp() -> String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        func digits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(parts.tm_year + 1900)-\(digits(parts.tm_mon + 1))-\(digits(parts.tm_mday))"
        return "\(date)T\(digits(parts.tm_hour)):\(digits(parts.tm_min)):\(digits(parts.tm_sec))Z"
    }

    /// A random id (RFC 9562, version 4), in one call to the system where Foundation's takes three.
    private static func uuid() -> String {
        var bits = (high: UInt64.random(in: .min ... .max), low: UInt64.random(in: .min ... .max))
        bits.high = bits.high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        bits.low = bits.low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        func digits(_ number: UInt64) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }
        let text = digits(bits.high) + digits(bits.low)
        var id = ""
        for (index, digit) in text.utf8.enumerated() {
            if [8, 12, 16, 20].contains(index) { id.append("-") }
            id.unicodeScalars.append(Unicode.Scalar(digit))
        }
        return id
    }
}
