import Extraction
import Loopback

/// What a relay says about observables.
package struct Findings: Sendable, Equatable {
    /// What was asked about.
    package let observables: [TextObservables.Observable]
    package var verdicts: [JSONValue] = []
    package private(set) var sightings: [Sighting] = []
    package private(set) var notices: [Notice] = []
    package var links: [Link] = []
    /// The values that were not asked about, because the relay refused to answer about the others.
    package var unasked: [String] = []

    package init(observables: [TextObservables.Observable]) {
        self.observables = observables
    }

    /// Adds the answer to an `observe` request. An error that is there already is not repeated.
    package mutating func add(_ answer: JSONValue) {
        sightings += (answer["data"]?["sightings"]?["docs"]?.array ?? []).compactMap(Sighting.init)
        for notice in (answer["errors"]?.array ?? []).compactMap(Notice.init) where !notices.contains(notice) {
            notices.append(notice)
        }
    }

    /// Whether it makes no sense to ask for more.
    var isRefused: Bool {
        notices.contains { ["authorization error", "unauthorized"].contains($0.code) }
    }

    package var isEmpty: Bool {
        sightings.isEmpty
    }

    /// Whether something went wrong, rather than being short of the whole.
    package var hasErrors: Bool {
        notices.contains { !$0.isWarning }
    }

    package func sightings(of observable: TextObservables.Observable) -> [Sighting] {
        sightings.filter { $0.observable == Entity(observable) }
    }

    /// The errors and warnings that name this value, and no longer one that it is a part of.
    package func notices(about value: String) -> [Notice] {
        notices.filter { $0.names(value) }
    }

    /// The errors and warnings that name none of the observables.
    package var otherNotices: [Notice] {
        notices.filter { notice in !observables.contains { notice.names($0.value) } }
    }
}

/// An error or a warning of a relay's.
package struct Notice: Sendable, Equatable {
    package let isWarning: Bool
    package let code: String
    package let message: String
    package let json: JSONValue

    init?(_ json: JSONValue) {
        guard let message = json["message"]?.string else { return nil }
        isWarning = json["type"]?.string == "warning"
        code = json["code"]?.string ?? ""
        self.message = message
        self.json = json
    }

    func names(_ value: String) -> Bool {
        let text = Array(message.utf8)
        let value = Array(value.utf8)
        guard !value.isEmpty, value.count <= text.count else { return false }
        func isPart(_ index: Int) -> Bool {
            guard text.indices.contains(index) else { return false }
            let byte = text[index]
            // A dot ends a sentence, unless something follows it.
            if byte == UInt8(ascii: ".") {
                return text.indices.contains(index + 1) && text[index + 1] > 0x20
                    && text[index + 1] != UInt8(ascii: "\"")
            }
            return byte >= 0x80 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: ":") && index + 1 < text.count && text[index + 1] > 0x20
                || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        for start in 0...(text.count - value.count) where text[start..<(start + value.count)].elementsEqual(value) {
            if !(start > 0 && isPart(start - 1)), !isPart(start + value.count) { return true }
        }
        return false
    }
}

/// A page to read on.
package struct Link: Sendable, Equatable {
    package let title: String
    package let description: String
    package let url: String
    package let json: JSONValue

    init?(_ json: JSONValue) {
        // Shown to be clicked: nothing but a page of the web.
        guard let url = json["url"]?.string, url.hasPrefix("https://") || url.hasPrefix("http://") else { return nil }
        title = json["title"]?.string ?? url
        description = json["description"]?.string ?? ""
        self.url = url
        self.json = json
    }
}

/// Something with a type and a value, as CTIM has it.
package struct Entity: Sendable, Hashable {
    package let type: String
    package let value: String

    init(_ observable: TextObservables.Observable) {
        type = observable.kind.rawValue
        value = observable.value
    }

    init?(_ json: JSONValue?) {
        guard let type = json?["type"]?.string, let value = json?["value"]?.string else { return nil }
        self.type = type
        self.value = value
    }

    func isSame(as other: Entity) -> Bool {
        value.lowercased() == other.value.lowercased()
    }

    init(type: String, value: String) {
        self.type = type
        self.value = value
    }
}
