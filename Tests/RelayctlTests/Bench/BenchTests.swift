import Foundation
import Loopback
import TestSupport
import Testing

@testable import LocalLambda
@testable import relayctl

/// Runs `relayctl bench` itself, as an operator does.
@Suite(.waits) struct BenchTests {
    /// The rows, and whether the C program has a figure of its own.
    private static let rows: [(name: String, hasFloor: Bool)] =
        ["median", "min", "max"].map { ("exec to first next, \($0)", true) }
        + [("page faults until the first next", true), ("first invocation, /version", true)]
        + warm("/version") + (InstructionCount.isAvailable ? [("/version, instructions", true)] : [])
        + warm("/refer of 10 domains") + warm("/observe of 1 domain")
        + [("first /observe over TLS", false), ("warm /observe, new TLS connection", false), ("peak memory", true)]

    private static func warm(_ question: String) -> [(name: String, hasFloor: Bool)] {
        ["p50", "p99", "rate", "CPU"].map { ("\(question), \($0)", true) }
    }

    @Test("Every row has a figure of the relay, and one of the C program if it does the same")
    func everyRow() throws {
        let executable = try Executable.besideThis(orAt: nil)
        let (status, output) = try Relayctl(["bench", "--exec", executable, "--n", "20", "--json"]).finish()
        let lines = output.split(separator: "\n")
        let json = try #require(lines.first { $0.hasPrefix("{") }, "\(output)")
        let table = try JSONValue(parsing: Data(json.utf8))
        let rows = try #require(table["rows"]?.array)
        #expect(status == 0)
        #expect(table["invocations"] == 20 && table["executable"]?.string == executable)
        #expect(output.contains("bootstrap is a debug build") == (table["isDebugBuild"] == true))
        #expect(rows.map { $0["name"]?.string } == Self.rows.map(\.name))
        for (row, expected) in zip(rows, Self.rows) {
            #expect(try figure(row["relay"]) > 0, "\(expected.name)")
            #expect(try expected.hasFloor ? figure(row["floor"]) > 0 : row["floor"] == .null, "\(expected.name)")
        }
    }

    @Test("A curve has a row for each size, and no size costs more in proportion than the smallest")
    func curve() throws {
        let executable = try Executable.besideThis(orAt: nil)
        let (status, output) = try Relayctl(["bench", "curves", "--exec", executable, "--only", "records of one"])
            .finish()
        let rows = output.split(separator: "\n").filter { $0.hasPrefix("records of one domain ") }
            .map { $0.split(separator: " ").dropFirst(4).map(String.init) }
        #expect(status == 0)
        #expect(rows.map(\.first) == ["1", "10", "100", "1000"])
        let ofOne = rows.compactMap { Double($0[3]) }
        #expect(ofOne.count == 4)
        #expect(ofOne.dropFirst().allSatisfy { $0 < ofOne[0] })
    }

    @Test("JSON has as many decimals as the table, for what is beyond is noise")
    func decimals() throws {
        let rows: [BenchTable.Row] = [
            .init(name: "a", unit: .milliseconds, floor: 0.123456, relay: 2.0004999),
            .init(name: "b", unit: .perSecond, floor: nil, relay: 12_345.678),
            .init(name: "c", unit: .megabytes, floor: 6.449, relay: 7.96, limit: 9.5),
        ]
        let table = BenchTable(executable: "/nonexistent", linkage: "none", invocations: 1, rows: rows)
        let json = try JSONValue(parsing: Data(table.json.utf8))["rows"]?.array ?? []
        #expect(json.map { $0["floor"] } == [.number(0.123), .null, .number(6.4)])
        #expect(json.map { $0["relay"] } == [.number(2), .number(12_346), .number(8)])
        #expect(json.last?["limit"] == .number(9.5))
    }

    @Test("An executable that does not answer as the relay does is named, and nothing is measured")
    func otherExecutable() throws {
        let runtime = try ShellRuntime(handle: #"respond '{"statusCode":500}'"#)
        let (status, output) = try Relayctl(["bench", "--exec", runtime.path]).finish()
        #expect(status == 1)
        #expect(output.contains("\(runtime.path) answered /version with:"), "\(output)")
    }

    @Test("Without a C compiler it is one line and status 1", arguments: [[], ["--json"]])
    func noCompiler(options: [String]) throws {
        let executable = try Executable.besideThis(orAt: nil)
        let (status, output) = try Relayctl(
            ["bench", "--exec", executable] + options,
            environment: ["PATH": "/nonexistent"]
        ).finish()
        let lines = output.split(separator: "\n").filter { !$0.contains(" is a debug build") }
        #expect(status == 1)
        #expect(
            lines == [
                "relayctl bench: cc is not installed, which compiles what the relay is measured against; "
                    + "'sudo apt-get install gcc' installs it"
            ]
        )
    }

    @Test("A debug build is said to be one, and is not judged", arguments: ["debug", "release"])
    func debugBuild(folder: String) {
        let row = BenchTable.Row(name: "peak memory", unit: .megabytes, floor: 1, relay: 90, limit: 30)
        let path = "/package/.build/x86_64-unknown-linux-gnu/\(folder)/bootstrap"
        let table = BenchTable(executable: path, linkage: "static", invocations: 1, rows: [row])
        #expect(table.text.contains("exceeded") == (folder == "release"))
        #expect(table.json.contains("\"isDebugBuild\":\(folder == "debug")"))
    }

    @Test("help describes each measurement as part of the command", arguments: ["upstream", "curves"])
    func help(measurement: String) throws {
        let (status, output) = try Relayctl(["help", "bench", measurement]).finish()
        #expect(status == 0)
        #expect(output == (try Relayctl(["help", "bench"]).finish()).output)
        #expect(output.contains("relayctl bench \(measurement)"))
        #expect(try Relayctl(["help", "bench", measurement + "x"]).finish().status == 2)
    }

    @Test(
        "Options of the other measurement are refused",
        arguments: [["--only", "x"], ["upstream", "--n", "5"], ["curves", "--json"]]
    )
    func foreignOptions(_ arguments: [String]) throws {
        #expect(try Relayctl(["bench"] + arguments).finish().status == 2)
    }

    @Test("A row that is none is refused with the names of those that are")
    func noRow() throws {
        let (status, output) = try Relayctl(["bench", "upstream", "--only", "nothing like it"]).finish()
        #expect(status == 2 && output.contains("--only takes a part of one of 'one domain', "), "\(output)")
    }

    private func figure(_ value: JSONValue?) throws -> Double {
        switch value {
        case .number(let number): number
        case .integer(let number): Double(number)
        default: throw LocalError("no figure")
        }
    }
}
