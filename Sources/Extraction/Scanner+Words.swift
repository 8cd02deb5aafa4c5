extension Scanner {
    /// A run of host characters: a word, a name, an address, a local part.
    mutating func scanWord() {
        let start = index
        let isLookedAt = tail == .none || (tail == .query && text[start - 1] == UInt8(ascii: "="))
        if isLookedAt, scanIPv6() { return }
        let end = max(endOfHost(from: start), start + 1)
        defer { index = max(index, end) }

        let after = text[end]
        if after == UInt8(ascii: ":"), text[end + 1] == UInt8(ascii: "/"), text[end + 2] == UInt8(ascii: "/") {
            let isApp = text.matches("app", at: end - 3) && end - start > 3
            index = end + 3
            scanAuthority(isApp ? .code : .certain)
            return
        }
        if after == UInt8(ascii: "@"), scanMail(from: start, at: end) { return }
        if after == UInt8(ascii: "+") || isApostrophe(at: end), isLocalPart(from: end) { return }
        guard hasDot(start..<end) else {
            if tail == .none { word = start..<end }
            return
        }
        // Nothing is shorter than "t.co" and "v1.2".
        guard end - start >= 4 else { return }
        // "+" stands in base64 and for a blank in queries.
        let isEncoded = text[start - 1] == UInt8(ascii: "+") || (after == UInt8(ascii: "=") && text[end + 1] == after)
        if (isLookedAt && !isEncoded) || isAddressAfterInterface(start..<end) { judge(start..<end) }
    }

    private func hasDot(_ range: Range<Int>) -> Bool {
        for index in range where text[index] == UInt8(ascii: ".") || text[index] == Refanging.dot { return true }
        return false
    }

    /// A name or an IPv4 address that stands by itself.
    private mutating func judge(_ range: Range<Int>) {
        if scanIPv4(range) { return }
        let evidence = evidence(of: range)
        guard name.read(text, range) else { return }
        let verdict = judgement.judge(name, evidence)
        // A name of one label stands in any text.
        if case .leftOut = verdict, name.labelCount == 1 { return }
        report(verdict)
    }

    /// Reports what was read, as it was judged.
    mutating func report(_ verdict: NameJudgement.Verdict) {
        switch verdict {
        case .name: report.add(name.text)
        case .leftOut(let reason): report.leaveOut(name.text, reason)
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

    /// The byte, or the dot that it stands for.
    func plain(_ index: Int) -> UInt8 {
        text[index] == Refanging.dot ? UInt8(ascii: ".") : text[index]
    }

    // MARK: - IPv4

    private static let versionWords: [StaticString] = [
        "version", "ver", "release", "build", "versions", "revision", "firmware",
    ]

    /// True where the range is a number with dots, which is then an address, several of them, or none.
    private mutating func scanIPv4(_ range: Range<Int>) -> Bool {
        guard isNumber(range) else { return false }
        var (start, end) = (range.lowerBound, range.upperBound)
        while end > start, !isDigit(text[end - 1]) { end -= 1 }
        while start < end, !isDigit(text[start]) { start += 1 }
        guard hasDot(start..<end) else { return false }

        // 192.0.2.1-192.0.2.9
        var (parts, addresses) = (0, 0)
        var first: Address?
        var last = start..<end
        var position = start
        while position < end {
            var next = position
            while next < end, text[next] != UInt8(ascii: "-") { next += 1 }
            if next > position {
                parts += 1
                last = position..<next
                if let address = Address(ipv4: text[last]) {
                    addresses += 1
                    first = first ?? address
                }
            }
            position = next + 1
        }
        if addresses == parts, let first {
            if parts == 1, isVersion(range) {
                report.leaveOut(first, .version)
            } else if parts == 1 {
                report(first, end: range.upperBound)
            } else {
                for part in text[start..<end].split(separator: UInt8(ascii: "-")) {
                    if let address = Address(ipv4: part) { report(address, end: range.upperBound) }
                }
            }
        } else if let first, parts == 2, text[last].allSatisfy(isDigit) {
            // 192.0.2.1-9
            report(first, end: range.upperBound)
        } else if let address = addressWithPort(start..<end, range) {
            report(address, end: range.upperBound)
        } else {
            leaveOut(start..<end)
        }
        return true
    }

    private func isVersion(_ range: Range<Int>) -> Bool {
        follows(Self.versionWords)
            || (tail == .query
                && (text.matches("v=", at: range.lowerBound - 2) || text.matches("ver=", at: range.lowerBound - 4)))
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

    /// A number with dots that is no address: "1.2.3", "256.1.1.1".
    private mutating func leaveOut(_ range: Range<Int>) {
        var dots = 0
        var isFour = true
        var digits = 0
        for index in range {
            if plain(index) == UInt8(ascii: ".") {
                isFour = isFour && (1...3).contains(digits)
                dots += 1
                digits = 0
            } else {
                isFour = isFour && isDigit(text[index])
                digits += 1
            }
        }
        guard dots > 1 else { return }
        isFour = isFour && dots == 3 && (1...3).contains(digits)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { start in
            let range = range.prefix(64)
            for (offset, index) in range.enumerated() { start[offset] = plain(index) }
            report.leaveOut(UnsafeBufferPointer(rebasing: start[..<range.count]), isFour ? .noAddress : .version)
        }
    }

    private static let packetWords: [StaticString] = ["ip"]

    /// tcpdump writes the port behind the address as a fifth number.
    private func addressWithPort(_ digits: Range<Int>, _ range: Range<Int>) -> Address? {
        guard let dot = digits.last(where: { !isDigit(text[$0]) }), digits.upperBound - dot <= 6,
            let address = Address(ipv4: text[digits.lowerBound..<dot])
        else { return nil }
        let isTCPDump =
            follows(Self.packetWords) || text.matches(" > ", at: range.upperBound)
            || text.matches(" > ", at: range.lowerBound - 3)
        return isTCPDump ? address : nil
    }

    /// Reports an address whose text ends at `end`; what follows may say that it is a network.
    mutating func report(_ address: Address, end: Int) {
        if text[end] == UInt8(ascii: "/"), isDigit(text[end + 1]) {
            var length = 0
            var index = end + 1
            while isDigit(text[index]), index < end + 4 {
                length = length * 10 + Int(text[index] - 0x30)
                index += 1
            }
            let isEnd = !isDigit(text[index]) && !isLetter(text[index])
            if isEnd, address.isNetwork(length) { return report.leaveOut(address, length: length) }
        }
        report.add(address)
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
    mutating func scanIPv6() -> Bool {
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
        let bytes = text[index..<end]
        guard let address = Address(ipv6: bytes) ?? withPort(bytes) else {
            // Times, hardware addresses and fingerprints.
            let isRun = isRunOfPairs(bytes)
            if isRun { index = end }
            return isRun
        }
        // Eight pairs of digits are a hardware address (EUI-64). "::" and "dead::beef" stand in programs.
        let isPairs = bytes.count == 23 && !bytes.contains(UInt8(ascii: "."))
        let isPlausible = address.reason == nil || (bytes.contains(where: isDigit) && bytes.count > 2)
        if !isPairs, isPlausible { report(address, end: end) }
        index = end
        return true
    }

    /// Pairs of digits between colons.
    private func isRunOfPairs(_ bytes: Slice<Bytes>) -> Bool {
        guard bytes.count % 3 == 2 else { return false }
        for (offset, byte) in bytes.enumerated() where (byte == UInt8(ascii: ":")) != (offset % 3 == 2) { return false }
        return true
    }

    /// tcpdump's address and port: `2001:db8::1.443`.
    private func withPort(_ bytes: Slice<Bytes>) -> Address? {
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), bytes[(dot + 1)...].allSatisfy(isDigit) else {
            return nil
        }
        return Address(ipv6: bytes[..<dot])
    }
}
