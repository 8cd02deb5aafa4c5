import JSON

/// Something that was seen
/// (https://github.com/threatgrid/ctim/blob/master/doc/structures/sighting.md#propertyobservables-observableobject).
package struct Observable: Sendable, Equatable {
    /// What kinds of observables the relay knows, by CTIM's names. CTIM has more; SecurityTrails does not.
    package enum Kind: String, Sendable {
        /// An IPv4 address.
        case ip
        /// An IPv6 address.
        case ipv6
        /// A domain name.
        case domain
        /// An e-mail address.
        case email
    }

    /// The kind.
    package let kind: Kind
    /// The value as it was written; not empty.
    package let value: String

    /// An observable.
    package init(_ kind: Kind, _ value: String) {
        self.kind = kind
        self.value = value
    }

    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("type", kind.rawValue)
            $0.member("value", value)
        }
    }
}
