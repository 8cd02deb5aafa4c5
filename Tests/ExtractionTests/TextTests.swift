import Extraction
import Foundation
import Testing

@Suite("Observables in texts that people paste")
struct TextTests {
    @Test(
        "Finds all that is there, and nothing else",
        arguments: ["phishing.eml", "firewall.log", "apache.log", "report.txt", "export.json"]
    )
    func text(name: String) throws {
        let observables = TextObservables(in: try contents(of: name))
        let expected = try contents(of: name + ".found").split(separator: "\n").map(String.init)
        let found = described(observables)
        #expect(expected.filter { !found.contains($0) } == [], "missed")
        #expect(found.filter { !expected.contains($0) } == [], "wrong")
        #expect(found.count == Set(found).count)
    }

    private func contents(of name: String) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Texts")
        return try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }
}
