import Foundation
import Loopback

extension SoakInvocation {
    /// What is wrong with what came of it; nil if all is well.
    func violation(by report: ExecutionEnvironment.Report, upstream: SoakUpstream) -> String? {
        if let complaint = report.complaints.first { return complaint }
        let problem: String? =
            switch report.outcome {
            case .response(let bytes): violation(byResponse: bytes)
            case .error(let error):
                if case .functionError(let type) = expectation, error.type == type {
                    nil
                } else {
                    "the function reported \(error.type ?? "an error"): \(error.message)"
                }
            case .timedOut: "timed out"
            case .ended(let how): how
            }
        // Asked for in any case, so that the next one begins without them.
        let excess = violation(byRequestsTo: upstream)
        return problem ?? excess
    }

    private func violation(byResponse bytes: Data) -> String? {
        let verdict = gateway.verdict(on: .response(bytes))
        if let complaint = verdict.complaints.first { return complaint }
        let invalid = isOrdinary ? [] : SightingCheck.violations(by: .response(bytes))
        if let violation = invalid.first { return violation }
        guard let response = try? JSONValue(parsing: bytes), let body = bodyJSON(response) else {
            return "the body is no JSON"
        }
        let errors = body["errors"]?.array ?? []
        switch expectation {
        case .sightings(let marks, let customer):
            return violation(byStatus: verdict, 200) ?? Self.violation(in: body, marks, customer)
                ?? Self.violation(byErrors: errors, codes: marks.compactMap(\.code))
        case .links(let marks):
            let values = (body["data"]?.array ?? []).compactMap { $0["id"]?.string }
            let foreign = values.first { text in !marks.contains { text.contains($0.value) } }
            if let foreign { return "a link that is another's: \(foreign)" }
            let isMissing = marks.contains { mark in !values.contains { $0.contains(mark.value) } }
            return violation(byStatus: verdict, 200) ?? (isMissing ? "links are missing" : nil)
        case .refusal(let status, let codes):
            return violation(byStatus: verdict, status) ?? Self.violation(byErrors: errors, codes: codes)
        case .functionError(let type):
            return "answered, and must report \(type)"
        }
    }

    private func violation(byStatus verdict: LocalGateway.Verdict, _ status: Int) -> String? {
        verdict.response.status == status ? nil : "status \(verdict.response.status), and must be \(status)"
    }

    /// Each mark's related values must be there, and no others.
    private static func violation(in body: JSONValue, _ marks: [SoakMark], _ customer: String) -> String? {
        var got: [String: [String]] = [:]
        for sighting in sightings(of: body) {
            let asked = sighting["observables"]?.array?.first
            guard let value = asked?["value"]?.string else { return "a sighting of nothing" }
            for relation in sighting["relations"]?.array ?? [] {
                let end = relation["source"] == asked ? relation["related"] : relation["source"]
                got[value, default: []].append(end?["value"]?.string ?? "")
            }
        }
        var expected: [String: [String]] = [:]
        for mark in marks where mark.end == .found {
            expected[mark.value] = mark.related(to: customer).flatMap(\.self).sorted()
        }
        for (value, related) in got where expected[value] == nil {
            return "an answer that is another's: \(value), \(related.prefix(3))"
        }
        for (value, related) in expected {
            guard let found = got[value]?.sorted() else { return "a lost answer: \(value)" }
            guard found == related else {
                return "an answer that is another's: \(value), \(found.prefix(3)), and must be \(related.prefix(3))"
            }
        }
        return nil
    }

    private static func violation(byErrors errors: [JSONValue], codes: [String]) -> String? {
        // What ends the asking leaves something unasked, of which a warning tells beside the error.
        let got = Set(errors.compactMap { $0["code"]?.string })
        let expected = Set(codes)
        if got == expected || !expected.isEmpty && got == expected.union(["unprocessed observables"]) { return nil }
        return "the errors were \(got.sorted()), and must be \(expected.sorted())"
    }

    /// SecurityTrails must have been asked as often as it takes, and not at all about what is remembered.
    private func violation(byRequestsTo upstream: SoakUpstream) -> String? {
        guard case .sightings(let marks, let customer) = expectation else { return nil }
        for mark in marks {
            let count = upstream.takeRequests(about: mark, key: customer)
            guard let expected = remembered.contains(mark) ? 0 : mark.requests, count != expected else { continue }
            return "\(count) requests about \(mark.value), and must be \(expected)"
        }
        return nil
    }
}

extension SoakMark {
    fileprivate var code: String? {
        if case .error(let code) = end { code } else { nil }
    }
}
