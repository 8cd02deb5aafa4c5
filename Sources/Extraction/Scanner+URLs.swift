extension Scanner {
    mutating func scanColon() {
        if text[index + 1] == UInt8(ascii: "/"), text[index + 2] == UInt8(ascii: "/") {
            index += 3
            scanAuthority(.certain)
        } else if tail == .none, text[index + 1] == UInt8(ascii: ":"), !isHost(at: index - 1), scanIPv6() {
            return
        } else {
            index += 1
        }
    }

    /// A path begins; after two slashes, which nothing stands before, a host.
    mutating func scanSlash() {
        let (slash, before, after) = (text[index], text[index - 1], text[index + 2])
        let isStart = index == 0 || before <= 0x20 || "\"'=([<>`".utf8.contains(before)
        if tail == .none, isStart, text[index + 1] == slash, isHost(at: index + 2), after != UInt8(ascii: ".") {
            index += 2
            if slash == UInt8(ascii: "/") {
                scanAuthority(.none)
            } else {
                // \\host@SSL\share
                tail = .path
                scanHost(.certain)
            }
            return
        }
        if tail != .query { tail = .path }
        index += 1
    }

    /// The host of a URL; `index` is behind the two slashes.
    mutating func scanAuthority(_ evidence: NameJudgement.Evidence) {
        tail = .path
        var start = index
        var end = index
        while end < text.count {
            let byte = text[end]
            if Self.endsAuthority(byte) { break }
            if byte == UInt8(ascii: "@") { start = end + 1 }
            end += 1
        }
        index = start
        if text[start] == UInt8(ascii: "[") {
            scanBracketedIPv6()
        } else if isHost(at: start) {
            scanHost(evidence)
        }
    }

    @inline(__always)
    private static func endsAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case Refanging.dot: false
        case 0...0x20, UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "#"),
            UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "`"),
            UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "{"), UInt8(ascii: "}"):
            true
        default: false
        }
    }

    private mutating func scanBracketedIPv6() {
        var end = index + 1
        while end < index + 64,
            hexadecimal(text[end]) != nil || text[end] == UInt8(ascii: ":") || text[end] == UInt8(ascii: ".")
        {
            end += 1
        }
        // A zone (RFC 6874) is of this machine only.
        if text[end] == UInt8(ascii: "]") || text[end] == UInt8(ascii: "%"),
            let address = Address(ipv6: text[(index + 1)..<end])
        {
            report(address, end: end)
            index = end + 1
        } else {
            index += 1
        }
    }

    private mutating func scanHost(_ evidence: NameJudgement.Evidence) {
        let end = max(endOfHost(from: index), index + 1)
        let range = index..<end
        index = end
        if let address = Address(ipv4: text[range]) {
            report.add(address)
        } else if name.read(text, range) {
            report(judgement.judge(name, evidence))
        }
    }

    // MARK: - E-mail

    private static let identifierWords: [StaticString] = ["messageid", "message_id", "message-id", "msgid", "cid"]

    /// An e-mail address whose local part ends at `at`; true if it is one.
    mutating func scanMail(from start: Int, at: Int) -> Bool {
        guard isHost(at: at + 1) else { return false }
        let end = max(endOfHost(from: at + 1), at + 2)
        guard name.read(text, (at + 1)..<end), judgement.judge(name, .certain) == .name else { return false }
        // git@example.com:folder/file
        let isPath =
            text[end] == UInt8(ascii: ":") && (isLetter(text[end + 1]) || text[end + 1] == UInt8(ascii: "/"))
            && text.matches("git", at: start)
        let isIdentifier = holdsIdentifiers || follows(Self.identifierWords)
        if !isPath, !isIdentifier, readLocalPart(from: start, to: at) {
            value.append(UInt8(ascii: "@"))
            value.append(contentsOf: name.text)
            value.withUnsafeBufferPointer { report.add(mail: $0) }
        }
        report.add(name.text)
        if isPath { tail = .path }
        index = end
        return true
    }

    /// Reads the local part that ends at `end`, in lower case; `start` is the beginning of its last word. False if nothing
    /// is left of it.
    private mutating func readLocalPart(from start: Int, to end: Int) -> Bool {
        var start = start
        var bracketed: Int?
        var position = start
        while position > 0, position > end - 64 {
            let byte = text[position - 1]
            // Returned mail has "name=example.com" in it; elsewhere that is a field and its value.
            if byte == UInt8(ascii: "<") { bracketed = position }
            let isInside =
                byte == UInt8(ascii: "+") || isHost(at: position - 1)
                || isApostrophe(at: position - 1)
            guard isInside || byte == UInt8(ascii: "=") else { break }
            if isInside, position == start { start -= 1 }
            position -= 1
        }
        start = bracketed ?? start
        // "see...user@example.com": two dots in a row are no part of it (RFC 5322, section 3.2.3).
        for index in start..<end where plain(index) == UInt8(ascii: ".") && plain(index + 1) == UInt8(ascii: ".") {
            start = index + 1
        }
        var end = end
        while start < end, ".+-'=".utf8.contains(plain(start)) { start += 1 }
        while end > start, plain(end - 1) == UInt8(ascii: ".") { end -= 1 }
        value.removeAll(keepingCapacity: true)
        while start < end {
            if text[start] >= 0x80, let (scalar, length) = text.scalar(at: start) {
                value.append(contentsOf: characters[scalar].lowercase)
                start += length
            } else {
                value.append(lowercase(plain(start)))
                start += 1
            }
        }
        return !value.isEmpty
    }

    /// Whether an e-mail address's `@` follows the plus sign or the apostrophe at `index`, and the word after it.
    mutating func isLocalPart(from index: Int) -> Bool {
        guard index >= noLocalPartBefore else { return false }
        var end = index
        while end < index + 64, isHost(at: end) || text[end] == UInt8(ascii: "+") || isApostrophe(at: end),
            plain(end) != UInt8(ascii: ".") || plain(end + 1) != UInt8(ascii: ".")
        {
            end += text[end] < 0x80 ? 1 : text.scalar(at: end)?.length ?? 1
        }
        if text[end] == UInt8(ascii: "@") { return true }
        noLocalPartBefore = end
        return false
    }

    /// Whether an apostrophe stands between two letters.
    func isApostrophe(at index: Int) -> Bool {
        text[index] == UInt8(ascii: "'") && isLetter(text[index - 1]) && isLetter(text[index + 1])
    }
}
