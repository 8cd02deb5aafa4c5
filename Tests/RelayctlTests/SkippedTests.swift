import Foundation
import Testing

/// A test that is skipped shows the comment of the condition that skips it.
@Suite("Skipped tests")
struct SkippedTests {
    @Test("Each condition that skips tests has a comment, which says why")
    func reasons() throws {
        let tests = project.appendingPathComponent("Tests")
        let files = try #require(FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
            .compactMap { $0 as? URL }
            .filter { $0.pathExtension == "swift" && $0.path != #filePath }
        var count = 0
        for file in files {
            for condition in conditions(in: try String(contentsOf: file, encoding: .utf8)) {
                count += 1
                #expect(hasComment(condition), "\(file.lastPathComponent): \(condition)")
            }
        }
        #expect(count > 20)
    }

    @Test(
        "A condition without one is found",
        arguments: [
            (".enabled(if: isThere, \"there is none\")", true), (".enabled(if: A.isThere, A.why)", true),
            (".enabled(\n    if: has(\"a\", \"b\"),\n    why\n)", true), (".disabled(\"it is slow\")", true),
            (".disabled(if: isOld, \"too old\")", true), (".enabled(if: isThere)", false),
            (".enabled(if: has(\"a\", \"b\"))", false), (".disabled()", false), (".disabled(if: isOld)", false),
            (".enabled { isThere }", false), (".disabled(\"\")", false),
        ]
    )
    func check(trait: String, isExplained: Bool) {
        let found = conditions(in: "@Test(\"It works\", \(trait)) func works() {}")
        #expect(found.map(hasComment) == [isExplained])
    }

    /// The traits `enabled` and `disabled` in a source, with their arguments.
    private func conditions(in source: String) -> [Substring] {
        source.matches(of: /\.(en|dis)abled *[({]/).map { match in
            var depth = 0
            let end = source[match.range.lowerBound...].firstIndex { character in
                depth += ["(": 1, ")": -1, "{": 1, "}": -1][character] ?? 0
                return depth == 0 && (character == ")" || character == "}")
            }
            return source[match.range.lowerBound...(end ?? match.range.lowerBound)]
        }
    }

    /// Whether there is an argument that is neither a condition nor empty.
    private func hasComment(_ trait: Substring) -> Bool {
        var depth = 0
        let inside = trait.drop { $0 != "(" }.dropFirst().dropLast()
        let arguments = inside.split { character in
            depth += ["(": 1, ")": -1][character] ?? 0
            return depth == 0 && character == ","
        }
        return arguments.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            .contains { !$0.isEmpty && $0 != "\"\"" && !$0.hasPrefix("if:") }
    }
}
