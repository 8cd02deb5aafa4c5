import JSON

/// The domains that match a filter: `POST domains/list` (https://docs.securitytrails.com/reference/domain-search).
extension Lookup {
    /// The names that resolved to an address.
    package static let domains = Lookup(
        word: "domains",
        applies: { subject in
            switch subject {
            case .ipv4, .ipv6: true
            case .domain, .email: false
            }
        },
        request: domainList,
        read: readDomains,
        description: { "Domains that have resolved to \($0)" },
        relation: .itResolvedToSubject,
        valueColumn: "Domain",
        columns: domainColumns,
        order: .asListed,
        countsRecords: true
    )

    /// The names that were registered with an e-mail address.
    package static let registeredDomains = Lookup(
        word: "email",
        applies: { if case .email = $0 { true } else { false } },
        request: domainList,
        read: readDomains,
        description: { "Domains registered with \($0)" },
        relation: .itIsRelatedToSubject,
        valueColumn: "Domain",
        columns: domainColumns,
        order: .asListed,
        countsRecords: true
    )

    private static let domainColumns = [
        Column("Alexa rank", isNumber: true), Column("Company"), Column("Registrar"), Column("Created"),
        Column("Expires"), Column("Host providers"), Column("Mail providers"),
    ]

    private static let domainList: @Sendable (Subject, Int) -> APIRequest = { subject, page in
        let (field, value) =
            switch subject {
            case .ipv4(let address): ("ipv4", address)
            case .ipv6(let address): ("ipv6", address)
            case .email(let address): ("whois_email", address)
            case .domain(let name): ("hostname", name)
            }
        var body = JSONWriter(capacity: 64)
        body.object {
            $0.key("filter")
            $0.object { $0.member(field, value) }
        }
        return APIRequest("domains/list?page=\(page)", posting: body.bytes)
    }

    private static let readDomains: @Sendable (inout JSONReader, inout Page, Subject) throws(JSONError) -> Void = {
        reader,
        page,
        _ throws(JSONError) in
        try page.readRecords(&reader) { reader, page throws(JSONError) in try page.readDomain(&reader) }
    }
}

extension Page {
    /// Reads `{"hostname", "alexa_rank", "computed", "whois", "host_provider", "mail_provider"}`. Returns whether it could
    /// be read.
    fileprivate mutating func readDomain(_ reader: inout JSONReader) throws(JSONError) -> Bool {
        var hostname = TextMember()
        var rank: Int?
        var company: String?
        var registrar: String?
        var created: Day?
        var expires: Day?
        var hosts = Cell.none
        var mail = Cell.none
        while let name = try reader.nextMember() {
            switch name {
            case "hostname": hostname = try TextMember(&reader)
            case "alexa_rank": rank = try reader.count()
            case "computed":
                guard try reader.enterObject() else { break }
                while let name = try reader.nextMember() {
                    if name == "company_name" { company = try reader.string() }
                }
            case "whois":
                guard try reader.enterObject() else { break }
                while let name = try reader.nextMember() {
                    switch name {
                    case "registrar": registrar = try reader.string()
                    case "createdDate": created = try reader.day()
                    case "expiresDate": expires = try reader.day()
                    default: break
                    }
                }
            case "host_provider": hosts = Cell(try reader.texts())
            case "mail_provider": mail = Cell(try reader.texts())
            default: break
            }
        }
        isDamaged = isDamaged || !hostname.isFine
        guard let text = hostname.text, let value = DomainName.related(text) else { return false }
        let cells = [
            Cell(rank), Cell(company), Cell(registrar), Cell(created), Cell(expires), hosts, mail,
        ]
        records.append(Record(value, cells: cells))
        return true
    }
}
