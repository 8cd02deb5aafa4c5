import CTIM
import JSON

/// What is wrong with a body; the message is the caller's.
struct InvalidBody: Error {
    let message: String
}

/// The body of a request about observables: `[{"type", "value"}, …]`. One bad item refuses the whole list.
struct ObservableList {
    /// Items in a list at most.
    private static let limit = 10_000
    /// Bad items that the message names at most.
    private static let namedLimit = 100

    /// The observables of the types that the relay knows, in order, repeats included.
    let supported: [Observable]

    init(_ body: [UInt8]?) throws(InvalidBody) {
        let list = body.flatMap { body in
            (try? JSONReader.read(body) { reader throws(JSONError) in try Self.read(&reader) }) ?? nil
        }
        guard let list else { throw Self.refusal { $0.member("_schema", ["Invalid input type."]) } }
        guard list.bad.isEmpty else {
            throw Self.refusal { writer in
                var names = NameBudget()
                for (index, problems) in list.bad {
                    writer.key(String(index))
                    writer.object { object in
                        for (field, problem) in problems {
                            if let name = names.cut(field) { object.member(name, [problem]) }
                        }
                    }
                }
            }
        }
        supported = list.supported
    }

    /// The items of a list, the good ones of types that the relay knows, and what is wrong with the first bad ones; nil if
    /// it is no list, or too long a one.
    private static func read(
        _ reader: inout JSONReader
    ) throws(JSONError) -> (supported: [Observable], bad: [(Int, Item.Problems)])? {
        guard try reader.enterArray() else { return nil }
        var supported: [Observable] = []
        var bad: [(Int, Item.Problems)] = []
        var count = 0
        while try reader.nextElement() {
            defer { count += 1 }
            // The rest of a list that is too long is only checked.
            guard count < limit else { continue }
            let item = try Item(&reader)
            if !item.problems.isEmpty {
                if bad.count < namedLimit { bad.append((count, item.problems)) }
            } else if let kind = Observable.Kind(rawValue: item.type) {
                supported.append(Observable(kind, item.value))
            }
        }
        return count <= limit ? (supported, bad) : nil
    }

    private static func refusal(_ problems: (inout JSONWriter) -> Void) -> InvalidBody {
        var writer = JSONWriter()
        writer.object(problems)
        return InvalidBody(message: "Invalid JSON payload received. " + String(decoding: writer.bytes, as: UTF8.self))
    }

    /// The names of unknown fields are the caller's: 1,000 characters of them are quoted at most.
    private struct NameBudget {
        private var left = 1000

        /// As much of the name as there is room for; nil if there is none.
        mutating func cut(_ name: String) -> String? {
            guard left > 0 else { return nil }
            let cut = name.prefix(scalars: left)
            left -= cut.unicodeScalars.count
            return cut == name ? name : cut + "…"
        }
    }
}

/// One item of the list, with what is wrong with it.
private struct Item {
    typealias Problems = [(field: String, problem: String)]

    private(set) var type = ""
    private(set) var value = ""
    private(set) var problems: Problems = []

    /// Unknown fields of an item that are named at most.
    private static let namedLimit = 20

    /// What a required field holds.
    private enum Field {
        case missing, null, other
        case text(String)

        init(_ reader: inout JSONReader) throws(JSONError) {
            if let text = try reader.string() {
                self = .text(text)
            } else {
                self = try reader.null() ? .null : .other
            }
        }
    }

    init(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.enterObject() else {
            problems = [("_schema", "Invalid input type.")]
            return
        }
        var type = Field.missing
        var value = Field.missing
        // The first of all unknown names in their order, each once.
        var unknown: [String] = []
        while let name = try reader.nextMember() {
            switch name {
            case "type": type = try Field(&reader)
            case "value": value = try Field(&reader)
            default: Self.insert(name.text, in: &unknown)
            }
        }
        self.value = text(value, "value")
        self.type = text(type, "type")
        problems += unknown.map { ($0, "Unknown field.") }
    }

    private static func insert(_ name: String, in names: inout [String]) {
        let index = names.firstIndex { !$0.utf8.lexicographicallyPrecedes(name.utf8) } ?? names.count
        if index < names.count, names[index].utf8.elementsEqual(name.utf8) { return }
        guard index < namedLimit else { return }
        names.insert(name, at: index)
        if names.count > namedLimit { names.removeLast() }
    }

    /// A required, non-empty string; a problem is noted if it is none.
    private mutating func text(_ field: Field, _ name: String) -> String {
        switch field {
        case .text(let text) where !text.isEmpty: return text
        case .text: problems.append((name, "Field may not be blank."))
        case .missing: problems.append((name, "Missing data for required field."))
        case .null: problems.append((name, "Field may not be null."))
        case .other: problems.append((name, "Not a valid string."))
        }
        return ""
    }
}
