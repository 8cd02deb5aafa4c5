import JSON

/// What a name had in DNS, now and in the past: `GET history/{hostname}/dns/{type}`
/// (https://docs.securitytrails.com/reference/dns-history-by-record-type).
extension Lookup {
    /// The IPv4 addresses that a domain resolved to.
    package static let ipv4Addresses = dnsHistory(
        word: "ipv4",
        type: "a",
        .addresses,
        description: { "IPv4 addresses that \($0) resolves to" },
        relation: .subjectResolvedToIt,
        valueColumn: "Address"
    )

    /// The IPv6 addresses that a domain resolved to.
    package static let ipv6Addresses = dnsHistory(
        word: "ipv6",
        type: "aaaa",
        .addresses,
        description: { "IPv6 addresses that \($0) resolves to" },
        relation: .subjectResolvedToIt,
        valueColumn: "Address"
    )

    /// The name servers of a domain.
    package static let nameServers = dnsHistory(
        word: "ns",
        type: "ns",
        .nameServers,
        description: { "Name servers of \($0)" },
        relation: .subjectIsRelatedToIt,
        valueColumn: "Name server"
    )

    /// The mail servers of a domain.
    package static let mailServers = dnsHistory(
        word: "mx",
        type: "mx",
        .mailServers,
        description: { "Mail servers of \($0)" },
        relation: .subjectIsRelatedToIt,
        valueColumn: "Mail server"
    )

    private static func dnsHistory(
        word: String,
        type: String,
        _ values: HistoryValues,
        description: @escaping @Sendable (String) -> String,
        relation: Relation,
        valueColumn: String
    ) -> Lookup {
        Lookup(
            word: word,
            applies: { $0.domain != nil },
            request: { APIRequest("history/\($0.domain ?? "")/dns/\(type)?page=\($1)") },
            read: { reader, page, _ throws(JSONError) in
                try page.readRecords(&reader) { reader, page throws(JSONError) in
                    try page.readHistory(&reader, values)
                }
            },
            description: description,
            relation: relation,
            valueColumn: valueColumn,
            columns: [Column("Organizations", .all), Column("Names on it", isNumber: true, .highest)],
            order: .newestFirst
        )
    }
}

/// What the values of a record are, and how they are named.
private enum HistoryValues: Sendable {
    /// `{"ip", "ip_count"}` and `{"ipv6", "ipv6_count"}`, in the answers to both types.
    case addresses
    /// `{"nameserver", "nameserver_count"}`
    case nameServers
    /// `{"host", "mx_count"}`
    case mailServers
}

extension Page {
    /// Reads `{"values": […], "organizations": […], "first_seen", "last_seen"}`; `values` may be one value too. Returns
    /// whether it could be read.
    fileprivate mutating func readHistory(_ reader: inout JSONReader, _ kind: HistoryValues) throws(JSONError) -> Bool {
        var found: [HistoryValue] = []
        var isRead = false
        var isDamaged = false
        var first: Day?
        var last: Day?
        var organizations = Cell.none
        while let name = try reader.nextMember() {
            switch name {
            case "values":
                (found, isDamaged) = ([], false)
                guard try reader.enterArray() else {
                    isDamaged = try !HistoryValue.read(&reader, kind, into: &found)
                    isRead = !found.isEmpty
                    break
                }
                isRead = true
                while try reader.nextElement() {
                    let isFine = try HistoryValue.read(&reader, kind, into: &found)
                    isDamaged = isDamaged || !isFine
                    isRead = !found.isEmpty
                }
            case "organizations": organizations = Cell(try reader.texts())
            case "first_seen": first = try reader.day(notAfter: today)
            case "last_seen": last = try reader.day(notAfter: today)
            default: break
            }
        }
        for value in found {
            let cells = [organizations, Cell(value.count)]
            records.append(Record(value.text, firstSeen: first, lastSeen: last, cells: cells))
        }
        self.isDamaged = self.isDamaged || isDamaged
        return isRead
    }
}

/// An address or a server, and how many names it has.
private struct HistoryValue {
    let text: String
    let count: Int?

    /// Reads a value and adds it to those found, unless it is absent, null, empty or no value of its kind. Returns false
    /// for something of another structure.
    static func read(
        _ reader: inout JSONReader,
        _ kind: HistoryValues,
        into found: inout [HistoryValue]
    ) throws(JSONError) -> Bool {
        guard try reader.enterObject() else { return try reader.null() }
        var first = TextMember()
        var second = TextMember()
        var count: Int?
        while let name = try reader.nextMember() {
            switch (kind, name) {
            case (.addresses, "ip"), (.nameServers, "nameserver"), (.mailServers, "host"):
                first = try TextMember(&reader)
            case (.addresses, "ipv6"): second = try TextMember(&reader)
            case (.addresses, "ip_count"), (.addresses, "ipv6_count"), (.nameServers, "nameserver_count"),
                (.mailServers, "mx_count"):
                count = try reader.count() ?? count
            default: break
            }
        }
        guard let text = first.text ?? second.text else { return first.isFine && second.isFine }
        let normalized = kind == .addresses ? IPAddress.normalized(text) : DomainName.normalized(text)
        if let normalized { found.append(HistoryValue(text: normalized, count: count)) }
        return true
    }
}
