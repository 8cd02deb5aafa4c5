/// The observables in a text that somebody pasted: a log, an e-mail, a report.
///
/// The time taken grows with the length of the text and with nothing else. Whatever the text, nothing traps.
package struct TextObservables: Sendable, Equatable {
    /// CTIM's names of the kinds of observables that are looked for.
    package enum Kind: String, Sendable {
        case ip, ipv6, domain, email
    }

    package struct Observable: Hashable, Sendable {
        package let kind: Kind
        /// In lower case; an IPv6 address in RFC 5952's form. What was defanged is whole again.
        package let value: String

        package init(_ kind: Kind, _ value: String) {
            self.kind = kind
            self.value = value
        }
    }

    package struct LeftOut: Hashable, Sendable {
        package let value: String
        package let reason: Reason
    }

    /// Why something that has the shape of an observable is not one to ask about.
    package enum Reason: String, Sendable, CaseIterable {
        case privateAddress = "a private address"
        case sharedAddress = "a shared address (100.64.0.0/10)"
        case loopback = "a loopback address"
        case linkLocal = "a link-local address"
        case multicast = "a multicast address"
        case reserved = "a reserved address"
        case noAddress = "not an IP address"
        case network = "a network, not an address"
        case fileName = "a file name"
        case version = "a version number or a date"
        case unknownTopLevelDomain = "not a known top-level domain"
        case internalName = "not a public name"
        case noName = "not a domain name"
        case code = "a name in a program"
        case sentence = "two sentences"
    }

    /// What was found, in the order in which it appears, each once.
    package let found: [Observable]
    /// What was left out, in the order in which it appears, each once; at most the first 1,000.
    package let leftOut: [LeftOut]
    /// How many different texts were left out.
    package let leftOutCount: Int

    /// - Parameter text: in UTF-8; what is not UTF-8 in it separates words.
    package init(in text: some Sequence<UInt8>) {
        let plain =
            text.withContiguousStorageIfAvailable { Refanging.plainText(of: $0) }
            ?? Array(text).withUnsafeBufferPointer { Refanging.plainText(of: $0) }
        let report = plain.withUnsafeBufferPointer { bytes in
            var scanner = Scanner(Bytes(bytes))
            scanner.scan()
            return scanner.report
        }
        found = report.found
        leftOut = report.leftOut
        leftOutCount = report.leftOutCount
    }

    package init(in text: String) {
        self.init(in: text.utf8)
    }

    /// The date of the list of top-level domains, as `YYYY-MM-DD`.
    package static var dateOfTopLevelDomains: String {
        TopLevelDomains.date
    }
}
