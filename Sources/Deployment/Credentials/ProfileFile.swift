/// One of the files in `~/.aws`, read as Python's `configparser` reads it, which AWS's own tools use:
/// https://docs.python.org/3/library/configparser.html#supported-ini-file-structure
struct ProfileFile {
    /// A section's values by their keys, which are in lower case.
    typealias Section = [String: Value]

    enum Value: Equatable {
        case text(String)
        /// A setting that holds settings of its own, such as `s3`.
        case nested
    }

    /// Why a text is no such file.
    struct SyntaxError: Error {
        /// Counted from 1.
        let line: Int
        let reason: String
    }

    private var sections: [(name: String, values: Section)] = []

    /// A file without sections.
    init() {}

    init(parsing text: String) throws(SyntaxError) {
        var parser = ProfileParser()
        for line in Self.lines(of: text) { try parser.read(line) }
        sections = try parser.finished()
    }

    /// The section of that name: what a profile is called in the credentials file.
    func section(_ name: String) -> Section? {
        sections.first { $0.name == name }?.values
    }

    /// A profile of the configuration file, the last of its name: `[default]`, or `[profile NAME]`, the name in quotes
    /// if need be.
    func profile(_ name: String) -> Section? {
        sections.last { section in
            if section.name == "default" { return name == "default" }
            guard section.name.hasPrefix("profile"), let words = shellWords(section.name) else { return false }
            return words.count == 2 && words[1] == name
        }?.values
    }

    /// Line breaks are LF, CRLF and CR, and no others.
    private static func lines(of text: String) -> [[Unicode.Scalar]] {
        var lines: [[Unicode.Scalar]] = [[]]
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{FEFF}" where previous == nil: break
            case "\n" where previous == "\r": break
            case "\n", "\r": lines.append([])
            default: lines[lines.count - 1].append(scalar)
            }
            previous = scalar
        }
        return lines
    }
}

private struct ProfileParser {
    /// What every section has too.
    private static let defaults = "DEFAULT"

    private var lineNumber = 0
    private var names: [String] = []
    private var values: [String: [String: [String]]] = [:]
    private var section: String?
    private var key: String?
    private var indentation = 0

    mutating func read(_ line: [Unicode.Scalar]) throws(ProfileFile.SyntaxError) {
        lineNumber += 1
        let text = line.trimmed
        guard let first = text.first else {
            // An empty line belongs to a value that goes on after it.
            if let section, let key { values[section]?[key]?.append("") }
            return
        }
        if first == "#" || first == ";" { return }
        let column = line.prefix(while: \.isBlank).count
        if let section, let key, column > indentation {
            values[section]?[key]?.append(String(text))
            return
        }
        indentation = column
        if first == "[", let end = text.lastIndex(of: "]"), end > text.startIndex + 1 {
            try begin(String(text[(text.startIndex + 1)..<end]))
        } else {
            try readSetting(text)
        }
    }

    private mutating func begin(_ name: String) throws(ProfileFile.SyntaxError) {
        if name != Self.defaults {
            guard !names.contains(name) else { throw error("the section is there already") }
            names.append(name)
        }
        if values[name] == nil { values[name] = [:] }
        section = name
        key = nil
    }

    private mutating func readSetting(_ text: ArraySlice<Unicode.Scalar>) throws(ProfileFile.SyntaxError) {
        guard let section else { throw error("expected a section, such as [default]") }
        guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }), separator > text.startIndex else {
            throw error("expected KEY = VALUE")
        }
        let key = String(Array(text[..<separator]).trimmed).lowercased()
        guard values[section]?[key] == nil else { throw error("the key is there already") }
        values[section]?[key] = [String(Array(text[(separator + 1)...]).trimmed)]
        self.key = key
    }

    /// The sections, once all is read.
    func finished() throws(ProfileFile.SyntaxError) -> [(name: String, values: ProfileFile.Section)] {
        var sections: [(name: String, values: ProfileFile.Section)] = []
        for name in names {
            var section: ProfileFile.Section = [:]
            for (key, lines) in (values[Self.defaults] ?? [:]).merging(values[name] ?? [:], uniquingKeysWith: { $1 }) {
                section[key] = try value(of: lines)
            }
            sections.append((name, section))
        }
        return sections
    }

    private func value(of lines: [String]) throws(ProfileFile.SyntaxError) -> ProfileFile.Value {
        let rest = lines.dropFirst().filter { !$0.isEmpty }
        guard lines[0].isEmpty, !rest.isEmpty else {
            return .text(String(Array(lines.joined(separator: "\n").unicodeScalars).trimmedAtEnd))
        }
        guard rest.allSatisfy({ $0.unicodeScalars.contains("=") }) else {
            throw .init(line: lineNumber, reason: "a nested setting without '='")
        }
        return .nested
    }

    private func error(_ reason: String) -> ProfileFile.SyntaxError {
        .init(line: lineNumber, reason: reason)
    }
}

/// The words of a text as a POSIX shell splits it; nil if a quotation does not end.
func shellWords(_ text: String) -> [String]? {
    var words: [String] = []
    var word: String.UnicodeScalarView?
    var quote: Unicode.Scalar?
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
        switch (scalar, quote) {
        case ("\\", nil), ("\\", "\""):
            guard let escaped = rest.popFirst() else { return nil }
            // In double quotes a backslash is one, unless it stands before a quote or another.
            if quote != nil, escaped != "\"", escaped != "\\" { word = (word ?? .init()) + [scalar] }
            word = (word ?? .init()) + [escaped]
        case (_, let end?) where scalar == end: quote = nil
        case ("'", nil), ("\"", nil):
            quote = scalar
            word = word ?? .init()
        case (" ", nil), ("\t", nil), ("\r", nil), ("\n", nil):
            if let complete = word { words.append(String(complete)) }
            word = nil
        default: word = (word ?? .init()) + [scalar]
        }
    }
    guard quote == nil else { return nil }
    if let complete = word { words.append(String(complete)) }
    return words
}

extension Unicode.Scalar {
    /// As Python's `str.isspace` has it.
    fileprivate var isBlank: Bool {
        properties.isWhitespace || (0x1C...0x1F).contains(value)
    }
}

extension [Unicode.Scalar] {
    fileprivate var trimmed: ArraySlice<Unicode.Scalar> {
        drop(while: \.isBlank).trimmedAtEnd
    }

    fileprivate var trimmedAtEnd: ArraySlice<Unicode.Scalar> { self[...].trimmedAtEnd }
}

extension ArraySlice<Unicode.Scalar> {
    fileprivate var trimmedAtEnd: ArraySlice<Unicode.Scalar> {
        self[..<(lastIndex { !$0.isBlank }.map { $0 + 1 } ?? startIndex)]
    }
}

extension String {
    fileprivate init(_ scalars: ArraySlice<Unicode.Scalar>) {
        var view = UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}
