import Deployment

/// An option of a command, as it is parsed and as its help shows it.
struct Option {
    /// `--port`, or `-f` if that is all there is.
    let name: String
    /// The one-letter form, `-f`, if there is one.
    let short: String?
    /// What its value is called in the help; nil for a flag.
    let value: String?
    let help: String

    init(_ name: String, short: String? = nil, value: String? = nil, help: String) {
        self.name = name
        self.short = short
        self.value = value
        self.help = help
    }
}

/// A command's arguments, parsed: `--name value`, `--name=value`, `-f value`, `-fvalue`, flags, and the rest; after `--`
/// all is rest. A message never repeats a value: it may be a secret that does not belong there.
struct Arguments {
    /// What is no option, in order.
    let positional: [String]
    private let values: [String: String]

    init(_ words: [String], options: [Option]) throws(CommandError) {
        var positional: [String] = []
        var values: [String: String] = [:]
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
            let (name, attached) = Self.split(word)
            guard let option = options.first(where: { $0.name == name || $0.short == name }) else {
                let near = nearest(to: name, among: options.map(\.name) + ["--help"])
                throw CommandError("unknown option \(name); " + (near.map { "did you mean \($0)?" } ?? "see --help"))
            }
            guard let placeholder = option.value else {
                guard attached == nil else { throw CommandError("\(name) takes no value") }
                values[option.name] = ""
                continue
            }
            guard let value = attached ?? rest.popFirst() else {
                throw CommandError("\(name) needs a value: \(name) \(placeholder)")
            }
            guard values[option.name] == nil else { throw CommandError("\(name) is given twice") }
            values[option.name] = value
        }
        self.positional = positional
        self.values = values
    }

    /// An option's name, and the value that is attached to it.
    private static func split(_ word: String) -> (name: String, value: String?) {
        if !word.hasPrefix("--"), word.count > 2 {
            let value = word.dropFirst(2)
            return (String(word.prefix(2)), String(value.hasPrefix("=") ? value.dropFirst() : value))
        }
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count == 2 ? parts[1] : nil)
    }

    /// The one argument of a command that takes one; `name` is what its synopsis calls it.
    func only(_ name: String) throws(CommandError) -> String {
        guard let argument = positional.first else { throw CommandError("\(name) is missing; see --help") }
        guard positional.count == 1 else { throw CommandError("takes one \(name) and nothing after it; see --help") }
        return argument
    }

    /// Whether the flag is there.
    func has(_ name: String) -> Bool {
        values[name] != nil
    }

    /// The option's value, if it is there.
    func value(_ name: String) -> String? {
        values[name]
    }

    /// The option's value as a whole number within a range, else the default.
    func number(_ name: String, default fallback: Int, in range: ClosedRange<Int>) throws(CommandError) -> Int {
        guard let text = value(name) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw CommandError("\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// The option's value as a time in seconds: a whole number and a unit.
    func duration(_ name: String) throws(CommandError) -> Int? {
        guard let text = value(name) else { return nil }
        let units: [Substring: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let parts = text.wholeMatch(of: /([1-9][0-9]{0,5})([a-z])/)?.output,
            let number = Int(parts.1), let unit = units[parts.2]
        else { throw CommandError("\(name) takes a whole number and s, m, h, d or w, such as 90d") }
        return number * unit
    }
}
