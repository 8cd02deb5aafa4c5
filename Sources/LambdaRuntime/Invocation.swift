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
    /// The function, version or alias that was invoked.
    package let functionARN: String?
    /// The X-Ray tracing header.
    package let traceID: String?
    /// The tenant, where the function isolates tenants.
    package let tenantID: String?
    /// JSON about the client, from the mobile SDK.
    package let clientContext: String?
    /// JSON about the Cognito identity, from the mobile SDK.
    package let cognitoIdentity: String?
    /// The event as it came: JSON.
    package let event: [UInt8]

    /// An invocation as the Runtime API gives it; nil where it has no id, so that nothing could be answered.
    init?(_ response: HTTPResponse, began: MonotonicTime) {
        guard let requestID = response.headers[Header.requestID], Self.isID(requestID) else { return nil }
        self.requestID = requestID
        self.began = began
        deadline = response.headers[Header.deadline].flatMap(Int.init).map { milliseconds in
            began + (Double(milliseconds) / 1000 - secondsSince1970())
        }
        functionARN = response.headers[Header.functionARN]
        traceID = response.headers[Header.traceID]
        tenantID = response.headers[Header.tenantID]
        clientContext = response.headers[Header.clientContext]
        cognitoIdentity = response.headers[Header.cognitoIdentity]
        event = response.body
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
        static let functionARN: StaticString = "Lambda-Runtime-Invoked-Function-Arn"
        static let traceID: StaticString = "Lambda-Runtime-Trace-Id"
        static let tenantID: StaticString = "Lambda-Runtime-Aws-Tenant-Id"
        static let clientContext: StaticString = "Lambda-Runtime-Client-Context"
        static let cognitoIdentity: StaticString = "Lambda-Runtime-Cognito-Identity"
    }
}
