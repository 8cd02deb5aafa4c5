import JSON

/// Who is let in: what a verified token says of its bearer.
package struct Caller {
    /// The SecurityTrails API key, of visible ASCII characters.
    package let key: String
    /// How many pages of an answer are to be read; nil if the token does not say so.
    private let pages: Pages?

    private enum Pages {
        case all
        case upTo(Int)
    }

    /// Reads a token's claims, a JSON object with unique names.
    init(claims: [UInt8]) throws(AuthorizationError) {
        var claimedKey: String?
        var number: Int?
        var isAll = false
        let isRead: Void? = try? JSONReader.read(claims) { reader throws(JSONError) in
            guard try reader.enterObject() else { return }
            while let name = try reader.nextMember() {
                switch name {
                case "key": claimedKey = try reader.string()
                case "NUMBER_OF_PAGES": number = try Self.number(&reader)
                case "GET_ALL_PAGES": isAll = try Self.isTrue(&reader)
                default: break
                }
            }
        }
        guard isRead != nil, let claimedKey, !claimedKey.isEmpty else { throw .noKey }
        guard claimedKey.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .badKey }
        key = claimedKey
        // The number 0 stands for all, as in the environment.
        pages = isAll || number == 0 ? .all : number.map { .upTo($0) }
    }

    /// A whole number of 0 or more, as a number or as a text; nil for anything else.
    private static func number(_ reader: inout JSONReader) throws(JSONError) -> Int? {
        if let text = try reader.string() { return Configuration.wholeNumber(text) }
        return try reader.wholeNumber().flatMap { $0 >= 0 ? $0 : nil }
    }

    /// Whether the value is true, as a boolean or as a text.
    private static func isTrue(_ reader: inout JSONReader) throws(JSONError) -> Bool {
        if let text = try reader.string() { return text.lowercased() == "true" }
        return try reader.bool() ?? false
    }

    /// Pages of an answer that are read at most, nil being all of them: as the token says, else as the environment does.
    func pages(else ofEnvironment: Int?) -> Int? {
        switch pages {
        case .all: nil
        case .upTo(let number): number
        case nil: ofEnvironment
        }
    }
}
