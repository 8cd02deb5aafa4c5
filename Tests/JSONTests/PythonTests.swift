import Foundation
import JSON
import TestSupport
import Testing

@Suite("Reading and writing JSON beside Python's json", .enabled(if: Python.isThere, "there is no python3 on the PATH"))
struct PythonTests {
    @Test("Python and the reader take and refuse the same texts, and read the same from them")
    func reading() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(seed)
        let texts = (0..<5000).map { _ in
            var text = Array(randomText(depth: 0, &random).utf8)
            // Half of the texts get a byte that is not theirs.
            if Bool.random(using: &random), !text.isEmpty {
                text[Int.random(in: text.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            return text
        }
        for (text, theirs) in zip(texts, try Python.leaves(of: texts)) {
            let ours = try? JSONReader.read(text) { reader throws(JSONError) in try leaves(&reader) }
            #expect(ours == theirs, "seed \(seed): \(String(decoding: text, as: UTF8.self))")
        }
    }

    @Test("Python reads what the writer wrote")
    func writing() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(seed)
        let strings = (0..<2000).map { _ in
            String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0...30, using: &random)).compactMap { _ in
                        Unicode.Scalar(
                            UInt32.random(in: 0...(Bool.random(using: &random) ? 0x7F : 0x10FFFF), using: &random)
                        )
                    }
                )
            )
        }
        let texts = strings.map { string in
            var writer = JSONWriter()
            writer.object { $0.member("value", string) }
            return writer.bytes
        }
        for (string, leaves) in zip(strings, try Python.leaves(of: texts)) {
            #expect(leaves == ["value", "s" + string], "seed \(seed)")
        }
    }
}

/// The leaves of a text with the names on the way, members in the order of their names.
private func leaves(_ reader: inout JSONReader) throws(JSONError) -> [String] {
    switch try reader.kind {
    case .object:
        _ = try reader.enterObject()
        var members: [[UInt8]: [String]] = [:]
        while let name = try reader.nextMember() { members[name.bytes] = try leaves(&reader) }
        return members.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .flatMap { [String(decoding: $0.key, as: UTF8.self)] + $0.value }
    case .array:
        _ = try reader.enterArray()
        var elements: [String] = []
        while try reader.nextElement() { elements += try leaves(&reader) }
        return elements
    case .string: return ["s" + (try reader.string() ?? "")]
    case .number: return ["n" + String(try reader.number()?.bitPattern ?? 0, radix: 16)]
    case .bool: return [try reader.bool() == true ? "true" : "false"]
    case .null:
        _ = try reader.null()
        return ["null"]
    }
}

private enum Python {
    static let isThere = (try? run("", "")) != nil

    /// What Python's json reads from each text; nil for a text that it refuses. Its three leniences are taken back: NaN
    /// and Infinity, halves of surrogate pairs, and a text that is no UTF-8.
    static func leaves(of texts: [[UInt8]]) throws -> [[String]?] {
        let script = """
            import json, struct, sys
            def refuse(word): raise ValueError(word)
            def members(pairs):
                for name, value in pairs: name.encode(), [leaf.encode() for leaf in leaves(value)]
                return dict(pairs)
            def leaves(value):
                if isinstance(value, dict):
                    for name in sorted(value, key=lambda name: name.encode()):
                        yield name
                        yield from leaves(value[name])
                elif isinstance(value, list):
                    for element in value: yield from leaves(element)
                elif isinstance(value, str): yield "s" + value
                elif isinstance(value, bool): yield "true" if value else "false"
                elif isinstance(value, float): yield "n%x" % struct.unpack(">Q", struct.pack(">d", value))
                else: yield "null"
            for line in sys.stdin:
                try:
                    text = bytes.fromhex(line.strip()).decode("utf-8-sig")
                    value = json.loads(text, parse_int=float, parse_constant=refuse, object_pairs_hook=members)
                    found = list(leaves(value))
                    print(" ".join("x" + leaf.encode().hex() for leaf in found))
                except ValueError:
                    print("refused")
            """
        let input = texts.map { text in text.map { String(format: "%02x", $0) }.joined() + "\n" }.joined()
        return try run(script, input).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line in
            guard line != "refused" else { return nil }
            return line.split(separator: " ").map { String(decoding: bytes($0.dropFirst()), as: UTF8.self) }
        }
    }

    private static func bytes(_ digits: Substring) -> [UInt8] {
        let digits = Array(digits.utf8)
        return stride(from: 0, to: digits.count, by: 2).map { index in
            UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) ?? 0
        }
    }

    private static func run(_ script: String, _ input: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("json-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("input")
        try Data(input.utf8).write(to: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        process.environment = hermeticEnvironment
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return String(decoding: text, as: UTF8.self)
    }
}

private func randomText(depth: Int, _ random: inout SplitMix) -> String {
    switch Int.random(in: depth > 4 ? 2...6 : 0...6, using: &random) {
    case 0:
        let members = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            "\"m\(Int.random(in: 0...9, using: &random))\":" + randomText(depth: depth + 1, &random)
        }
        return "{" + members.joined(separator: ", ") + "}"
    case 1:
        let elements = (0..<Int.random(in: 0...3, using: &random)).map { _ in randomText(depth: depth + 1, &random) }
        return "[ " + elements.joined(separator: ",") + "]"
    case 2: return ["true", "false", "null"].randomElement(using: &random) ?? "null"
    case 3: return "\(Int.random(in: -1000...1000, using: &random))"
    case 4: return "\(Double.random(in: -1e6...1e6, using: &random))"
    default:
        let letters = ["a", "b", #"\n"#, #"\u00e9"#, "é", "🧭", #"\ud83e\udded"#, "0", " ", #"\""#]
        let count = Int.random(in: 0...12, using: &random)
        return "\"" + (0..<count).map { _ in letters.randomElement(using: &random) ?? "" }.joined() + "\""
    }
}
