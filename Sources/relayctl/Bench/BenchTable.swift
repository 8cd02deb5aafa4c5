import Foundation
import LocalLambda
import Loopback

/// What was measured of the relay and of the floor, a row each.
struct BenchTable {
    /// One figure of both programs.
    struct Row {
        /// What it is measured in; the number of decimals follows from that.
        enum Unit: String {
            case milliseconds = "ms"
            case perSecond = "/s"
            case megabytes = "MB"
            case count = ""
        }

        let name: String
        let unit: Unit
        /// nil if the C program has nothing like it.
        var floor: Double?
        let relay: Double
        /// The most that the packaged relay may take.
        var limit: Double?
    }

    let executable: String
    let linkage: String
    let invocations: Int
    let rows: [Row]

    /// For a person.
    var text: String {
        let lines = rows.map { row in
            let limit = Executable.isDebugBuild(executable) ? nil : row.limit
            let excess = limit.map { row.relay > $0 } == true ? "   exceeded" : ""
            return line(row.name, [row.floor, row.relay, limit].map(row.text)) + excess
        }
        return """
            relay: \(executable)
            C floor: \(linkage)

            \(line("", ["C floor", "relay", "at most"]))
            \(lines.joined(separator: "\n"))
            """
    }

    /// For a machine: an object on one line.
    var json: String {
        let object: JSONValue = [
            "executable": .string(executable),
            "floor": .string(linkage),
            "invocations": .integer(invocations),
            "isDebugBuild": .bool(Executable.isDebugBuild(executable)),
            "rows": .array(rows.map(\.json)),
        ]
        return String(decoding: object.text(), as: UTF8.self)
    }

    private func line(_ name: String, _ cells: [String]) -> String {
        let padding = cells.map { String(repeating: " ", count: max(1, 13 - $0.count)) + $0 }.joined()
        return name.padding(toLength: 36, withPad: " ", startingAt: 0) + padding
    }
}

extension BenchTable.Row {
    fileprivate func text(_ figure: Double?) -> String {
        guard let figure else { return "-" }
        return String(format: unit == .milliseconds ? "%.3f" : unit == .megabytes ? "%.1f" : "%.0f", figure)
            + (unit == .count ? "" : " " + unit.rawValue)
    }

    /// The figure with as many decimals as the text has: what is beyond is noise.
    private func rounded(_ figure: Double) -> JSONValue {
        let scale: Double =
            switch unit {
            case .milliseconds: 1000
            case .megabytes: 10
            case .perSecond, .count: 1
            }
        return .number((figure * scale).rounded() / scale)
    }

    fileprivate var json: JSONValue {
        [
            "name": .string(name),
            "unit": .string(unit.rawValue),
            "floor": floor.map(rounded) ?? .null,
            "relay": rounded(relay),
            "limit": limit.map(JSONValue.number) ?? .null,
        ]
    }
}
