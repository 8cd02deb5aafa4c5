/// An IP address, read from a text.
struct Address: Equatable {
    /// Its 32 or 128 bits.
    let bits: UInt128
    let isIPv6: Bool

    /// Four decimal numbers without leading zeros, with plain dots or defanged ones; nil for anything else.
    init?(ipv4 text: some Collection<UInt8>) {
        var bits: UInt128 = 0
        var dots = 0
        var number: Int?
        for byte in text {
            if byte == UInt8(ascii: ".") || byte == Refanging.dot {
                guard let part = number, dots < 3 else { return nil }
                bits = bits << 8 | UInt128(part)
                dots += 1
                number = nil
            } else {
                guard isDigit(byte), number != 0 else { return nil }
                let next = (number ?? 0) * 10 + Int(byte - 0x30)
                guard next <= 255 else { return nil }
                number = next
            }
        }
        guard let part = number, dots == 3 else { return nil }
        self.bits = bits << 8 | UInt128(part)
        isIPv6 = false
    }

    /// An address in RFC 4291's forms, without a zone; nil for anything else. An IPv4 address that is written as an IPv6
    /// one (`::ffff:192.0.2.1`) is that IPv4 address.
    init?(ipv6 text: Slice<Bytes>) {
        guard text.count <= 45, text.count >= 2 else { return nil }
        let colon = UInt8(ascii: ":")
        var bits: UInt128 = 0
        var groups = 0
        /// How many groups stand before "::".
        var gap: Int?
        var index = text.startIndex
        let end = text.endIndex
        if text[index] == colon {
            guard text[index + 1] == colon else { return nil }
            gap = 0
            index += 2
        }
        while index < end {
            let start = index
            var group: UInt128 = 0
            while index < end, index < start + 5, let digit = hexadecimal(text[index]) {
                group = group << 4 | UInt128(digit)
                index += 1
            }
            if index < end, text[index] == UInt8(ascii: ".") {
                guard groups <= 6, let address = Address(ipv4: text[start..<end]) else { return nil }
                bits = bits << 32 | address.bits
                groups += 2
                break
            }
            guard (1...4).contains(index - start), groups < 8 else { return nil }
            bits = bits << 16 | group
            groups += 1
            if index == end { break }
            guard text[index] == colon, index + 1 < end else { return nil }
            index += 1
            if text[index] == colon {
                guard gap == nil else { return nil }
                gap = groups
                index += 1
            }
        }
        if let gap {
            guard groups <= 7 else { return nil }
            let tail = (groups - gap) * 16
            let head = gap == 0 ? 0 : (bits >> tail) << (128 - gap * 16)
            bits = head | bits & ((1 << tail) - 1)
        } else {
            guard groups == 8 else { return nil }
        }
        let isMapped = bits >> 32 == 0xFFFF
        self.bits = isMapped ? bits & 0xFFFF_FFFF : bits
        isIPv6 = !isMapped
    }

    /// Decimal numbers, or RFC 5952's form.
    var text: String {
        String(unsafeUninitializedCapacity: 39) { output in
            var count = 0
            func put(_ byte: UInt8) {
                output[count] = byte
                count += 1
            }
            func put(_ number: Int, radix: Int) {
                if number >= radix { put(number / radix, radix: radix) }
                let digit = UInt8(number % radix)
                put(digit < 10 ? 0x30 + digit : 0x57 + digit)
            }
            guard isIPv6 else {
                for number in 0..<4 {
                    if number > 0 { put(UInt8(ascii: ".")) }
                    put(Int(bits >> (24 - number * 8) & 0xFF), radix: 10)
                }
                return count
            }
            let zeros = longestZeros
            for number in 0..<8 {
                if zeros.contains(number) {
                    if number == zeros.lowerBound { put(UInt8(ascii: ":")) }
                    if number == 7 { put(UInt8(ascii: ":")) }
                } else {
                    if number > 0 { put(UInt8(ascii: ":")) }
                    put(group(number), radix: 16)
                }
            }
            return count
        }
    }

    private func group(_ number: Int) -> Int {
        Int(bits >> (112 - number * 16) & 0xFFFF)
    }

    /// The first longest run of two groups or more that are zero.
    private var longestZeros: Range<Int> {
        var longest = 0..<0
        var start: Int?
        for index in 0...8 {
            if index < 8, group(index) == 0 {
                start = start ?? index
            } else if let first = start {
                if index - first > max(longest.count, 1) { longest = first..<index }
                start = nil
            }
        }
        return longest
    }

    /// How many bits it has.
    var width: Int {
        isIPv6 ? 128 : 32
    }

    /// Whether nothing but zeros follows the first `length` bits, so that it names a network.
    func isNetwork(_ length: Int) -> Bool {
        length < width && bits & ((1 << (width - length)) &- 1) == 0
    }

    /// Why nobody but the network around it knows it; nil for an address of the Internet. Addresses for documentation
    /// count as those.
    var reason: TextObservables.Reason? {
        isIPv6 ? ipv6Reason : ipv4Reason
    }

    /// https://www.iana.org/assignments/iana-ipv4-special-registry
    private var ipv4Reason: TextObservables.Reason? {
        switch (UInt8(bits >> 24 & 0xFF), UInt8(bits >> 16 & 0xFF), UInt8(bits >> 8 & 0xFF)) {
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
        switch (UInt8(bits >> 120), UInt8(bits >> 112 & 0xFF)) {
        case (0x20...0x3F, _): nil
        case (0xFC...0xFD, _): .privateAddress
        case (0xFE, 0x80...0xBF): .linkLocal
        case (0xFF, _): .multicast
        default: bits == 1 ? .loopback : .reserved
        }
    }
}
