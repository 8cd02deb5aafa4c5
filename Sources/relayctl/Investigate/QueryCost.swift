import Extraction
import Relay
import SecurityTrails

/// What it costs to ask a relay: queries of SecurityTrails, which count against a month's quota.
struct QueryCost {
    /// Investigations that cost more are asked about first. The free plan has 50 queries a month.
    static let limit = 25

    private let lookups: [Lookup]

    /// - Parameter variables: the relay's, as far as they are known.
    init(variables: [String: String]) {
        let configuration = try? Configuration(environment: variables)
        lookups = configuration?.securityTrails.lookups ?? Lookup.standard
    }

    /// The least that it takes if nothing is remembered: a page of each answer.
    func queries(_ observables: [TextObservables.Observable]) -> Int {
        observables.reduce(0) { sum, observable in
            guard let subject = Subject(observable) else { return sum }
            return sum + lookups.count { $0.applies(subject) }
        }
    }
}

extension Subject {
    fileprivate init?(_ observable: TextObservables.Observable) {
        switch observable.kind {
        case .domain: self.init(domain: observable.value)
        case .ip: self.init(ipv4: observable.value)
        case .ipv6: self.init(ipv6: observable.value)
        case .email: self.init(email: observable.value)
        }
    }
}
