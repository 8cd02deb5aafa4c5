import CTIM
import JSON
import SecurityTrails

extension Relay {
    /// What SecurityTrails knows about the observables, as sightings.
    func observe(_ call: Call) -> Reply {
        var envelope = Envelope()
        let key: String
        let observables: [Observable]
        do {
            key = try Authorization.key(of: call.request, secretKey: configuration.secretKey)
        } catch {
            envelope.note(.notAuthorized(error.message))
            return Reply(&envelope)
        }
        do {
            observables = try ObservableList(call.request.body).supported
        } catch {
            envelope.note(RelayError(.invalidArgument, error.message))
            return Reply(&envelope)
        }

        let lookups = observables.map { (observable: $0, subject: Subject($0)) }
        let impossible = lookups.filter { $0.subject == nil }.map(\.observable.value)
        if !impossible.isEmpty { envelope.note(.impossible(impossible.unique())) }

        let report = client.ask(about: lookups.compactMap(\.subject).unique(), key: key, until: call.end)
        var sightings: [Sighting] = []
        var unprocessed: [String] = []
        let observedTime = Sighting.timestamp()
        for case (let observable, let subject?) in lookups {
            for answer in report.answers[subject] ?? [] {
                if let sighting = Sighting(observable, answer, at: observedTime) { sightings.append(sighting) }
                for failure in answer.failures { envelope.note(RelayError(failure)) }
                if answer.unreadPages > 0 {
                    envelope.note(.unprocessed(pages: answer.unreadPages, of: observable.value))
                }
                if answer.isUnprocessed { unprocessed.append(observable.value) }
            }
        }
        if !unprocessed.isEmpty { envelope.note(.unprocessed(unprocessed.unique())) }

        let body = envelope.body(isEmpty: sightings.isEmpty) { Self.write(sightings, to: &$0, within: $1) }
        return Reply(body: body, errors: envelope.errors, upstreamRequests: report.requests)
    }

    /// Writes `{"sightings": {"docs", "count"}}`, or `{}` where there are none. Returns whether there was room for all.
    static func write(_ sightings: [Sighting], to writer: inout JSONWriter, within limit: Int) -> Bool {
        var count = 0
        var isWhole = true
        writer.object { data in
            guard !sightings.isEmpty else { return }
            data.key("sightings")
            data.object { object in
                object.key("docs")
                object.array { docs in
                    for sighting in sightings where isWhole {
                        var relations = 0
                        let stands = docs.write(within: limit) {
                            relations = sighting.write(to: &$0, within: limit)
                            return relations > 0
                        }
                        if stands { count += 1 }
                        isWhole = relations == sighting.relations.count
                    }
                }
                object.member("count", count)
            }
        }
        return isWhole
    }
}

extension Subject {
    /// What SecurityTrails is asked about for an observable; nil where its value cannot be of its type.
    init?(_ observable: Observable) {
        switch observable.kind {
        case .domain: self.init(domain: observable.value)
        case .ip: self.init(ipv4: observable.value)
        case .ipv6: self.init(ipv6: observable.value)
        }
    }
}

extension Array where Element: Hashable {
    /// Each element once, where it is first.
    fileprivate func unique() -> [Element] {
        var known: Set<Element> = []
        return filter { known.insert($0).inserted }
    }
}
