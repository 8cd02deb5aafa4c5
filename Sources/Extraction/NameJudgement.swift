/// Judges whether a text that has the shape of a name is one of the DNS.
struct NameJudgement {
    /// What around the text speaks for its being a name.
    enum Evidence {
        /// Nothing: files, versions and program code look like it.
        case none
        /// It is a URL's host or an e-mail address's, or was defanged.
        case certain
        /// It is a member's name in JSON, or of an app.
        case code
        /// It is called like a function.
        case call
    }

    enum Verdict: Equatable {
        case name(String)
        case leftOut(String, TextObservables.Reason)
        /// Too ordinary to speak of.
        case nothing
    }

    /// - Parameter text: host characters only.
    static func judge(_ text: String, _ evidence: Evidence) -> Verdict {
        var name = Substring(text)
        while let first = name.utf8.first, first == UInt8(ascii: ".") || first == UInt8(ascii: "-") {
            name.removeFirst()
        }
        var hasUnderscore = false
        while let last = name.utf8.last, ".-_".utf8.contains(last) {
            hasUnderscore = hasUnderscore || last == UInt8(ascii: "_")
            name.removeLast()
        }
        // _emphasis_
        if hasUnderscore { name = name.drop { $0 == "_" } }
        guard name.utf8.count <= 1_024 else { return .nothing }
        return judge(trimmed: String(name), evidence)
    }

    private static func judge(trimmed text: String, _ evidence: Evidence) -> Verdict {
        let name = text.lowercased()
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Substring.init)
        guard labels.count > 1, let last = labels.last, !labels.contains(where: \.isEmpty) else {
            return single(name, evidence)
        }

        guard let uses = NameLists.topLevelDomains[String(last)] else {
            // "example.com-based", "example.com下载"
            if let end = shorterEnd(of: last) {
                return judge(trimmed: String(text.dropLast(last.count - end)), evidence)
            }
            if endsSentence(text, labels, evidence) {
                return judge(trimmed: String(text.dropLast(last.count + 1)), evidence)
            }
            return withoutTopLevelDomain(name, labels, last)
        }
        if last == "arpa" { return .leftOut(name, .internalName) }
        guard isName(name, labels) else { return .leftOut(name, .noName) }
        if evidence != .certain, let reason = lookalike(text, labels, uses, evidence) { return .leftOut(name, reason) }
        return .name(name)
    }

    private static func single(_ name: String, _ evidence: Evidence) -> Verdict {
        let isName = evidence == .certain && name.contains { $0.isLetter }
        return isName ? .leftOut(name, .internalName) : .nothing
    }

    /// How many characters of the last label are a top-level domain, if what follows them does not belong to it.
    private static func shorterEnd(of label: Substring) -> Int? {
        let isASCII = label.utf8.allSatisfy { $0 < 0x80 }
        let end = label.firstIndex { isASCII ? $0 == "-" : !$0.isASCII }
        guard let end, end > label.startIndex, NameLists.topLevelDomains[String(label[..<end])] != nil,
            !(isASCII && label.hasPrefix("xn--"))
        else { return nil }
        return label[..<end].count
    }

    /// "example.com.The next sentence": whether the last label is a word, and the one before it a top-level domain.
    private static func endsSentence(_ text: String, _ labels: [Substring], _ evidence: Evidence) -> Bool {
        guard labels.count > 2, let word = text.split(separator: ".").last, let first = word.first, first.isUppercase,
            word.dropFirst().allSatisfy(\.isLowercase)
        else { return false }
        let domain = String(labels[labels.count - 2])
        let isPlain = text.first?.isUppercase == false && ["com", "org", "example"].contains(domain)
        return (evidence == .certain || isPlain) && NameLists.topLevelDomains[domain] != nil
    }

    private static func withoutTopLevelDomain(_ name: String, _ labels: [Substring], _ last: Substring) -> Verdict {
        if NameLists.internalNames.contains(String(last)) { return .leftOut(name, .internalName) }
        if isVersion(labels) { return labels.count > 2 || name.hasPrefix("v") ? .leftOut(name, .version) : .nothing }
        if NameLists.fileExtensions.contains(String(last)) { return .leftOut(name, .fileName) }
        // Abbreviations, numbers and initials.
        guard last.utf8.count > 1, last.contains(where: \.isLetter), labels.contains(where: { $0.utf8.count > 1 })
        else {
            return .nothing
        }
        return .leftOut(name, .unknownTopLevelDomain)
    }

    /// "1.2.3", "v2.10.1-beta"
    private static func isVersion(_ labels: [Substring]) -> Bool {
        let first = labels[0].hasPrefix("v") ? labels[0].dropFirst() : labels[0]
        guard first.first?.isNumber == true else { return false }
        return first.utf8.allSatisfy(isDigit) && labels[1].utf8.first.map(isDigit) == true
    }

    /// Lengths and characters; the last label is known to be good.
    private static func isName(_ name: String, _ labels: [Substring]) -> Bool {
        guard name.utf8.count <= 253 else { return false }
        for label in labels {
            guard label.utf8.count <= 63, label.utf8.first != UInt8(ascii: "-"), label.utf8.last != UInt8(ascii: "-")
            else {
                return false
            }
        }
        // Services and records have an underscore, what somebody has registered has none.
        return !labels[labels.count - 2].utf8.contains(UInt8(ascii: "_"))
    }

    /// What a name without any evidence rather is; nil for a name.
    private static func lookalike(
        _ text: String,
        _ labels: [Substring],
        _ uses: NameLists.Uses,
        _ evidence: Evidence
    ) -> TextObservables.Reason? {
        if evidence == .call { return .code }
        let first = String(labels[0])
        let owner = labels[labels.count - 2]
        if labels.count == 2 {
            if uses.contains(.file) { return .fileName }
            if uses.contains(.sometimesFile), NameLists.fileStems.contains(first) { return .fileName }
            let end = text.suffix(2)
            if uses.contains(.sentence), end.first?.isUppercase == true, end.last?.isLowercase == true {
                return .sentence
            }
        }
        if uses.contains(.file), NameLists.fileExtensions.contains(String(owner)) { return .fileName }
        if uses.contains(.field),
            evidence == .code || NameLists.fieldOwners.contains(String(owner)) || NameLists.fieldOwners.contains(first)
        {
            return .code
        }
        // com.example.app
        if labels.count > 2, NameLists.packagePrefixes.contains(first), labels[1] != "com" { return .code }
        // readString.call
        if evidence == .code, text.contains(where: \.isUppercase), text != text.uppercased() { return .code }
        return nil
    }
}
