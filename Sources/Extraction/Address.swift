/// An IP address, read from a text.
struct Address: Equatable {
    /// 4 or 16 bytes.
    let bytes: [UInt8]

    /// Four decimal numbers without leading zeros; nil for anything else.
    init?(ipv4 text: some Collection<UInt8>) {
        var bytes: [UInt8] = []
        var number: Int?
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard let part = number, bytes.count < 3 else { return nil }
                bytes.append(UInt8(part))
                number = nil
            } else {
                guard isDigit(byte), number != 0 else { return nil }
                let next = (number ?? 0) * 10 + Int(byte - 0x30)
                guard next <= 255 else { return nil }
                number = next
            }
        }
        guard let part = number, bytes.count == 3 else { return nil }
        self.bytes = bytes + [UInt8(part)]
    }

    /// An address in RFC 4291's forms, without a zone; nil for anything else. An IPv4 address that is written as an IPv6
    /// one (`::ffff:192.0.2.1`) is that IPv4 address.
    init?(ipv6 text: some BidirectionalCollection<UInt8>) {
        guard text.count <= 45 else { return nil }
        var head: [UInt8] = []
        var tail: [UInt8]?
        func append(_ bytes: [UInt8]) {
            if tail == nil { head += bytes } else { tail? += bytes }
        }
        let groups = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard groups.count >= 3 else { return nil }
        for (number, group) in groups.enumerated() {
            let isEdge = number == 0 || number == groups.count - 1
            if group.isEmpty {
                // "::" at an edge makes two empty groups.
                if isEdge {
                    guard groups[number == 0 ? 1 : number - 1].isEmpty else { return nil }
                } else {
                    guard tail == nil else { return nil }
                    tail = []
                }
            } else if number == groups.count - 1, group.contains(UInt8(ascii: ".")) {
                guard let address = Address(ipv4: group) else { return nil }
                append(address.bytes)
            } else {
                guard group.count <= 4 else { return nil }
                var value = 0
                for byte in group {
                    guard let digit = hexadecimal(byte) else { return nil }
                    value = value << 4 | Int(digit)
                }
                append([UInt8(value >> 8), UInt8(value & 0xFF)])
            }
        }
        if let tail {
            guard head.count + tail.count <= 14 else { return nil }
            head += [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
        }
        guard head.count == 16 else { return nil }
        let isMapped = head[..<10].allSatisfy { $0 == 0 } && head[10] == 0xFF && head[11] == 0xFF
        bytes = isMapped ? Array(head[12...]) : head
    }

    var isIPv6: Bool {
        bytes.count == 16
    }

    var observable: TextObservables.Observable {
        TextObservables.Observable(isIPv6 ? .ipv6 : .ip, text)
    }

    /// Decimal numbers, or RFC 5952's form.
    var text: String {
        guard isIPv6 else { return bytes.map { String($0) }.joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        // The first longest run of two zeros or more is left out.
        var longest = 0..<0
        var start: Int?
        for index in 0...8 {
            if index < 8, groups[index] == 0 {
                start = start ?? index
            } else if let first = start {
                if index - first > max(longest.count, 1) { longest = first..<index }
                start = nil
            }
        }
        func joined(_ groups: ArraySlice<Int>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        return longest.isEmpty
            ? joined(groups[...]) : joined(groups[..<longest.lowerBound]) + "::" + joined(groups[longest.upperBound...])
    }

    /// Whether nothing but zeros follows the first `length` bits, so that it names a network.
    func isNetwork(_ length: Int) -> Bool {
        guard length < bytes.count * 8 else { return false }
        return bytes.enumerated().allSatisfy { index, byte in
            let kept = min(max(length - index * 8, 0), 8)
            return byte & UInt8(0xFF >> kept) == 0
        }
    }

    /// Why nobody but the network around it knows it; nil for an address of the Internet. Addresses for documentation
    /// count as those.
    var reason: TextObservables.Reason? {
        isIPv6 ? ipv6Reason : ipv4Reason
    }

    /// https://www.iana.org/assignments/iana-ipv4-special-registry
    private var ipv4Reason: TextObservables.Reason? {
        switch (bytes[0], bytes[1], bytes[2]) {
        case (10, _, _), (172, 16...31, _), (192, 168, _): .privateAddress
        case (100, 64...127, _): .sharedAddress
        case (127, _, _): .loopback
        case (169, 254, _): .linkLocal
        case (224...239, _, _): .multicast
        case (0, _, _), (240..., _, _), (192, 0, 0), (198, 18...19, _): .reserved
        default: nil
        }
    }

    /// https://www.iana.org/assignments/iana-ipv6-special-registry
    private var ipv6Reason: TextObservables.Reason? {
        switch (bytes[0], bytes[1]) {
        case (0x20...0x3F, _): nil
        case (0xFC...0xFD, _): .privateAddress
        case (0xFE, 0x80...0xBF): .linkLocal
        case (0xFF, _): .multicast
        default: bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1 ? .loopback : .reserved
        }
    }
}
