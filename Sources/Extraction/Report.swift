/// What is found in a text and left out of it, each once.
struct Report {
    private(set) var found: [TextObservables.Observable] = []
    private(set) var leftOut: [TextObservables.LeftOut] = []
    private(set) var leftOutCount = 0

    private var seen = Seen()
    private var seenLeftOut = Seen()
    private var value: [UInt8] = []

    /// Kinds of what was seen.
    private enum Key {
        static let text: UInt8 = 0
        static let email: UInt8 = 1
        static let ipv4: UInt8 = 2
        static let ipv6: UInt8 = 3
    }

    // MARK: - Found

    /// A domain name in lower case.
    mutating func add(_ domain: UnsafeBufferPointer<UInt8>) {
        guard seen.insert(Key.text, domain) else { return }
        // A name in Unicode and in punycode is the same.
        value.removeAll(keepingCapacity: true)
        if Punycode.decode(domain, into: &value) {
            let isNew = value.withUnsafeBufferPointer { seen.insert(Key.text, $0) }
            guard isNew else { return }
        }
        found.append(.init(.domain, String(decoding: domain, as: UTF8.self)))
    }

    /// An e-mail address in lower case.
    mutating func add(mail: UnsafeBufferPointer<UInt8>) {
        if seen.insert(Key.email, mail) { found.append(.init(.email, String(decoding: mail, as: UTF8.self))) }
    }

    /// An address of the Internet is found, and any other left out.
    mutating func add(_ address: Address) {
        if let reason = address.reason {
            leaveOut(address, reason)
        } else if isNew(address) {
            found.append(.init(address.isIPv6 ? .ipv6 : .ip, address.text))
        }
    }

    private mutating func isNew(_ address: Address) -> Bool {
        withUnsafeBytes(of: address.bits) { bits in
            seen.insert(address.isIPv6 ? Key.ipv6 : Key.ipv4, bits.bindMemory(to: UInt8.self))
        }
    }

    // MARK: - Left out

    mutating func leaveOut(_ text: UnsafeBufferPointer<UInt8>, _ reason: TextObservables.Reason) {
        // Beyond this many, counting them exactly would cost more memory than it is worth.
        guard seenLeftOut.count < 100_000, seenLeftOut.insert(Key.text, text) else { return }
        leftOutCount += 1
        if leftOut.count < 1_000 { leftOut.append(.init(value: String(decoding: text, as: UTF8.self), reason: reason)) }
    }

    mutating func leaveOut(_ address: Address, _ reason: TextObservables.Reason) {
        leaveOut(address.text, reason)
    }

    mutating func leaveOut(_ network: Address, length: Int) {
        leaveOut("\(network.text)/\(length)", .network)
    }

    private mutating func leaveOut(_ text: String, _ reason: TextObservables.Reason) {
        var text = text
        text.withUTF8 { leaveOut($0, reason) }
    }
}
