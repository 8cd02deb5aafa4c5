extension Scanner {
    /// A run of host characters: a word, a name, an address, a local part.
    mutating func scanWord(_ report: Report) {
        let start = index
        let isLookedAt = tail == .none || (tail == .query && text[start - 1] == UInt8(ascii: "="))
        if isLookedAt, scanIPv6(report) { return }
        let end = max(endOfHost(from: start), start + 1)
        defer { index = max(index, end) }

        let after = text[end]
        if after == UInt8(ascii: ":"), text[end + 1] == UInt8(ascii: "/"), text[end + 2] == UInt8(ascii: "/") {
            let isApp = text.matches("app", at: end - 3) && end - start > 3
            index = end + 3
            scanAuthority(isApp ? .code : .certain, report)
            return
        }
        if after == UInt8(ascii: "@"), scanMail(from: start, at: end, report) { return }
        if after == UInt8(ascii: "+"), isLocalPart(from: end) { return }
        guard hasDot(start..<end) else {
            if tail == .none { word = start..<end }
            return
        }
        // Nothing is shorter than "t.co" and "v1.2".
        guard end - start >= 4 else { return }
        // "+" stands in base64 and for a blank in queries.
        let isEncoded = text[start - 1] == UInt8(ascii: "+") || (after == UInt8(ascii: "=") && text[end + 1] == after)
        if (isLookedAt && !isEncoded) || isAddressAfterInterface(start..<end) { judge(start..<end, report) }
    }

    private func hasDot(_ range: Range<Int>) -> Bool {
        for index in range where text[index] == UInt8(ascii: ".") || text[index] == Refanging.dot { return true }
        return false
    }

    /// A name or an IPv4 address that stands by itself.
    private mutating func judge(_ range: Range<Int>, _ report: Report) {
        if scanIPv4(range, report) { return }
        let evidence = evidence(of: range)
        switch NameJudgement.judge(plain(range), evidence) {
        case .name(let name): report(.observable(.init(.domain, name)))
        case .leftOut(let name, let reason): if name.contains(".") { report(.leftOut(name, reason)) }
        case .nothing: break
        }
    }

    private func evidence(of range: Range<Int>) -> NameJudgement.Evidence {
        for index in range where text[index] == Refanging.dot { return .certain }
        if text[range.lowerBound - 1] == UInt8(ascii: "@") { return .certain }
        let next = text[range.upperBound]
        if text[range.lowerBound - 1] == UInt8(ascii: "\""), next == UInt8(ascii: "\"") {
            var end = range.upperBound + 1
            while text[end] == 0x20, end < range.upperBound + 4 { end += 1 }
            if text[end] == UInt8(ascii: ":") { return .code }
        }
        if next == UInt8(ascii: "("), ")\"'".utf8.contains(text[range.upperBound + 1]) { return .call }
        return .none
    }

    /// The range's text, with plain dots.
    func plain(_ range: Range<Int>) -> String {
        for index in range where text[index] == Refanging.dot {
            return String(
                decoding: range.map { text[$0] == Refanging.dot ? UInt8(ascii: ".") : text[$0] },
                as: UTF8.self
            )
        }
        return text.string(range)
    }

    // MARK: - IPv4

    /// True where the range is a number with dots, which is then an address, several of them, or none.
    private func scanIPv4(_ range: Range<Int>, _ report: Report) -> Bool {
        guard isNumber(range) else { return false }
        var digits = range.map { text[$0] == Refanging.dot ? UInt8(ascii: ".") : text[$0] }
        while digits.last == UInt8(ascii: ".") || digits.last == UInt8(ascii: "-") { digits.removeLast() }
        while digits.first == UInt8(ascii: ".") || digits.first == UInt8(ascii: "-") { digits.removeFirst() }
        guard digits.contains(UInt8(ascii: ".")) else { return false }

        // 192.0.2.1-192.0.2.9
        let parts = digits.split(separator: UInt8(ascii: "-"))
        let addresses = parts.compactMap { Address(ipv4: $0) }
        guard addresses.count == parts.count else {
            if let first = addresses.first, parts.count == 2, parts[1].allSatisfy(isDigit) {
                // 192.0.2.1-9
                self.report(first, end: range.upperBound, report)
            } else if let address = addressWithPort(digits, range) {
                self.report(address, end: range.upperBound, report)
            } else {
                leaveOut(digits, parts, report)
            }
            return true
        }
        let isVersion =
            follows("version", "ver", "release", "build", "versions", "revision", "firmware")
            || (tail == .query
                && (text.matches("v=", at: range.lowerBound - 2) || text.matches("ver=", at: range.lowerBound - 4)))
        for address in addresses {
            if isVersion, addresses.count == 1 {
                report(.leftOut(address.text, .version))
            } else {
                self.report(address, end: range.upperBound, report)
            }
        }
        return true
    }

    /// Whether there are digits, dots and hyphens only.
    private func isNumber(_ range: Range<Int>) -> Bool {
        for index in range {
            let byte = text[index]
            guard isDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == Refanging.dot
            else {
                return false
            }
        }
        return true
    }

    private func leaveOut(_ digits: [UInt8], _ parts: [Array<UInt8>.SubSequence], _ report: Report) {
        let text = String(decoding: digits.prefix(64), as: UTF8.self)
        let numbers = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard numbers.count > 2 else { return }
        let isFour = numbers.count == 4 && numbers.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(isDigit) }
        report(.leftOut(text, isFour ? .noAddress : .version))
    }

    /// tcpdump writes the port behind the address as a fifth number.
    private func addressWithPort(_ digits: [UInt8], _ range: Range<Int>) -> Address? {
        let numbers = digits.split(separator: UInt8(ascii: "."))
        guard numbers.count == 5, numbers[4].count <= 5 else { return nil }
        let isTCPDump =
            follows("ip") || text.matches(" > ", at: range.upperBound) || text.matches(" > ", at: range.lowerBound - 3)
        guard isTCPDump else { return nil }
        return Address(ipv4: digits.prefix(digits.count - numbers[4].count - 1))
    }

    /// Reports an address whose text ends at `end`; what follows may say that it is a network.
    func report(_ address: Address, end: Int, _ report: Report) {
        if text[end] == UInt8(ascii: "/"), isDigit(text[end + 1]) {
            var length = 0
            var index = end + 1
            while isDigit(text[index]), index < end + 4 {
                length = length * 10 + Int(text[index] - 0x30)
                index += 1
            }
            let isEnd = !isDigit(text[index]) && !isLetter(text[index])
            if isEnd, length < address.bytes.count * 8, address.isNetwork(length) {
                return report(.leftOut("\(address.text)/\(length)", .network))
            }
        }
        if let reason = address.reason {
            report(.leftOut(address.text, reason))
        } else {
            report(.observable(address.observable))
        }
    }

    /// `outside/192.0.2.1(443)`, as firewalls write it, and not `Browser/1.2.3.4`.
    private func isAddressAfterInterface(_ range: Range<Int>) -> Bool {
        guard tail == .path, text[range.lowerBound - 1] == UInt8(ascii: "/"), isDigit(text[range.lowerBound]) else {
            return false
        }
        let next = text[range.upperBound]
        return (next == UInt8(ascii: "(") || next == UInt8(ascii: ":") || next == UInt8(ascii: "/"))
            && isDigit(text[range.upperBound + 1])
    }

    // MARK: - IPv6

    /// True where an IPv6 address begins here, or a longer run of hexadecimal digits and colons that is none.
    mutating func scanIPv6(_ report: Report) -> Bool {
        guard index >= noIPv6Before, hexadecimal(text[index]) != nil || text[index] == UInt8(ascii: ":") else {
            return false
        }
        // A group has four digits at most, and a colon after it.
        var colon = index
        while colon < index + 5, hexadecimal(text[colon]) != nil { colon += 1 }
        guard text[colon] == UInt8(ascii: ":") else { return false }

        var end = index
        var colons = 0
        while end < index + 64,
            hexadecimal(text[end]) != nil || text[end] == UInt8(ascii: ":") || text[end] == UInt8(ascii: ".")
        {
            if text[end] == UInt8(ascii: ":") { colons += 1 }
            end += 1
        }
        noIPv6Before = end
        guard colons >= 2, end < index + 64, !isHost(at: end) else { return false }
        while end > index, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
        if text[end - 1] == UInt8(ascii: ":"), text[end - 2] != UInt8(ascii: ":") { end -= 1 }
        let bytes = (index..<end).map { text[$0] }
        guard let address = Address(ipv6: bytes) ?? withPort(bytes) else {
            // Times, hardware addresses and fingerprints.
            let isRun = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).allSatisfy {
                $0.count == 2
            }
            if isRun { index = end }
            return isRun
        }
        // Eight pairs of digits are a hardware address (EUI-64). "::" and "dead::beef" stand in programs.
        let isPairs = bytes.count == 23 && !bytes.contains(UInt8(ascii: "."))
        let isPlausible = address.reason == nil || (bytes.contains(where: isDigit) && bytes.count > 2)
        if !isPairs, isPlausible { self.report(address, end: end, report) }
        index = end
        return true
    }

    /// tcpdump's address and port: `2001:db8::1.443`.
    private func withPort(_ bytes: [UInt8]) -> Address? {
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), bytes[(dot + 1)...].allSatisfy(isDigit) else {
            return nil
        }
        return Address(ipv6: bytes[..<dot])
    }
}
