import CTIM
import JSON
import SecurityTrails

extension Relay {
    /// What SecurityTrails knows about the observables, as sightings.
    func observe(_ call: Call) throws(RelayError) -> EndpointResponse {
        let caller = try authorization.caller(of: call)
        let observables = try ObservableList(of: call).supported.filter(isAsked)
        var body = ResponseBody(for: call.request.gateway)

        let questions = observables.map { (observable: $0, subject: Subject($0)) }
        let impossible = questions.filter { $0.subject == nil }.map(\.observable.value)
        if !impossible.isEmpty { body.note(.impossible(impossible.unique())) }

        let report = client.ask(
            about: questions.compactMap(\.subject).unique().filter { !$0.isOfSpecialUse },
            key: caller.key,
            pages: caller.pages(else: configuration.pages),
            until: call.end,
            trace: call.trace
        )
        var sightings: [Sighting] = []
        var unprocessed: [String] = []
        let now = Sighting.timestamp()
        for case (let observable, let subject?) in questions {
            for answer in report.answers[subject] ?? [] {
                if let sighting = Sighting(observable, answer, configuration.sightings, now: now) {
                    sightings.append(sighting)
                    let (related, all) = (sighting.relations.others.count, answer.values.count)
                    if related < all {
                        body.note(.limited(related, of: all, sighting.description, configuration.sightings))
                    }
                }
                for failure in answer.failures { body.note(RelayError(failure)) }
                if answer.unreadPages > 0 {
                    body.note(.unprocessed(pages: answer.unreadPages, of: observable.value))
                }
                if answer.isUnprocessed { unprocessed.append(observable.value) }
            }
        }
        if !unprocessed.isEmpty { body.note(.unprocessed(unprocessed.unique())) }

        let bytes = body.bytes(isEmpty: sightings.isEmpty) { Self.write(sightings, to: &$0, within: $1) }
        return EndpointResponse(
            body: bytes,
            errors: body.errors,
            upstreamRequests: report.requests,
            cacheHits: report.hits
        )
    }

    /// Whether observables of that kind are looked up at all.
    private func isAsked(_ observable: Observable) -> Bool {
        observable.kind != .email || configuration.securityTrails.lookups.contains(.registeredDomains)
    }

    /// Writes `{"sightings": {"docs", "count"}}`, or `{}` if there are none. Tables are cut before relations are. Returns
    /// whether there was room for all.
    static func write(_ sightings: [Sighting], to writer: inout JSONWriter, within limit: Int) -> Bool {
        var isWhole = false
        let stands = writer.write(within: .max) {
            isWhole = write(sightings, to: &$0, within: limit, tables: .max)
            return isWhole
        }
        if stands { return true }
        // What all of it takes without the tables, says how much room they have.
        let start = writer.embeddedCount
        var size = 0
        _ = writer.write(within: .max) {
            _ = write(sightings, to: &$0, within: limit, tables: 0)
            size = $0.embeddedCount - start
            return false
        }
        _ = write(sightings, to: &writer, within: limit, tables: max(0, limit - start - size))
        return isWhole
    }

    /// The same, with so many bytes for all tables.
    private static func write(
        _ sightings: [Sighting],
        to writer: inout JSONWriter,
        within limit: Int,
        tables: Int
    ) -> Bool {
        var count = 0
        var isWhole = true
        var room = tables
        writer.object { data in
            guard !sightings.isEmpty else { return }
            data.key("sightings")
            data.object { object in
                object.key("docs")
                object.array { docs in
                    for sighting in sightings {
                        var written = Sighting.Written()
                        let stands = docs.write(within: limit) {
                            written = sighting.write(to: &$0, within: limit, table: room)
                            return written.relations > 0 || written.rows > 0
                        }
                        if stands { count += 1 }
                        isWhole = isWhole && stands && written.isWhole
                        if room < .max { room = max(0, room - written.tableSize) }
                        // If not even the relations fit, nothing further does.
                        if !stands || written.relations < sighting.relations.others.count { break }
                    }
                }
                object.member("count", count)
            }
        }
        return isWhole
    }
}

extension Subject {
    /// What SecurityTrails is asked about for an observable; nil if its value cannot be of its type.
    init?(_ observable: Observable) {
        switch observable.kind {
        case .domain: self.init(domain: observable.value)
        case .ip: self.init(ipv4: observable.value)
        case .ipv6: self.init(ipv6: observable.value)
        case .email: self.init(email: observable.value)
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
