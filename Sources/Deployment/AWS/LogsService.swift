import Foundation

/// The function's log group (CloudWatch Logs).
/// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/
struct LogsService {
    let client: AWSClient
    let group: String

    /// One record of the log.
    struct Event: Decodable, Equatable {
        let eventId: String
        /// Milliseconds since 1970.
        let timestamp: Int64
        let message: String
    }

    /// A page of records, and where the next begins.
    struct Page: Decodable {
        let events: [Event]
        let nextToken: String?
    }

    func create() throws(AWSError) {
        do {
            _ = try send("CreateLogGroup", ["logGroupName": .text(group)])
        } catch {
            if case .refused(let refusal) = error, refusal.code == "ResourceAlreadyExistsException" { return }
            throw error
        }
    }

    func keep(forDays days: Int) throws(AWSError) {
        _ = try send("PutRetentionPolicy", ["logGroupName": .text(group), "retentionInDays": .number(Int64(days))])
    }

    /// For how many days records stay; nil if they stay for ever.
    func retention() throws(AWSError) -> Int? {
        struct Answer: Decodable {
            let logGroups: [Group]

            struct Group: Decodable {
                let logGroupName: String
                let retentionInDays: Int?
            }
        }
        let body = try send("DescribeLogGroups", ["logGroupNamePrefix": .text(group)])
        guard let answer = try? JSONDecoder().decode(Answer.self, from: body) else {
            throw .unreadable(action: "logs:DescribeLogGroups")
        }
        // The group comes first of those that begin with its name.
        return answer.logGroups.first { $0.logGroupName == group }?.retentionInDays
    }

    /// Returns whether there was a group to delete.
    func delete() throws(AWSError) -> Bool {
        try client.ifFound { () throws(AWSError) in try send("DeleteLogGroup", ["logGroupName": .text(group)]) } != nil
    }

    /// Records since a time in milliseconds; nil if there is no such group.
    func events(since start: Int64, limit: Int = 10_000, after token: String? = nil) throws(AWSError) -> Page? {
        var parameters: [String: Parameter] = [
            "logGroupName": .text(group), "startTime": .number(start), "limit": .number(Int64(limit)),
        ]
        if let token { parameters["nextToken"] = .text(token) }
        guard let body = try client.ifFound({ () throws(AWSError) in try send("FilterLogEvents", parameters) }) else {
            return nil
        }
        guard let page = try? JSONDecoder().decode(Page.self, from: body) else {
            throw .unreadable(action: "logs:FilterLogEvents")
        }
        return page
    }

    private enum Parameter: Encodable {
        case text(String)
        case number(Int64)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            }
        }
    }

    private func send(_ action: String, _ parameters: [String: Parameter]) throws(AWSError) -> Data {
        try client.send(
            AWSCall(
                service: "logs",
                action: "logs:\(action)",
                method: .post(json(parameters)),
                path: "/",
                headers: ["Content-Type: application/x-amz-json-1.1", "X-Amz-Target: Logs_20140328.\(action)"]
            )
        )
    }
}

/// A value of ours as JSON.
func json(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings, whole numbers and their lists always encode.
    return (try? encoder.encode(value)).map(Array.init) ?? []
}
