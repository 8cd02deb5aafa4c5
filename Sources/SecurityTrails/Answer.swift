import HTTPClient

/// What SecurityTrails knows about one topic of a subject, as far as it could be read.
package struct Answer: Sendable {
    /// The topic.
    package let topic: Topic
    /// The related addresses or names: each once, in the order of their code points.
    package internal(set) var values: [String] = []
    /// How many records there are in all, where the first page says so.
    package internal(set) var recordCount: Int?
    /// What went wrong, in the order of the pages.
    package internal(set) var failures: [Failure] = []
    /// Pages that exist and were not read: those that the API keeps to itself, and those for which time ran out.
    package internal(set) var unreadPages = 0
    /// Whether time ran out before the first page was there.
    package internal(set) var isUnprocessed = false
}

/// Why a request has no answer that can be read.
package enum Failure: Error, Hashable, Sendable {
    /// 403: the key is refused; SecurityTrails' own words.
    case refused(String)
    /// Another status that says more than "nothing known", with what was sent along, else the status.
    case unexpected(status: Int, String)
    /// An answer of more bytes than are read.
    case tooLarge
    /// No connection, a dropped or truncated answer, a time-out.
    case unavailable(String)
    /// The server's certificate is not to be trusted.
    case certificate(String)
    /// JSON of another structure than the API's, or none.
    case unreadable
}

extension Failure {
    /// The failure of a response with an error status.
    ///
    /// - Parameter key: the API key, which no text may carry on.
    init(_ response: HTTPResponse, key: String) {
        let text = Quotation(response.body, without: key)
        guard response.status == 403 else {
            self = .unexpected(status: response.status, text.isBlank ? "\(response.status)" : text.text)
            return
        }
        let message = message(of: response.body).map { Quotation(Array($0.utf8), without: key) }
        if let message, !message.isBlank {
            self = .refused(message.text)
        } else {
            self = .refused(text.isBlank ? "SecurityTrails refused the key (403)" : text.text)
        }
    }

    /// The failure of a request that got no response. Equal failures are equal texts, without libcurl's milliseconds.
    init(_ error: HTTPError) {
        self =
            switch error {
            case .certificate(let reason): .certificate(reason)
            case .bodyTooLarge: .tooLarge
            case .cannotResolve(let reason): .unavailable(reason)
            case .cannotConnect: .unavailable("SecurityTrails cannot be reached: no connection")
            case .connectTimedOut: .unavailable("SecurityTrails cannot be reached: no connection in time")
            case .answerTimedOut: .unavailable("SecurityTrails did not answer in time")
            case .connectionLost: .unavailable("SecurityTrails dropped the connection or sent a truncated answer")
            case .client(let reason): .unavailable(reason)
            }
    }
}

/// A foreign text as it may stand in a message: without the API key, and not too long.
private struct Quotation {
    /// The most characters that are quoted.
    static let limit = 1000

    let text: String

    init(_ bytes: [UInt8], without key: String) {
        // The key is taken out before the text is cut: half of it would not be found. It is looked for as bytes: a letter
        // that an accent follows is another one to String.
        let pieces = bytes.split(separator: Array(key.utf8), omittingEmptySubsequences: false)
        let clean = String(decoding: Array(pieces.joined(separator: "***".utf8)), as: UTF8.self)
        text = String(String.UnicodeScalarView(clean.unicodeScalars.prefix(Self.limit)))
    }

    var isBlank: Bool {
        text.allSatisfy(\.isWhitespace)
    }
}

extension Client {
    /// Answers read from pages in the API's form, without asking anybody: reading them is what a process is warmed with.
    package static var exampleAnswers: [Answer] {
        let pages: [(Topic, String)] = [
            (.ipv4Addresses, #"{"records":[{"values":[{"ip":"192.0.2.1"}]}],"pages":1}"#),
            (.names, #"{"records":[{"hostname":"example.com"}],"record_count":1,"meta":{"max_page":1}}"#),
        ]
        return pages.compactMap { topic, json in
            guard let page = try? Page(Array(json.utf8), topic: topic) else { return nil }
            var progress = Progress(topic: topic)
            _ = progress.add(page, number: 1, limit: 1)
            return progress.answer(isOutOfTime: false)
        }
    }
}
