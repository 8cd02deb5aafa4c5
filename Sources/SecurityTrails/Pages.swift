import JSON

/// One page of an answer, whatever was asked: what the relay reads of it.
struct Page {
    /// The related addresses or names, in their order, repeats included.
    var values: [String] = []
    /// Whether the page had records at all.
    var hasRecords = false
    /// Whether a record was left out because it could not be read.
    var isDamaged = false
    /// `record_count`, where it is a whole number of 0 or more.
    var recordCount: Int?
    /// The last page that can be read.
    var lastPage = 1
    /// Pages beyond it, which the API does not give.
    var pagesBeyond = 0
}

extension Page {
    /// JSON of another structure than a page's, or none.
    struct Unreadable: Error {}

    /// Reads a page of `GET history/{hostname}/dns/{type}`
    /// (https://docs.securitytrails.com/reference/dns-history-by-record-type) or of `POST domains/list`
    /// (https://docs.securitytrails.com/reference/domain-search); throws for what is no JSON object with records. What is
    /// not as it should be spoils only itself.
    init(_ body: [UInt8], topic: Topic) throws {
        let page = try JSONReader.read(body) { reader throws(JSONError) in try Self.read(&reader, topic) }
        guard let page else { throw Unreadable() }
        self = page
    }

    private static func read(_ reader: inout JSONReader, _ topic: Topic) throws(JSONError) -> Page? {
        guard try reader.enterObject() else { return nil }
        var page = Page()
        var isReadable = true
        var pages: Int?
        var last: Int?
        var total: Int?
        while let name = try reader.nextMember() {
            switch name {
            case "records": isReadable = try page.readRecords(&reader, topic)
            case "record_count": page.recordCount = try reader.wholeNumber().flatMap { $0 >= 0 ? $0 : nil }
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
        guard isReadable else { return nil }
        if let pages, pages > 0 {
            page.lastPage = pages
        } else if let last, last > 0 {
            page.lastPage = last
            page.pagesBeyond = max(0, (total ?? last) - last)
        }
        return page
    }

    /// Reads the list of records; false if there is something else in its place.
    private mutating func readRecords(_ reader: inout JSONReader, _ topic: Topic) throws(JSONError) -> Bool {
        values = []
        hasRecords = false
        isDamaged = false
        guard try reader.enterArray() else { return try reader.null() }
        var readRecords = 0
        while try reader.nextElement() {
            hasRecords = true
            guard try reader.enterObject() else {
                isDamaged = true
                continue
            }
            var found: Reading?
            while let name = try reader.nextMember() {
                switch (topic, name) {
                case (.names, "hostname"): found = try Reading(text: &reader)
                case (.ipv4Addresses, "values"), (.ipv6Addresses, "values"): found = try Reading(addresses: &reader)
                default: break
                }
            }
            let record = found ?? Reading()
            values += record.values
            isDamaged = isDamaged || record.isDamaged
            if record.isRead { readRecords += 1 }
        }
        // A page of records that all say nothing is no page of this API.
        isDamaged = isDamaged || hasRecords && readRecords == 0
        return true
    }
}

/// What a record has of values. One that is absent, null or empty is passed over; one of another type is damage.
private struct Reading {
    private(set) var values: [String] = []
    private(set) var isDamaged = false
    /// Whether it has a value, or a list of none.
    private(set) var isRead = false

    init() {}

    /// A text.
    init(text reader: inout JSONReader) throws(JSONError) {
        if let text = try reader.string() {
            guard !text.isEmpty else { return }
            values = [text]
            isRead = true
        } else {
            isDamaged = try !reader.null()
        }
    }

    /// A list of `{"ip": …}` and `{"ipv6": …}`, or one of them.
    init(addresses reader: inout JSONReader) throws(JSONError) {
        guard try reader.enterArray() else {
            try readAddress(&reader)
            return
        }
        isRead = true
        while try reader.nextElement() {
            isRead = !values.isEmpty
            try readAddress(&reader)
        }
    }

    private mutating func readAddress(_ reader: inout JSONReader) throws(JSONError) {
        guard try reader.enterObject() else {
            isDamaged = try !reader.null() || isDamaged
            return
        }
        var ip = Reading()
        var ipv6 = Reading()
        while let name = try reader.nextMember() {
            switch name {
            case "ip": ip = try Reading(text: &reader)
            case "ipv6": ipv6 = try Reading(text: &reader)
            default: break
            }
        }
        guard let value = ip.values.first ?? ipv6.values.first else {
            isDamaged = isDamaged || ip.isDamaged || ipv6.isDamaged
            return
        }
        values.append(value)
        isRead = true
    }
}

extension JSONReader {
    /// A whole number of 0 or more, however it is written, as text too; nil for anything else.
    fileprivate mutating func count() throws(JSONError) -> Int? {
        if let number = try wholeNumber() { return number >= 0 ? number : nil }
        return try string().flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
}

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
