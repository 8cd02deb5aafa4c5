import JSON

/// One page of an answer, whatever was asked: what the relay reads of it.
struct Page {
    /// The related values, in their order, repeats included.
    var records: [Record] = []
    /// Whether the page had records at all.
    var hasRecords = false
    /// Whether a record was left out because it could not be read.
    var isDamaged = false
    /// Whether something else was in the place of the records.
    var isUnreadable = false
    /// `record_count`, if it is a whole number of 0 or more.
    var recordCount: Int?
    /// The last page that can be read.
    var lastPage = 1
    /// Pages beyond it, which the API does not give.
    var pagesBeyond = 0
    /// A later day counts as this one.
    let today: Day
}

extension Page {
    /// JSON of another structure than an answer's, or none.
    struct Unreadable: Error {}

    /// Reads an answer; throws for what is no JSON object with records. What is not as it should be spoils only itself.
    init(_ body: [UInt8], _ lookup: Lookup, about subject: Subject, today: Day) throws {
        let page = try JSONReader.read(body) { reader throws(JSONError) -> Page? in
            guard try reader.enterObject() else { return nil }
            var page = Page(today: today)
            try lookup.read(&reader, &page, subject)
            return page
        }
        guard let page, !page.isUnreadable else { throw Unreadable() }
        self = page
    }

    private init(today: Day) {
        self.today = today
    }

    /// Reads `{"records": […], "record_count", "pages", "meta": {"max_page", "total_pages"}}` to its end.
    ///
    /// - Parameter record: reads one record, an object that was entered, to its end; returns whether it could be read.
    mutating func readRecords(
        _ reader: inout JSONReader,
        record: (inout JSONReader, inout Page) throws(JSONError) -> Bool
    ) throws(JSONError) {
        var pages: Int?
        var last: Int?
        var total: Int?
        while let name = try reader.nextMember() {
            switch name {
            case "records": try readList(&reader, record)
            case "record_count": recordCount = try reader.wholeNumber().flatMap { $0 >= 0 ? $0 : nil }
            case "pages": pages = try reader.count()
            case "meta":
                last = nil
                total = nil
                guard try reader.enterObject() else { break }
                while let name = try reader.nextMember() {
                    switch name {
                    case "max_page": last = try reader.count()
                    case "total_pages": total = try reader.count()
                    default: break
                    }
                }
            default: break
            }
        }
        if let pages, pages > 0 {
            lastPage = pages
        } else if let last, last > 0 {
            lastPage = last
            pagesBeyond = max(0, (total ?? last) - last)
        }
    }

    private mutating func readList(
        _ reader: inout JSONReader,
        _ record: (inout JSONReader, inout Page) throws(JSONError) -> Bool
    ) throws(JSONError) {
        records = []
        hasRecords = false
        isDamaged = false
        guard try reader.enterArray() else {
            isUnreadable = try !reader.null()
            return
        }
        isUnreadable = false
        var readRecords = 0
        while try reader.nextElement() {
            hasRecords = true
            guard try reader.enterObject() else {
                isDamaged = true
                continue
            }
            if try record(&reader, &self) { readRecords += 1 }
        }
        // A page of records that all say nothing is no page of this API.
        isDamaged = isDamaged || hasRecords && readRecords == 0
    }
}

/// A member that should be a text.
struct TextMember {
    /// The text, unless it is empty.
    private(set) var text: String?
    /// Whether it is a text, null or absent.
    private(set) var isFine = true

    init() {}

    init(_ reader: inout JSONReader) throws(JSONError) {
        if let value = try reader.string() {
            text = value.isEmpty ? nil : value
        } else {
            isFine = try reader.null()
        }
    }
}

extension JSONReader {
    /// A whole number of 0 or more, however it is written, as text too; nil for anything else.
    mutating func count() throws(JSONError) -> Int? {
        if let number = try wholeNumber() { return number >= 0 ? number : nil }
        return try string().flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    /// The texts of a list, or the one text that stands in its place; whatever else is in it is passed over.
    mutating func texts() throws(JSONError) -> [String] {
        guard try enterArray() else { return try string().map { [$0] } ?? [] }
        var texts: [String] = []
        while try nextElement() {
            if let text = try string() { texts.append(text) }
        }
        return texts
    }

    /// A day: a date, a date and time, or milliseconds since 1970; nil for anything else.
    mutating func day() throws(JSONError) -> Day? {
        if let text = try rawString() { return text.withBytes { Day($0) } }
        return try wholeNumber().flatMap { Day(secondsSince1970: $0 / 1000 - ($0 % 1000 < 0 ? 1 : 0)) }
    }

    /// A day; a later one than the limit counts as the limit.
    mutating func day(notAfter limit: Day) throws(JSONError) -> Day? {
        try day().map { min($0, limit) }
    }
}

extension DomainName {
    /// A related name in the spelling in which related values are told, without `*.` at its beginning; nil for no name.
    static func related(_ text: String) -> String? {
        normalized(text.hasPrefix("*.") ? String(text.dropFirst(2)) : text)
    }
}

// MARK: - Other answers

/// `GET ping` (https://docs.securitytrails.com/reference/ping): `{"success": true}`; nil if the text is no JSON object.
func isSuccess(ping: [UInt8]) -> Bool? {
    let isSuccess = try? JSONReader.read(ping) { reader throws(JSONError) -> Bool? in
        guard try reader.enterObject() else { return nil }
        var isSuccess = false
        while let name = try reader.nextMember() {
            if name == "success" { isSuccess = try reader.bool() ?? false }
        }
        return isSuccess
    }
    return isSuccess ?? nil
}

/// The `message` of an error's JSON, if it is a string.
func message(of error: [UInt8]) -> String? {
    let message = try? JSONReader.read(error) { reader throws(JSONError) -> String? in
        guard try reader.enterObject() else { return nil }
        var message: String?
        while let name = try reader.nextMember() {
            if name == "message" { message = try reader.string() }
        }
        return message
    }
    return message ?? nil
}
