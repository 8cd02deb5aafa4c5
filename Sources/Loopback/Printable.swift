extension String {
    /// The text without what steers a terminal or turns its writing around, which somebody else may have put there:
    /// control and format characters are escaped (`\u{1B}`), and so are line breaks, unless they are kept.
    package func printable(keepingLines: Bool = false) -> String {
        guard unicodeScalars.contains(where: \.steers) else { return self }
        return unicodeScalars.map { scalar in
            scalar.steers && !(keepingLines && scalar == "\n") ? scalar.escaped(asASCII: true) : String(scalar)
        }.joined()
    }

    /// The same for a JSON text, which stays one: escaped as JSON escapes (`\u001B`), line breaks between values kept.
    package var printableJSON: String {
        guard unicodeScalars.contains(where: { $0.steers && $0 != "\n" }) else { return self }
        return unicodeScalars.map { scalar in
            guard scalar.steers, scalar != "\n" else { return String(scalar) }
            return String(scalar).utf16.map { unit in
                let digits = String(unit, radix: 16, uppercase: true)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }.joined()
        }.joined()
    }
}

extension Unicode.Scalar {
    fileprivate var steers: Bool {
        // Most of any text, without a look into Unicode's tables.
        if (0x20..<0x7F).contains(value) || self == "\t" { return false }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
