import HTTPClient

/// Why a request has no answer that can be read.
package enum Failure: Error, Hashable, Sendable {
    /// 403: the key, or what was asked for, is refused; SecurityTrails' own words.
    case refused(String)
    /// Another status that says more than "nothing known", with what was sent along, else the status.
    case unexpected(status: Int, String)
    /// An answer of more bytes than are read.
    case tooLarge
    /// No connection, a dropped or truncated answer, a timeout.
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
    init(_ response: APIResponse, key: String) {
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

    /// The failure of a request that got no response. Equal failures are equal texts, and none of them is libcurl's, which may quote paths and
    /// proxies.
    init(_ error: HTTPError) {
        self =
            switch error {
            case .certificate(let reason): .certificate(reason)
            case .bodyTooLarge: .tooLarge
            case .cannotResolve: .unavailable("SecurityTrails cannot be reached: its name or the proxy's was not found")
            case .cannotConnect: .unavailable("SecurityTrails cannot be reached: no connection")
            case .connectTimedOut: .unavailable("SecurityTrails cannot be reached: no connection in time")
            case .answerTimedOut: .unavailable("SecurityTrails did not answer in time")
            case .connectionLost: .unavailable("SecurityTrails dropped the connection or sent a truncated answer")
            case .client: .unavailable("SecurityTrails cannot be asked: libcurl refused the request")
            }
    }
}

/// A foreign text as it may stand in a message: without the API key, and not too long.
private struct Quotation {
    /// The most characters that are quoted.
    static let limit = 1000

    let text: String

    init(_ bytes: [UInt8], without key: String) {
        // The key is taken out before the text is cut: half of it would not be found.
        let clean = String(decoding: Self.redact(bytes, Array(key.utf8)), as: UTF8.self)
        text = String(String.UnicodeScalarView(clean.unicodeScalars.prefix(Self.limit)))
    }

    /// The text with `***` in the place of the key, which is looked for as bytes: a letter that an accent follows is another
    /// one to String.
    private static func redact(_ text: [UInt8], _ key: [UInt8]) -> [UInt8] {
        guard !key.isEmpty else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.first {
            if let count = length(of: key, at: rest) {
                result += "***".utf8
                rest = rest.dropFirst(count)
            } else {
                result.append(byte)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// Bytes that the key takes at a text's beginning, as it is or with any of its characters escaped as JSON has it; nil if
    /// it is not there.
    private static func length(of key: [UInt8], at text: ArraySlice<UInt8>) -> Int? {
        guard text.first == key[0] || text.first == UInt8(ascii: "\\") else { return nil }
        if text.starts(with: key) { return key.count }
        var rest = text
        for byte in key {
            if rest.first == UInt8(ascii: "\\"), rest.dropFirst().first == byte {
                rest = rest.dropFirst(2)
            } else if rest.starts(with: "\\u00".utf8) {
                let digits = rest.dropFirst(4).prefix(2)
                guard UInt8(String(decoding: digits, as: UTF8.self), radix: 16) == byte else { return nil }
                rest = rest.dropFirst(6)
            } else if rest.first == byte {
                rest = rest.dropFirst()
            } else {
                return nil
            }
        }
        return text.count - rest.count
    }

    var isBlank: Bool {
        text.allSatisfy(\.isWhitespace)
    }
}

extension APIResponse {
    /// Whether the key is refused: a 403 may also be about what the customer's plan leaves out.
    var refusesKey: Bool {
        status == 401 || status == 403 && speaks(of: "credential", "authenticat", "key")
    }

    /// Whether the account has asked as often as it may: a 429 may also be about the rate.
    var saysQuotaIsExceeded: Bool {
        status == 429 && speaks(of: "usage limit") && !speaks(of: "rate limit")
    }

    private func speaks(of words: String...) -> Bool {
        let text = String(decoding: body.prefix(4096), as: UTF8.self).lowercased()
        return words.contains { word in text.utf8.contains(word.utf8) }
    }
}

extension String.UTF8View {
    fileprivate func contains(_ word: String.UTF8View) -> Bool {
        var rest = self[...]
        while rest.count >= word.count {
            if rest.starts(with: word) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
