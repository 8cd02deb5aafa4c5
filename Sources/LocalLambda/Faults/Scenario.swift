import Foundation
import Loopback

/// What a stand-in SecurityTrails answers. As JSON it is an object of `ping`, `observables` (value → `a`, `aaaa`,
/// `list` → a page each), `paths` (exact decoded path, looked at first) and `default`; wherever an answer may stand, so
/// may a list of them: one a call, and the last repeats.
package struct Scenario: Codable, Sendable {
    /// What is known of one observable: the pages of each question about it.
    package struct Observable: Codable, Sendable {
        /// `history/VALUE/dns/a`, one element a page.
        package var a: [Answers]?
        /// `history/VALUE/dns/aaaa`, one element a page.
        package var aaaa: [Answers]?
        /// `domains/list`, one element a page.
        package var list: [Answers]?

        /// What is known of one observable.
        package init(a: [Answers]? = nil, aaaa: [Answers]? = nil, list: [Answers]? = nil) {
            self.a = a
            self.aaaa = aaaa
            self.list = list
        }
    }

    /// The answers to successive calls; the last one repeats.
    package struct Answers: Codable, Sendable, ExpressibleByArrayLiteral {
        /// In the order of the calls.
        package var list: [Answer]

        /// The answers to successive calls.
        package init(_ list: [Answer]) {
            self.list = list
        }

        /// The answers to successive calls.
        package init(arrayLiteral elements: Answer...) {
            list = elements
        }

        /// Reads one answer, or a list of them.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            list = try (try? container.decode([Answer].self)) ?? [container.decode(Answer.self)]
        }

        /// Writes one answer, or a list of them.
        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if list.count == 1 { try container.encode(list[0]) } else { try container.encode(list) }
        }
    }

    /// What `ping` is answered; nil: that all is well.
    package var ping: Answers?
    /// What is known, by value as it is asked for.
    package var observables: [String: Observable]?
    /// Answers by decoded path.
    package var paths: [String: Answers]?
    /// The answer to everything else; nil: 598 and a message.
    package var fallback: Answer?

    enum CodingKeys: String, CodingKey {
        case ping, observables, paths
        case fallback = "default"
    }

    /// A scenario.
    package init(
        ping: Answers? = nil,
        observables: [String: Observable] = [:],
        paths: [String: Answers] = [:],
        fallback: Answer? = nil
    ) {
        self.ping = ping
        self.observables = observables
        self.paths = paths
        self.fallback = fallback
    }
}

extension Scenario {
    /// One answer, or what stands for one.
    package struct Answer: Codable, Sendable {
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

        enum CodingKeys: String, CodingKey {
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
        let byName = origin.replacingOccurrences(of: "127.0.0.1", with: "localhost")
        response.headers = fields.sorted { $0.key < $1.key }.map { name, value in
            let value = value.replacingOccurrences(of: "{base}", with: origin)
            return HTTPServer.Field(name, value.replacingOccurrences(of: "{base-localhost}", with: byName))
        }
        if let contentLength { response.framing = .stated(contentLength) }
        if let chunked { response.framing = .chunked(chunked) }
        if let bytesPerSecond {
            response.pace = HTTPServer.Response.Pace(bytes: max(1, bytesPerSecond / 20), pause: 0.05)
        }
        return HTTPServer.Reply(.respond(response), after: delay)
    }
}
