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
        case name
        case leftOut(TextObservables.Reason)
        /// Too ordinary to speak of.
        case nothing
    }

    private let topLevelDomains = NameLists.topLevelDomains
    private let internalNames = NameLists.internalNames
    private let fileExtensions = NameLists.fileExtensions
    private let fileStems = NameLists.fileStems
    private let fieldOwners = NameLists.fieldOwners
    private let packagePrefixes = NameLists.packagePrefixes

    /// What the name is, which is cut if something behind it does not belong to it.
    func judge(_ name: Name, _ evidence: Evidence) -> Verdict {
        guard name.labelCount > 1, !name.hasEmptyLabel else { return single(name, evidence) }
        let last = name.label(fromEnd: 0)
        guard let number = topLevelDomains.number(of: last) else {
            // "example.com-based", "example.com下载"
            if let end = shorterEnd(of: last) {
                name.dropLast(last.count - end)
                return judge(name, evidence)
            }
            if endsSentence(name, evidence) {
                name.dropLast(last.count + 1)
                return judge(name, evidence)
            }
            return withoutTopLevelDomain(name)
        }
        if last.elementsEqual("arpa".utf8) { return .leftOut(.internalName) }
        guard isName(name) else { return .leftOut(.noName) }
        if evidence != .certain, let reason = lookalike(name, NameLists.Uses(rawValue: number), evidence) {
            return .leftOut(reason)
        }
        return .name
    }

    private func single(_ name: Name, _ evidence: Evidence) -> Verdict {
        evidence == .certain && name.hasLetter ? .leftOut(.internalName) : .nothing
    }

    /// How many bytes of the last label are a top-level domain, if what follows them does not belong to it.
    private func shorterEnd(of label: UnsafeBufferPointer<UInt8>) -> Int? {
        let isASCII = label.allSatisfy { $0 < 0x80 }
        let end = label.firstIndex { isASCII ? $0 == UInt8(ascii: "-") : $0 >= 0x80 }
        guard let end, end > 0, topLevelDomains.contains(label[..<end]) else { return nil }
        return isASCII && label.starts(with: "xn--".utf8) ? nil : end
    }

    /// "example.com.The next sentence": whether the last label is a word, and the one before it a top-level domain.
    private func endsSentence(_ name: Name, _ evidence: Evidence) -> Bool {
        guard name.labelCount > 2, name.lastLabelIsCapitalized else { return false }
        let domain = name.label(fromEnd: 1)
        guard topLevelDomains.contains(domain) else { return false }
        if evidence == .certain { return true }
        return !name.beginsWithUppercase
            && (domain.elementsEqual("com".utf8) || domain.elementsEqual("org".utf8)
                || domain.elementsEqual("example".utf8))
    }

    private func withoutTopLevelDomain(_ name: Name) -> Verdict {
        let last = name.label(fromEnd: 0)
        if internalNames.contains(last) { return .leftOut(.internalName) }
        if isVersion(name) {
            return name.labelCount > 2 || name.text.first == UInt8(ascii: "v") ? .leftOut(.version) : .nothing
        }
        if fileExtensions.contains(last) { return .leftOut(.fileName) }
        // Abbreviations, numbers and initials.
        guard last.count > 1, name.lastLabelHasLetter,
            (0..<name.labelCount).contains(where: { name.label($0).count > 1 })
        else {
            return .nothing
        }
        return .leftOut(.unknownTopLevelDomain)
    }

    /// "1.2.3", "v2.10.1-beta"
    private func isVersion(_ name: Name) -> Bool {
        var first = name.label(0)[...]
        if first.first == UInt8(ascii: "v") { first = first.dropFirst() }
        return !first.isEmpty && first.allSatisfy(isDigit) && name.label(1).first.map(isDigit) == true
    }

    /// Lengths and characters; the last label is known to be good.
    private func isName(_ name: Name) -> Bool {
        guard name.text.count <= 253, !name.hasLabelOfMark else { return false }
        for number in 0..<name.labelCount {
            let label = name.label(number)
            guard label.count <= 63, label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else {
                return false
            }
        }
        // Services and records have an underscore, what somebody has registered has none.
        return !name.label(fromEnd: 1).contains(UInt8(ascii: "_"))
    }

    /// What a name without any evidence rather is; nil for a name.
    private func lookalike(
        _ name: Name,
        _ uses: NameLists.Uses,
        _ evidence: Evidence
    ) -> TextObservables.Reason? {
        if evidence == .call { return .code }
        let first = name.label(0)
        let owner = name.label(fromEnd: 1)
        if name.labelCount == 2 {
            if uses.contains(.file) { return .fileName }
            if uses.contains(.sometimesFile), fileStems.contains(first) { return .fileName }
            // "done.In": two letters, of which the first is a capital.
            if uses.contains(.sentence), name.lastLabelIsCapitalized { return .sentence }
        }
        if uses.contains(.file), fileExtensions.contains(owner) { return .fileName }
        if uses.contains(.field), evidence == .code || fieldOwners.contains(owner) || fieldOwners.contains(first) {
            return .code
        }
        // com.example.app
        if name.labelCount > 2, packagePrefixes.contains(first), !name.label(1).elementsEqual("com".utf8) {
            return .code
        }
        // readString.call
        if evidence == .code, name.hasUppercase, name.hasLowercase { return .code }
        return nil
    }
}
