import Foundation
import Loopback

/// The sightings of a body, and what the cases ask of them.
struct CTIMSightings {
    let docs: [JSONValue]

    init(_ body: JSONValue?) {
        docs = sightings(of: body)
    }

    /// The value that a relation leads to: of its two ends the one that was not asked about.
    static func relatedValues(_ sighting: JSONValue) -> [String] {
        let asked = sighting["observables"]?.array ?? []
        return (sighting["relations"]?.array ?? []).compactMap { relation in
            let isAsked = relation["related"].map(asked.contains) ?? false
            return relation[isAsked ? "source" : "related"]?["value"]?.string
        }
    }
}

extension ResponseConditions {
    /// How far the clocks of the function and of this process, and the two ends of an invocation, may be apart.
    private static let longestInvocation = 40.0

    /// The order of the first sighting's relations, its table, and its times.
    func firstSightingViolations(_ sightings: CTIMSightings, began: Date) -> [String] {
        let first = sightings.docs.first ?? [:]
        var wrong: [String] = []
        if let relatedInOrder {
            let got = CTIMSightings.relatedValues(first)
            if got != relatedInOrder { wrong.append("related values in the order \(got), not \(relatedInOrder)") }
        }
        if let columns {
            let got = (first["data"]?["columns"]?.array ?? []).map { $0["name"]?.string ?? text($0) }
            if got != columns { wrong.append("the columns \(got), not \(columns)") }
        }
        if let rows, (first["data"]?["rows"] ?? .null) != rows {
            wrong.append("the rows \(text(first["data"]?["rows"])), not \(text(rows))")
        }
        if let observedTime {
            let got = (first["observed_time"]?.object ?? [:]).mapValues { $0.string ?? text($0) }
            let named = Dictionary(
                uniqueKeysWithValues: got.map { name, time in
                    let distance = moment(time).map { abs($0 - began.timeIntervalSince1970) } ?? .infinity
                    let isNow = observedTime[name] == "now" && distance <= Self.longestInvocation
                    return (name, isNow ? "now" : time)
                }
            )
            if named != observedTime { wrong.append("observed_time \(named), not \(observedTime)") }
        }
        return wrong
    }

    /// How many sightings, of what, and whether each is valid.
    func sightingViolations(_ sightings: CTIMSightings) -> [String] {
        var wrong: [String] = []
        let docs = sightings.docs
        if let bounds = self.sightings?.values, let low = bounds.first, let high = bounds.last,
            docs.count < low || docs.count > high
        {
            wrong.append("\(docs.count) sightings, not \(bounds.map(String.init).joined(separator: " to "))")
        }
        let values = docs.flatMap(CTIMSightings.relatedValues)
        if let related, values.sorted() != related.sorted() { wrong.append("the related values \(values)") }
        if let relatedAtLeast, values.count < relatedAtLeast {
            wrong.append("\(values.count) related values, not \(relatedAtLeast) or more")
        }
        if let descriptions {
            for sighting in docs where !descriptions.isFound(in: sighting["description"]?.string ?? "") {
                wrong.append("the description \(text(sighting["description"]))")
            }
        }
        for sighting in docs {
            if sighting["id"]?.string.map(isSightingID) != true { wrong.append("the id \(text(sighting["id"]))") }
            let times = sighting["observed_time"]?.object ?? [:]
            if times.isEmpty || !times.values.allSatisfy({ $0.string.map(isTime) ?? false }) {
                wrong.append("observed_time \(text(sighting["observed_time"]))")
            }
        }
        return wrong
    }
}
