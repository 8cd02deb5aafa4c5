import Foundation
import HTTPClient

/// One call to AWS.
struct AWSCall {
    /// The service, as its host name and its signature have it.
    let service: String
    /// The action as IAM calls it, for messages.
    let action: String
    let method: HTTPRequest.Method
    let path: String
    /// Sorted by name.
    var query: [(name: String, value: String)] = []
    var headers: [String] = []
    /// Seconds until the answer must be there.
    var timeout = 60.0

    /// Long enough for the zip over a slow line.
    static let uploadTimeout = 900.0
}

/// Calls AWS: signed, over https or to a stand-in on loopback, one call after the other.
package final class AWSClient {
    /// The region that is called.
    package let region: String

    private let credentials: Credentials
    /// The stand-in for AWS, if there is one.
    let endpoint: String?
    private let options: HTTPOptions
    private let connection: HTTPConnection

    /// A client for one region. `AWS_ENDPOINT_URL` may name a stand-in on a loopback address, `AWS_CA_BUNDLE` the
    /// certificate authorities.
    package init(region: String, credentials: Credentials, environment: [String: String]) throws(AWSError) {
        guard AWSSignature.isSupported else {
            throw .blocked("this libcurl can't sign for AWS; relayctl needs 7.88 or newer")
        }
        self.region = region
        self.credentials = credentials
        endpoint = try Self.endpoint(environment["AWS_ENDPOINT_URL"])
        options = HTTPOptions(
            connectTimeout: 10,
            bodyLimit: 16 * 1024 * 1024,
            usesProxyOfEnvironment: endpoint == nil,
            authorities: .ofAWS(environment),
            userAgent: "relayctl"
        )
        do {
            connection = try HTTPConnection(options)
        } catch {
            throw .blocked(error.reason)
        }
    }

    private static func endpoint(_ text: String?) throws(AWSError) -> String? {
        guard let text, !text.isEmpty else { return nil }
        let form = /http:\/\/(?:([0-9.]+)|\[([0-9a-fA-F:.]+)\])(?::[0-9]{1,5})?\/?/
        guard let host = text.wholeMatch(of: form)?.output, isLoopback(v4: host.1, v6: host.2) else {
            throw .blocked("AWS_ENDPOINT_URL may only name a loopback address, such as http://127.0.0.1:5000")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// By the system's strict parser: what it does not know would be looked up as a name.
    private static func isLoopback(v4: Substring?, v6: Substring?) -> Bool {
        if let v4 {
            var address = in_addr()
            return inet_pton(AF_INET, String(v4), &address) == 1 && UInt32(bigEndian: address.s_addr) >> 24 == 127
        }
        var (address, loopback) = (in6_addr(), in6addr_loopback)
        guard let v6, inet_pton(AF_INET6, String(v6), &address) == 1 else { return false }
        return memcmp(&address, &loopback, MemoryLayout<in6_addr>.size) == 0
    }

    /// Makes a call and returns the body of its answer, which is a success.
    func send(_ call: AWSCall, progress: ((_ sent: Int, _ total: Int) -> Void)? = nil) throws(AWSError) -> Data {
        var request = HTTPRequest(call.method, url(of: call), headers: call.headers)
        if let token = credentials.sessionToken { request.headers.append("x-amz-security-token: \(token)") }
        switch call.method {
        case .postStream(let body), .putStream(let body):
            // libcurl signs what it is given at once, and of a stream the digest that is named to it.
            request.headers.append("x-amz-content-sha256: \(SHA256(AnySequence(body.pieces)).hexadecimal)")
        default: break
        }
        request.signature = AWSSignature(
            // IAM is one for all regions of the partition, and signed for in this one.
            region: call.service == "iam" ? "us-east-1" : region,
            service: call.service,
            accessKeyID: credentials.accessKeyID,
            secretAccessKey: credentials.secretAccessKey
        )
        let response: HTTPResponse
        do {
            response = try connection.exchange(request, timeout: call.timeout, progress: progress)
        } catch {
            throw .unanswered(action: call.action, error)
        }
        guard (200..<300).contains(response.status) else {
            var refusal = AWSRefusal(call.action, response)
            refusal.region = region
            throw .refused(refusal)
        }
        return Data(response.body)
    }

    /// The same, with the answer read as JSON.
    func send<Answer: Decodable>(_ call: AWSCall, as answer: Answer.Type = Answer.self) throws(AWSError) -> Answer {
        let body = try send(call)
        do {
            return try JSONDecoder().decode(Answer.self, from: body)
        } catch {
            throw .unreadable(action: call.action)
        }
    }

    /// Fetches what AWS gave a presigned address for, without credentials, and writes it to a file.
    func download(_ location: String, to file: FileHandle) throws(AWSError) {
        let isOurs = endpoint.map { location.hasPrefix($0 + "/") } ?? false
        guard location.hasPrefix("https://") || isOurs else { throw .unreadable(action: "lambda:GetFunction") }
        var options = options
        options.bodyLimit = 64 * 1024 * 1024
        var isWritten = true
        let write = { (bytes: UnsafeRawBufferPointer) in
            isWritten = (try? file.write(contentsOf: Data(bytes))) != nil
            return isWritten
        }
        let (request, timeout) = (HTTPRequest(.get, location), AWSCall.uploadTimeout)
        let response: HTTPResponse
        do {
            response = try HTTPConnection(options).exchange(request, timeout: timeout, sink: write)
        } catch {
            guard isWritten else { throw .blocked("the code can't be written to the folder for temporary files") }
            throw .unanswered(action: "s3:GetObject", error)
        }
        guard response.status == 200 else { throw .refused(AWSRefusal("s3:GetObject", response)) }
    }

    /// Sends a request that is no call to AWS: unsigned, with the environment's proxy and certificate authorities.
    func exchange(_ request: HTTPRequest, timeout: Double) throws(HTTPError) -> HTTPResponse {
        var options = options
        options.bodyLimit = 65_536
        options.usesProxyOfEnvironment = true
        return try HTTPConnection(options).exchange(request, timeout: timeout)
    }

    /// What `body` returns, or nil if AWS knows no such thing.
    func ifFound<Value>(_ body: () throws(AWSError) -> Value) throws(AWSError) -> Value? {
        do {
            return try body()
        } catch {
            if case .refused(let refusal) = error, refusal.isNotFound { return nil }
            throw error
        }
    }

    private func url(of call: AWSCall) -> String {
        let host = call.service == "iam" ? "iam.amazonaws.com" : "\(call.service).\(region).amazonaws.com"
        let query = call.query.map { "\($0.name.uriEncoded)=\($0.value.uriEncoded)" }.joined(separator: "&")
        return (endpoint ?? "https://\(host)") + call.path + (query.isEmpty ? "" : "?" + query)
    }
}

extension AWSRefusal {
    /// Reads an error in the forms that AWS's services have for it.
    init(_ action: String, _ response: HTTPResponse) {
        struct Body: Decodable {
            let code: String?
            let type: String?
            let message: String?
            let capitalMessage: String?

            enum CodingKeys: String, CodingKey {
                case code, message
                case type = "__type"
                case capitalMessage = "Message"
            }
        }
        let text = String(decoding: response.body, as: UTF8.self)
        let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
        let name = response.headers["x-amzn-ErrorType"] ?? body?.type ?? body?.code ?? text.firstElement("Code")
        let message = body?.message ?? body?.capitalMessage ?? text.firstElement("Message")
        self.init(
            action: action,
            status: response.status,
            // Names come as `aws.service#Name` and `Name:http://…` too.
            code: name?.split(separator: "#").last?.split(separator: ":").first.map(String.init)
                ?? "HTTP \(response.status)",
            message: message ?? String(text.prefix(300))
        )
    }
}

/// The pages of a list, each of which names the next.
struct PageMarkers {
    /// The action, for errors.
    let action: String
    private var seen: Set<String> = []
    /// More pages than any list of ours has.
    private static let limit = 10_000

    init(action: String) {
        self.action = action
    }

    /// The next page's marker; nil after the last page. A marker that was there already would never end.
    mutating func next(_ marker: String?) throws(AWSError) -> String? {
        guard let marker, !marker.isEmpty else { return nil }
        guard seen.insert(marker).inserted, seen.count < Self.limit else { throw .unreadable(action: action) }
        return marker
    }
}

extension String {
    /// The text as part of a query, encoded as AWS signs it: unreserved characters stay (RFC 3986, section 2.3).
    var uriEncoded: String {
        utf8.map { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }

    /// The text of the first XML element of that name, which holds no other.
    func firstElement(_ name: String) -> String? {
        guard let start = range(of: "<\(name)>")?.upperBound,
            let end = self[start...].range(of: "</\(name)>")?.lowerBound
        else { return nil }
        return String(self[start..<end])
    }
}
