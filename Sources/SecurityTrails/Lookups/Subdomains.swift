import JSON

extension Lookup {
    /// The subdomains of a domain: `GET domain/{hostname}/subdomains`
    /// (https://docs.securitytrails.com/reference/domain-subdomains). The answer has one page.
    package static let subdomains = Lookup(
        word: "subdomains",
        applies: { $0.domain != nil },
        request: { subject, _ in APIRequest("domain/\(subject.domain ?? "")/subdomains") },
        read: { reader, page, subject throws(JSONError) in try page.readSubdomains(&reader, of: subject.domain ?? "") },
        description: { "Subdomains of \($0)" },
        relation: .itIsSubdomainOfSubject,
        valueColumn: "Domain",
        columns: [],
        order: .asListed
    )
}

extension Page {
    /// Reads `{"subdomains": ["www", …]}`: labels without the domain, or whole names, which the API sent for some weeks.
    fileprivate mutating func readSubdomains(_ reader: inout JSONReader, of domain: String) throws(JSONError) {
        while let name = try reader.nextMember() {
            guard name == "subdomains" else { continue }
            records = []
            isDamaged = false
            guard try reader.enterArray() else {
                isUnreadable = try !reader.null()
                continue
            }
            while try reader.nextElement() {
                hasRecords = true
                guard let label = try reader.string() else {
                    if try !reader.null() { isDamaged = true }
                    continue
                }
                guard !label.isEmpty, let name = Self.name(label, in: domain) else { continue }
                records.append(Record(name))
            }
            isDamaged = isDamaged || hasRecords && records.isEmpty
        }
    }

    private static func name(_ label: String, in domain: String) -> String? {
        guard let name = DomainName.related(label), name.hasSuffix("." + domain) else {
            return DomainName.related(label + "." + domain)
        }
        return name
    }
}
