import Foundation
import LocalLambda
import Loopback

/// The log of a relay on this machine, of which only the number of its requests to SecurityTrails is kept.
final class RequestLog: Sendable {
    /// What makes a relay write a record of each invocation that a program can read.
    static let variables = ["AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"]

    private struct State {
        /// Invocations that have ended with a response.
        var invocations = 0
        /// Records of such invocations, and the requests in them.
        var records = 0
        var requests = 0
    }

    private let pipe = Pipe()
    private let state = Monitor(State())

    init() {
        let (reader, state) = (pipe.fileHandleForReading, state)
        Thread.detachNewThread {
            var rest = Data()
            while case let data = reader.availableData, !data.isEmpty {
                rest += data
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    let record = try? JSONValue(parsing: rest[..<end])
                    rest = Data(rest[(end + 1)...])
                    guard let requests = record?["upstreamRequests"]?.integer else { continue }
                    state.with { state in
                        state.records += 1
                        state.requests += requests
                    }
                }
            }
        }
    }

    /// Where the relay writes.
    var descriptor: Int32 {
        pipe.fileHandleForWriting.fileDescriptor
    }

    /// Takes note of an invocation that has ended. One that was answered has a record.
    func expect(_ report: ExecutionEnvironment.Report) {
        if case .response = report.outcome { state.with { $0.invocations += 1 } }
    }

    /// The requests of all invocations so far, whose records may come a moment after their responses; nil if they don't
    /// come.
    var requests: Int? {
        state.wait(seconds: 5) { $0.records >= $0.invocations ? $0.requests : nil }
    }
}
