/// One of relayctl's commands: a file each, listed in `main.swift`.
protocol Subcommand: SendableMetatype {
    /// The word after `relayctl`.
    static var name: String { get }
    /// One line for `relayctl --help`.
    static var summary: String { get }
    /// What follows the name in the usage line: `STAGE [-f FILE|-]`.
    static var synopsis: String { get }
    /// Paragraphs for `relayctl help NAME`, between the usage line and the options.
    static var discussion: String { get }
    /// The options it knows; `--help` is every command's.
    static var options: [Option] { get }

    /// Reads the arguments; throws `UsageError` for what makes no sense, which ends with status 2.
    init(_ arguments: Arguments) throws
    /// Does the work. Returns the exit status: 0, or 1 where the work was done and the answer is "no"
    /// (a replay that differs). What it throws is printed as one line and ends with status 1, a `UsageError` with 2.
    func run() throws -> Int32
}

/// An option of a command, as it is parsed and as its help shows it.
struct Option {
    /// `--port`, or `-f` where that is all there is.
    let name: String
    /// The one-letter form, `-f`, if there is one.
    let short: String?
    /// What its value is called in the help; nil for a flag.
    let value: String?
    /// May be given more than once.
    let repeats: Bool
    let help: String

    init(_ name: String, short: String? = nil, value: String? = nil, repeats: Bool = false, help: String) {
        self.name = name
        self.short = short
        self.value = value
        self.repeats = repeats
        self.help = help
    }
}

/// The command line makes no sense; `message` is the one line that says what and where.
struct UsageError: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// The work failed; `message` is the one line that says what and where.
struct Failure: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// A command's arguments, parsed: `--name value`, `--name=value`, `-f value`, flags, and the rest; after `--` all is rest.
struct Arguments {
    /// What is no option, in order.
    let positional: [String]
    private let values: [String: [String]]

    init(_ words: [String], options: [Option]) throws(UsageError) {
        var positional: [String] = []
        var values: [String: [String]] = [:]
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                positional += rest
                break
            }
            guard word.hasPrefix("-"), word != "-" else {
                positional.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let option = options.first(where: { $0.name == name || $0.short == name }) else {
                let near = nearest(to: name, among: options.map(\.name) + ["--help"])
                throw UsageError("unknown option \(name)" + (near.map { "; did you mean \($0)?" } ?? ""))
            }
            if option.value == nil {
                guard parts.count == 1 else { throw UsageError("\(name) takes no value") }
                values[option.name, default: []].append("")
            } else if parts.count == 2 {
                values[option.name, default: []].append(String(parts[1]))
            } else if let value = rest.popFirst() {
                values[option.name, default: []].append(value)
            } else {
                throw UsageError("\(name) needs a value: \(name) \(option.value ?? "")")
            }
            if !option.repeats, values[option.name, default: []].count > 1 {
                throw UsageError("\(name) is given twice")
            }
        }
        self.positional = positional
        self.values = values
    }

    /// Whether the flag is there.
    func has(_ name: String) -> Bool {
        values[name] != nil
    }

    /// The option's value, if it is there.
    func value(_ name: String) -> String? {
        values[name]?.last
    }

    /// Every value of an option that repeats.
    func all(_ name: String) -> [String] {
        values[name] ?? []
    }

    /// The option's value as a whole number within a range, else the default.
    func number(_ name: String, default fallback: Int, in range: ClosedRange<Int>) throws(UsageError) -> Int {
        guard let text = value(name) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw UsageError("\(name) takes a whole number from \(bounds), not '\(text)'")
        }
        return number
    }
}

/// The candidate with the fewest letters to change, where that is few enough to be a slip of the keyboard.
func nearest(to word: String, among candidates: [String]) -> String? {
    let ranked = candidates.map { (candidate: $0, distance: editDistance(word, $0)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, word.count / 3) ? best.candidate : nil
}

/// Levenshtein's distance: letters to insert, remove or replace.
private func editDistance(_ first: String, _ second: String) -> Int {
    let second = Array(second)
    var row = Array(0...second.count)
    for (i, letter) in first.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in second.enumerated() {
            let above = row[j + 1]
            row[j + 1] = min(above + 1, row[j] + 1, diagonal + (letter == other ? 0 : 1))
            diagonal = above
        }
    }
    return row[second.count]
}
