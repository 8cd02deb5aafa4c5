import Foundation
import Loopback

extension Scenario {
    /// One answer, or what stands for one.
    package struct Answer: Decodable, Sendable {
        /// The status; 200 if nil.
        package var status: Int?
        /// What follows the status.
        package var reason: String?
        /// Header fields. `{base}` in a value stands for the stand-in's own origin, `{base-localhost}` for that by name.
        package var headers: [String: String]?
        /// A body of JSON, with its content type.
        package var json: JSONValue?
        /// A body of text.
        package var text: String?
        /// The encoding of `text`: `utf-8` (if nil) or `latin-1`.
        package var encoding: String?
        /// A body of bytes, in base64.
        package var b64: String?
        /// Seconds until the answer.
        package var delay: Double?
        /// The body is sent as gzip.
        package var gzip: Bool?
        /// The connection ends without an answer.
        package var drop: Bool?
        /// No answer comes for as long as the client waits.
        package var hang: Bool?
        /// The Content-Length that is stated, whatever the body's; then the connection ends.
        package var contentLength: Int?
        /// The body comes in chunks of so many bytes.
        package var chunked: Int?
        /// The body comes slowly: bytes in a second.
        package var bytesPerSecond: Int?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case status, reason, headers, json, text, encoding, b64, delay, gzip, drop, hang, chunked
            case contentLength = "content_length"
            case bytesPerSecond = "bytes_per_second"
        }

        /// An answer of 200 without a body, until something is set.
        package init() {}
    }
}

extension Scenario.Answer {
    /// JSON with a status.
    package static func json(_ json: JSONValue, status: Int = 200, headers: [String: String] = [:]) -> Self {
        var answer = Self()
        answer.status = status
        answer.headers = headers
        answer.json = json
        return answer
    }

    /// Text with a status.
    package static func text(_ text: String, status: Int = 200, headers: [String: String] = [:]) -> Self {
        var answer = Self()
        answer.status = status
        answer.headers = headers
        answer.text = text
        return answer
    }

    /// The connection ends without an answer.
    package static var drop: Self {
        var answer = Self()
        answer.drop = true
        return answer
    }

    /// No answer comes for as long as the client waits.
    package static var hang: Self {
        var answer = Self()
        answer.hang = true
        return answer
    }

    /// The same answer, `seconds` later.
    package func after(_ seconds: Double) -> Self {
        var answer = self
        answer.delay = seconds
        return answer
    }

    /// A page of a domain's history: one record an address, newest first. `key` is `ip` or `ipv6`.
    package static func history(_ addresses: [String], key: String = "ip", pages: Int = 1) -> Self {
        let records = addresses.map { address -> JSONValue in
            [
                "first_seen": "2024-03-01",
                "last_seen": "2024-06-30",
                "organizations": ["Documentation Networks"],
                "type": key == "ip" ? "a" : "aaaa",
                "values": [[key: .string(address), "\(key)_count": 3] as JSONValue],
            ]
        }
        let family = key == "ip" ? "a/ipv4" : "a/ipv6"
        return .json(["type": .string(family), "records": .array(records), "pages": .integer(pages)])
    }

    /// A page of the domains of an address.
    package static func domains(
        _ names: [String],
        recordCount: Int? = nil,
        maxPage: Int = 1,
        totalPages: Int = 1
    ) -> Self {
        let records = names.map { name -> JSONValue in
            [
                "hostname": .string(name),
                "alexa_rank": nil,
                "computed": ["company_name": nil],
                "host_provider": ["Documentation Networks"],
                "mail_provider": [],
                "whois": ["registrar": nil, "createdDate": nil, "expiresDate": nil],
            ]
        }
        return .json([
            "records": .array(records),
            "record_count": .integer(recordCount ?? names.count),
            "meta": [
                "max_page": .integer(maxPage), "page": 1, "total_pages": .integer(totalPages), "scroll_id": nil,
                "limit_reached": false,
            ],
        ])
    }
}

extension Scenario.Answer {
    /// The body's bytes.
    var body: Data {
        let plain = plainBody
        return gzip == true ? Gzip.stored(plain) : plain
    }

    private var plainBody: Data {
        if let json { return json.text() }
        if let b64 { return Data(base64Encoded: b64) ?? Data() }
        let text = text ?? ""
        let isLatin = encoding?.lowercased().filter { $0 != "-" && $0 != "_" } == "latin1"
        return text.data(using: isLatin ? .isoLatin1 : .utf8) ?? Data(text.utf8)
    }

    /// What the server does, `origin` being its own address.
    func reply(origin: String) -> HTTPServer.Reply {
        let delay = delay ?? 0
        if drop == true { return HTTPServer.Reply(.drop, after: delay) }
        if hang == true { return HTTPServer.Reply(.hang, after: delay) }

        var response = HTTPServer.Response(status: status ?? 200, reason: reason, body: body)
        var fields: [String: String] = [:]
        if json != nil { fields["Content-Type"] = "application/json" }
        if gzip == true { fields["Content-Encoding"] = "gzip" }
        fields.merge(headers ?? [:]) { $1 }
        response.headers = fields.sorted { $0.key < $1.key }.map { name, value in
            guard value.utf8.contains(UInt8(ascii: "{")) else { return HTTPServer.Field(name, value) }
            let byName = origin.replacingOccurrences(of: "127.0.0.1", with: "localhost")
            let value = value.replacingOccurrences(of: "{base}", with: origin)
            return HTTPServer.Field(name, value.replacingOccurrences(of: "{base-localhost}", with: byName))
        }
        if let contentLength { response.framing = .stated(contentLength) }
        if let chunked { response.framing = .chunked(chunked) }
        if let bytesPerSecond {
            let bytes = max(1, bytesPerSecond / 20)
            let pause = Double(bytes) / Double(max(1, bytesPerSecond))
            response.pace = HTTPServer.Response.Pace(bytes: bytes, pause: pause)
        }
        return HTTPServer.Reply(.respond(response), after: delay)
    }
}
