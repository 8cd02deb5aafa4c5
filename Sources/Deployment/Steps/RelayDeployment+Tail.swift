import Foundation

/// A record of the function's log.
package struct LogRecord: Sendable {
    /// When it was written.
    package let time: Date
    /// What was written, without the line's end.
    package let message: String
}

extension RelayDeployment {
    /// Hands over the log's records since a time, in order, and then new ones as they come.
    ///
    /// - Parameters:
    ///   - follows: whether to go on for new records; else it ends with those that there are.
    package func tail(since start: Date, follows: Bool, _ show: (LogRecord) -> Void) throws(AWSError) {
        var start = Int64(start.timeIntervalSince1970 * 1000)
        var shown: Set<String> = []
        while true {
            var token: String?
            var markers = PageMarkers(action: "logs:FilterLogEvents")
            repeat {
                let page = try retrying { () throws(AWSError) in try logs.events(since: start, after: token) }
                guard let page else {
                    throw .blocked("there is no log group \(logs.group); 'relayctl deploy' makes it")
                }
                for event in page.events where shown.insert(event.eventId).inserted {
                    show(LogRecord(event))
                    start = max(start, event.timestamp)
                }
                token = try markers.next(page.nextToken)
            } while token != nil
            guard follows else { return }
            Thread.sleep(forTimeInterval: 2)
        }
    }
}

extension LogRecord {
    fileprivate init(_ event: LogsService.Event) {
        time = Date(timeIntervalSince1970: Double(event.timestamp) / 1000)
        message = event.message.trimmingCharacters(in: .newlines)
    }
}
