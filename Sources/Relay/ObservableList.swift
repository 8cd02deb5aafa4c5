import CTIM
import JSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

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

    init(_ body: Data?) throws(InvalidBody) {
        guard let body, JSONGrammar.accepts(body),
            let items = try? JSONDecoder().decode(Items.self, from: body).items
        else { throw Self.refusal { $0.member("_schema", ["Invalid input type."]) } }

        let bad = items.enumerated().filter { !$0.element.problems.isEmpty }
        guard bad.isEmpty else {
            throw Self.refusal { writer in
                var names = NameBudget()
                for (index, item) in bad.prefix(Self.namedLimit) {
                    writer.key(String(index))
                    writer.object { object in
                        for (field, problem) in item.problems {
                            if let name = names.cut(field) { object.member(name, [problem]) }
                        }
                    }
                }
            }
        }
        supported = items.compactMap { item in
            Observable.Kind(rawValue: item.type).map { Observable($0, item.value) }
        }
    }

    private static func refusal(_ problems: (inout JSONWriter) -> Void) -> InvalidBody {
        var writer = JSONWriter()
        writer.object(problems)
        return InvalidBody(message: "Invalid JSON payload received. " + String(decoding: writer.bytes, as: UTF8.self))
    }

    /// The names of unknown fields are the caller's: 1,000 characters of them are quoted at most.
    private struct NameBudget {
        private var left = 1000

        /// As much of the name as there is room for; nil where there is none.
        mutating func cut(_ name: String) -> String? {
            guard left > 0 else { return nil }
            let cut = name.prefix(scalars: left)
            left -= cut.unicodeScalars.count
            return cut == name ? name : cut + "…"
        }
    }

    private struct Items: Decodable {
        var items: [Item] = []

        init(from decoder: any Decoder) throws {
            var array = try decoder.unkeyedContainer()
            guard array.count ?? 0 <= ObservableList.limit else {
                throw DecodingError.dataCorruptedError(in: array, debugDescription: "too many items")
            }
            while !array.isAtEnd { items.append(try array.decode(Item.self)) }
        }
    }
}

/// One item of the list, with what is wrong with it.
private struct Item: Decodable {
    var type = ""
    var value = ""
    var problems: [(field: String, problem: String)] = []

    /// Unknown fields of an item that are named at most.
    private static let namedLimit = 20

    init(from decoder: any Decoder) throws {
        guard let object = try? decoder.container(keyedBy: Field.self) else {
            problems = [("_schema", "Invalid input type.")]
            return
        }
        value = try string(Field(stringValue: "value"), of: object)
        type = try string(Field(stringValue: "type"), of: object)
        let fields = object.allKeys
        guard fields.count > 2 || !problems.isEmpty else { return }
        let unknown = fields.filter { $0.stringValue != "type" && $0.stringValue != "value" }
        let names = unknown.map(\.stringValue).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        problems += names.prefix(Self.namedLimit).map { ($0, "Unknown field.") }
    }

    /// A required, non-empty string; a problem is noted where it is none.
    private mutating func string(_ field: Field, of object: KeyedDecodingContainer<Field>) throws -> String {
        let problem: String
        if !object.contains(field) {
            problem = "Missing data for required field."
        } else if try object.decodeNil(forKey: field) {
            problem = "Field may not be null."
        } else if let text = try? object.decode(String.self, forKey: field) {
            guard text.isEmpty else { return text }
            problem = "Field may not be blank."
        } else {
            problem = "Not a valid string."
        }
        problems.append((field.stringValue, problem))
        return ""
    }
}

/// Any field's name.
private struct Field: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        nil
    }
}
