import JSON

/// A kind of question that SecurityTrails answers: who can be asked about, the request, how its answers are read, and what
/// they mean. Each kind is a file of this folder, and an element of `all`.
package struct Lookup: Sendable {
    /// How a related value is related to the subject.
    package enum Relation: Sendable {
        /// The subject, a name, resolved to the related address.
        case subjectResolvedToIt
        /// The related name resolved to the subject, an address.
        case itResolvedToSubject
        /// The related name is a subdomain of the subject.
        case itIsSubdomainOfSubject
        /// The subject has something to do with the related value.
        case subjectIsRelatedToIt
        /// The related value has something to do with the subject.
        case itIsRelatedToSubject
    }

    /// In which order related values are told.
    enum Order: Sendable {
        /// The last seen first.
        case newestFirst
        /// As SecurityTrails has them.
        case asListed
    }

    /// The word for it in the variable LOOKUPS.
    package let word: String
    /// Whether it can be asked about a subject.
    package let applies: @Sendable (Subject) -> Bool
    /// The request for a page of the answer. A subject holds only letters that need no escape in a path.
    let request: @Sendable (Subject, _ page: Int) -> APIRequest
    /// Reads an answer, a JSON object that was entered, to its end.
    let read: @Sendable (inout JSONReader, inout Page, Subject) throws(JSONError) -> Void

    /// What an answer is about, said of the value that was asked about.
    package let description: @Sendable (String) -> String
    /// How the related values are related to the subject.
    package let relation: Relation
    /// The heading of the related values; nil if they have no rows in the table.
    package let valueColumn: String?
    /// Whether the table has the days on which each value was first and last seen.
    package var isDated: Bool { order == .newestFirst }
    /// The table's further columns.
    package let columns: [Column]
    /// The order of the related values.
    let order: Order
    /// Whether SecurityTrails counts the records of all pages.
    package let countsRecords: Bool

    /// Every kind, in the order in which answers are told.
    package static let all = [
        ipv4Addresses, ipv6Addresses, domains, subdomains, nameServers, mailServers, registration, registeredDomains,
    ]

    /// Those that are asked unless LOOKUPS says otherwise.
    package static let standard = [ipv4Addresses, ipv6Addresses, domains]

    /// The lookup that a word stands for.
    package init?(word: String) {
        guard let lookup = Self.all.first(where: { $0.word == word }) else { return nil }
        self = lookup
    }

    init(
        word: String,
        applies: @escaping @Sendable (Subject) -> Bool,
        request: @escaping @Sendable (Subject, _ page: Int) -> APIRequest,
        read: @escaping @Sendable (inout JSONReader, inout Page, Subject) throws(JSONError) -> Void,
        description: @escaping @Sendable (String) -> String,
        relation: Relation,
        valueColumn: String?,
        columns: [Column],
        order: Order,
        countsRecords: Bool = false
    ) {
        self.word = word
        self.applies = applies
        self.request = request
        self.read = read
        self.description = description
        self.relation = relation
        self.valueColumn = valueColumn
        self.columns = columns
        self.order = order
        self.countsRecords = countsRecords
    }
}

extension Lookup: Hashable {
    package static func == (left: Lookup, right: Lookup) -> Bool {
        left.word == right.word
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(word)
    }
}

extension Subject {
    /// The name, if it is one.
    var domain: String? {
        if case .domain(let name) = self { name } else { nil }
    }
}
