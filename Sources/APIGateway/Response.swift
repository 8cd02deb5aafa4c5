import JSON

/// An HTTP response for a gateway to send.
package struct Response: Sendable {
    /// The status code.
    package var status: Int
    /// The header fields, each with one value.
    package var headers: [(name: String, value: String)]
    /// The body: UTF-8, which needs no base64.
    package var body: [UInt8]

    /// A response.
    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The bytes that a response's own members, with the headers of an ordinary one, take beside the body.
    package static let overhead = 1024

    /// The response in the gateway's own form, with exactly the members that it allows.
    package func json(for gateway: Gateway) -> [UInt8] {
        var writer = JSONWriter(capacity: body.count + body.count / 4 + Self.overhead)
        writer.object {
            $0.member("statusCode", status)
            switch gateway {
            case .rest, .http, .functionURL:
                write(singleValueHeadersTo: &$0)
            case .loadBalancer(let multiValueHeaders):
                $0.member("statusDescription", "\(status) \(reason)")
                if multiValueHeaders {
                    write(multiValueHeadersTo: &$0)
                } else {
                    write(singleValueHeadersTo: &$0)
                }
            }
            $0.key("body")
            $0.string(embedding: body)
            $0.member("isBase64Encoded", false)
        }
        return writer.bytes
    }

    private func write(singleValueHeadersTo writer: inout JSONWriter) {
        writer.key("headers")
        writer.object { for header in headers { $0.member(header.name, header.value) } }
    }

    private func write(multiValueHeadersTo writer: inout JSONWriter) {
        writer.key("multiValueHeaders")
        writer.object { for header in headers { $0.member(header.name, [header.value]) } }
    }

    /// The reason phrase (RFC 9110, section 15) of the statuses that are used here.
    private var reason: String {
        switch status {
        case 200: "OK"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        default: "Internal Server Error"
        }
    }
}
