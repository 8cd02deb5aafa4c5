import Foundation
import Loopback

/// What came back for an event, in the form in which it is recorded and compared: the response with its body as JSON,
/// and with a mask where every answer differs.
package struct RecordedAnswer: Equatable, Sendable {
    /// The masked response; for an error that was reported, its type only.
    package let json: JSONValue

    init(json: JSONValue) {
        self.json = json
    }

    /// What came of an invocation.
    package init(_ outcome: ExecutionEnvironment.Outcome) {
        switch outcome {
        case .response(let body):
            let response = (try? JSONValue(parsing: body)) ?? .string(String(decoding: body, as: UTF8.self))
            json = masked(response)
        case .error(let error):
            json = ["functionError": .string(error.type ?? "none")]
        case .timedOut:
            json = ["functionError": "Sandbox.Timedout"]
        case .ended:
            json = ["functionError": "Runtime.ExitError"]
        }
    }

    /// The recorded answer in a file; nil if there is no such file.
    init?(ifAt file: InputFile) throws(FileError) {
        guard file.exists else { return nil }
        json = masked(try file.json(limit: 8 << 20))
    }

    /// Writes it to a file.
    package func write(to file: InputFile) throws {
        guard let path = file.path else { return }
        try (json.text(pretty: true) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// The lines in which `other` differs, `-` for this answer's and `+` for the other's, each difference with a line
    /// of what surrounds it; empty if they are equal.
    package func difference(to other: RecordedAnswer) -> [String] {
        guard self != other else { return [] }
        return diff(lines(json), lines(other.json))
    }
}

/// The lines of a JSON text, each without the comma at its end.
private func lines(_ json: JSONValue) -> [String] {
    String(decoding: json.text(pretty: true), as: UTF8.self).split(separator: "\n").map { line in
        line.hasSuffix(",") ? String(line.dropLast()) : String(line)
    }
}

private func diff(_ old: [String], _ new: [String]) -> [String] {
    let changes = new.difference(from: old)
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in changes {
        switch change {
        case .remove(let offset, _, _): removed.insert(offset)
        case .insert(let offset, _, _): inserted.insert(offset)
        }
    }
    var marked: [(mark: String, line: String)] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
        if removed.contains(i) {
            marked.append(("-", old[i]))
            i += 1
        } else if inserted.contains(j) {
            marked.append(("+", new[j]))
            j += 1
        } else {
            marked.append((" ", old[i]))
            i += 1
            j += 1
        }
    }
    let isNearChange = marked.indices.map { index in
        marked[max(0, index - 1)...min(marked.count - 1, index + 1)].contains { $0.mark != " " }
    }
    return zip(marked, isNearChange).filter(\.1).map { "\($0.0.mark) \($0.0.line)" }
}
