import JSON

extension Lookup {
    /// How a domain is registered: `GET domain/{hostname}/whois` (https://docs.securitytrails.com/reference/domain-whois).
    /// The table has one row about the domain; related are the e-mail addresses.
    package static let registration = Lookup(
        word: "whois",
        applies: { $0.domain != nil },
        request: { subject, _ in APIRequest("domain/\(subject.domain ?? "")/whois") },
        read: { reader, page, _ throws(JSONError) in try page.readRegistration(&reader) },
        description: { "Registration of \($0)" },
        relation: .subjectIsRelatedToIt,
        valueColumn: nil,
        columns: [
            Column("Registrar"), Column("Created"), Column("Updated"), Column("Expires"), Column("Registrant"),
            Column("Country"), Column("Name servers"), Column("Status"),
        ],
        order: .asListed
    )
}

extension Page {
    fileprivate mutating func readRegistration(_ reader: inout JSONReader) throws(JSONError) {
        var registrar: String?
        var created: Day?
        var updated: Day?
        var expires: Day?
        var contacts: [Contact] = []
        var email: String?
        var nameServers = Cell.none
        var status = Cell.none
        while let name = try reader.nextMember() {
            switch name {
            case "registrarName": registrar = try reader.string()
            case "createdDate": created = try reader.day()
            case "updatedDate": updated = try reader.day()
            case "expiresDate": expires = try reader.day()
            case "contactEmail": email = try reader.string()
            case "nameServers": nameServers = Cell(try reader.texts())
            case "status": status = Cell(try reader.texts())
            case "contacts":
                contacts = []
                guard try reader.enterArray() else { break }
                while try reader.nextElement() {
                    if let contact = try Contact(&reader) { contacts.append(contact) }
                }
            default: break
            }
        }
        let registrant = contacts.first { $0.type == "registrant" } ?? contacts.first
        let cells = [
            Cell(registrar), Cell(created), Cell(updated), Cell(expires), Cell(registrant?.name),
            Cell(registrant?.country), nameServers, status,
        ]
        if cells.contains(where: { $0 != .none }) { records.append(Record(nil, cells: cells)) }
        for case let address? in [email] + contacts.map(\.email) where Subject.isEmail(address) {
            records.append(Record(address.lowercased()))
        }
    }
}

/// Whoever stands for a domain.
private struct Contact {
    var type: String?
    var name: String?
    var country: String?
    var email: String?

    /// Reads `{"type", "organization", "name", "country", "countryCode", "email"}`; nil for anything but an object.
    init?(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.enterObject() else { return nil }
        var person: String?
        var code: String?
        while let member = try reader.nextMember() {
            switch member {
            case "type": type = try reader.string()
            case "organization": name = try reader.string()
            case "name": person = try reader.string()
            case "country": country = try reader.string()
            case "countryCode": code = try reader.string()
            case "email": email = try reader.string()
            default: break
            }
        }
        if name?.isEmpty ?? true { name = person }
        if country?.isEmpty ?? true { country = code }
    }
}
