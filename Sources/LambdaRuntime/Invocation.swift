import HTTPClient

/// One event to answer, with what Lambda says about it
/// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-next).
package struct Invocation: Sendable {
    /// The id that the answer goes to, and that every log record names.
    package let requestID: String
    /// When it came in.
    package let began: MonotonicTime
    /// When Lambda ends the process if it has not answered.
    package let deadline: MonotonicTime?
    /// The X-Ray tracing header.
    package let traceID: String?
    /// The tenant, where the function isolates tenants.
    package let tenantID: String?
    /// The event as it came: JSON.
    package let event: [UInt8]

    /// An invocation as the Runtime API gives it; nil where it has no id, so that nothing could be answered.
    init?(_ response: RuntimeConnection.Response, began: MonotonicTime) {
        guard let requestID = response.headers[Header.requestID], Self.isID(requestID) else { return nil }
        self.requestID = requestID
        self.began = began
        deadline = response.headers[Header.deadline].flatMap(Int.init).map { milliseconds in
            began + (Double(milliseconds) / 1000 - secondsSince1970())
        }
        traceID = response.headers[Header.traceID].flatMap { $0.isEmpty ? nil : $0 }
        tenantID = response.headers[Header.tenantID]
        event = response.body
    }

    /// Seconds that the function has to answer: about its timeout.
    package var time: Double? {
        deadline.map { $0 - began }
    }

    /// The id becomes part of a path; AWS's are UUIDs.
    private static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 128
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private enum Header {
        static let requestID: StaticString = "Lambda-Runtime-Aws-Request-Id"
        static let deadline: StaticString = "Lambda-Runtime-Deadline-Ms"
        static let traceID: StaticString = "Lambda-Runtime-Trace-Id"
        static let tenantID: StaticString = "Lambda-Runtime-Aws-Tenant-Id"
    }
}
