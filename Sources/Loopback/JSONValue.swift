import Foundation
import JSON

/// Any JSON value (RFC 8259): of an event, of a stand-in's answer, of a response to compare.
package enum JSONValue: Equatable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number that is written without a fraction and an exponent.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object; the order of its members is not kept.
    case object([String: JSONValue])

    /// An object's member; nil for what is no object or has none of that name.
    package subscript(name: String) -> JSONValue? {
        get {
            guard case .object(let members) = self else { return nil }
            return members[name]
        }
        set {
            guard case .object(var members) = self else { return }
            members[name] = newValue
            self = .object(members)
        }
    }

    /// The string, if it is one.
    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The whole number, if it is one, however it is written.
    package var integer: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The elements, if it is an array.
    package var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, if it is an object.
    package var object: [String: JSONValue]? {
        if case .object(let value) = self { value } else { nil }
    }
}

// MARK: - As text

extension JSONValue {
    /// Reads a JSON text, UTF-8 with a byte order mark or without. Of members of the same name the last one counts.
    package init(parsing text: some Sequence<UInt8>) throws(JSONError) {
        self = try JSONReader.read(Array(text)) { reader throws(JSONError) in try JSONValue(&reader) }
    }

    /// Reads the value that comes next.
    package init(_ reader: inout JSONReader) throws(JSONError) {
        switch try reader.kind {
        case .object:
            var members: [String: JSONValue] = [:]
            _ = try reader.enterObject()
            while let name = try reader.nextMember()?.text { members[name] = try JSONValue(&reader) }
            self = .object(members)
        case .array:
            var elements: [JSONValue] = []
            _ = try reader.enterArray()
            while try reader.nextElement() { elements.append(try JSONValue(&reader)) }
            self = .array(elements)
        case .string: self = .string(try reader.string() ?? "")
        case .number:
            if let whole = try reader.integer() {
                self = .integer(whole)
            } else {
                self = .number(try reader.number() ?? .nan)
            }
        case .bool: self = .bool(try reader.bool() ?? false)
        case .null:
            _ = try reader.null()
            self = .null
        }
    }

    /// The value as a JSON text, members sorted by name; `pretty` spreads it over lines.
    package func text(pretty: Bool = false) -> Data {
        if pretty { return Data(lines(indentation: "").utf8) }
        var writer = JSONWriter()
        write(to: &writer)
        return Data(writer.bytes)
    }

    /// Writes the value, members sorted by name.
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .integer(let value): writer.number(value)
        case .number(let value): writer.number(value)
        case .string(let value): writer.string(value)
        case .array(let elements):
            writer.array { writer in
                for element in elements { element.write(to: &writer) }
            }
        case .object(let members):
            writer.object { writer in
                for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                    writer.key(name)
                    value.write(to: &writer)
                }
            }
        }
    }

    /// Spread over lines, all but the first of which begin with the indentation.
    private func lines(indentation: String) -> String {
        func enclosed(_ items: [String], _ open: String, _ close: String) -> String {
            let inner = items.map { "\n\(indentation)  \($0)" }.joined(separator: ",")
            return open + inner + "\n" + indentation + close
        }
        switch self {
        case .array(let elements) where !elements.isEmpty:
            return enclosed(elements.map { $0.lines(indentation: indentation + "  ") }, "[", "]")
        case .object(let members) where !members.isEmpty:
            let items = members.sorted { $0.key < $1.key }.map { name, value in
                "\(JSONValue.string(name)) : \(value.lines(indentation: indentation + "  "))"
            }
            return enclosed(items, "{", "}")
        default: return description
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as a JSON text on one line.
    package var description: String {
        String(decoding: text(), as: UTF8.self)
    }
}

/// A member of a type that is decoded.
extension JSONValue: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // What is most frequent comes first: a guess that is wrong takes its time.
        if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode([String: JSONValue].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }
}

// MARK: - Literals

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// `"text"`
    package init(stringLiteral value: String) { self = .string(value) }
    /// `1`
    package init(integerLiteral value: Int) { self = .integer(value) }
    /// `1.5`
    package init(floatLiteral value: Double) { self = .number(value) }
    /// `true`
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    /// `[1, 2]`
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// `["name": 1]`
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
    /// `nil`
    package init(nilLiteral: ()) { self = .null }
}
