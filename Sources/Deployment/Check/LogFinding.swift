import Foundation
import HTTPClient
import Loopback

/// Why the function failed, as its log tells it.
package enum LogFinding: Equatable, Sendable {
    /// There is no log group.
    case noGroup
    /// The group is there, and nothing was logged.
    case nothing
    /// A record that says it, and what it means and what to do.
    case record(String, meaning: String)

    /// What stands in a record, the particular before the general, and what it means.
    private static let rows: [(texts: [String], meaning: String)] = [
        (
            ["exec format error"],
            "It was built for the other CPU: package on a machine of the function's, or set 'architecture'."
        ),
        (
            ["GLIBC_2."],
            "It was built with a newer C library than Lambda's: 'relayctl package' on Debian 12, then 'relayctl update "
                + "STAGE'."
        ),
        (
            ["Runtime.OutOfMemory", "signal: killed"],
            "memory_size is too small: set it to 512 or more, then 'relayctl update STAGE'."
        ),
        (
            ["Task timed out after"],
            "timeout_seconds is too small for the relay: set it to 30, then 'relayctl update STAGE'."
        ),
        (
            ["Function.InvalidConfiguration"],
            "An environment variable is wrong, which this names: docs/variables.md says what it takes."
        ),
        (
            ["Runtime.InvalidEntrypoint", "Couldn't find valid bootstrap"],
            "'bootstrap' is not at the zip's top, or not executable: 'relayctl package', then 'relayctl update STAGE'."
        ),
        (
            ["Runtime.UnmarshalError"],
            "The event is no gateway's: use 'Lambda proxy integration' ('relayctl deploy STAGE' does)."
        ),
        (
            ["Runtime.ExitError", "Function.Fault", "Function.ResponseSizeTooLarge"],
            "A fault of the relay: the lines before it say more; please report them."
        ),
    ]

    /// What the records say, of which the last is the newest; `nothing` if none of them explains it.
    init(_ records: [String]) {
        for row in Self.rows {
            if let record = records.last(where: { record in row.texts.contains { record.contains($0) } }) {
                let line = record.split { $0.isWhitespace }.joined(separator: " ")
                self = .record(String(line.prefix(300)), meaning: row.meaning)
                return
            }
        }
        self = .nothing
    }

    /// What it means and what to do; `STAGE` stands for the stage.
    package var meaning: String {
        switch self {
        case .noGroup:
            "There is no log group, and the function's role may not create it: 'relayctl deploy STAGE' does."
        case .nothing:
            "Its log says nothing about it: the execution policy may be another function's or region's (aws/HOWTO.md, "
                + "step 5)."
        case .record(_, let meaning): meaning
        }
    }
}

extension RelayDeployment {
    /// Looks into the function's log for why it failed since then. Records come some seconds late: it is looked at again
    /// until `patience` seconds are over.
    package func reasonInLog(since start: Date, patience: Double) throws(AWSError) -> LogFinding {
        let end = MonotonicTime.now + patience
        while true {
            var records: [String] = []
            var token: String?
            var markers = PageMarkers(action: "logs:FilterLogEvents")
            repeat {
                let since = Int64(start.timeIntervalSince1970 * 1000)
                let page = try retrying { () throws(AWSError) in try logs.events(since: since, after: token) }
                guard let page else { return .noGroup }
                records += page.events.map(\.message)
                token = try markers.next(page.nextToken)
            } while token != nil
            let finding = LogFinding(records)
            guard finding == .nothing, MonotonicTime.now < end else { return finding }
            report(.waiting)
            Thread.sleep(forTimeInterval: 1)
        }
    }
}
