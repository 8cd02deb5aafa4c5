import Extraction
import Loopback

extension Findings {
    /// All that was found, as the relay said it.
    package func json(leftOut: [TextObservables.LeftOut] = []) -> JSONValue {
        var report: [String: JSONValue] = [
            "observables": .array(observables.map(\.json)),
            "left_out": .array(leftOut.map(\.json)),
            "verdicts": .array(verdicts),
            "sightings": .array(sightings.map(\.json)),
            "links": .array(links.map(\.json)),
            "errors": .array(notices.map(\.json)),
        ]
        if !unasked.isEmpty { report["not_asked"] = .array(unasked.map(JSONValue.string)) }
        return .object(report)
    }
}

extension TextObservables.Observable {
    package var json: JSONValue {
        ["type": .string(kind.rawValue), "value": .string(value)]
    }
}

extension TextObservables.LeftOut {
    package var json: JSONValue {
        ["value": .string(value), "reason": .string(reason.rawValue)]
    }
}
