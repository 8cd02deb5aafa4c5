#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

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
    /// Reads a page of `GET history/{hostname}/dns/{type}`
    /// (https://docs.securitytrails.com/reference/dns-history-by-record-type) or of `POST domains/list`
    /// (https://docs.securitytrails.com/reference/domain-search); throws for what is no JSON object with records.
    init(_ body: Data, topic: Topic) throws {
        guard !Self.isTooDense(body) else { throw TooDense() }
        switch topic {
        case .ipv4Addresses, .ipv6Addresses: self.init(try JSONDecoder().decode(Wire<HistoryRecord>.self, from: body))
        case .names: self.init(try JSONDecoder().decode(Wire<DomainRecord>.self, from: body))
        }
    }

    private struct TooDense: Error {}

    /// Whether a large body has far more elements than one of 100 records ever does: JSONDecoder keeps an index of them
    /// that takes many times the body's memory.
    private static func isTooDense(_ body: Data) -> Bool {
        guard body.count > 256 << 10 else { return false }
        let elements = body.count { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "[")
                || byte == UInt8(ascii: "{")
        }
        return elements > 200_000
    }

    private init(_ wire: Wire<some Record>) {
        values = wire.records?.elements.flatMap(\.values) ?? []
        hasRecords = wire.records?.isEmpty == false
        isDamaged = wire.records.map { $0.isDamaged || $0.elements.contains(where: \.isDamaged) } ?? false
        recordCount = wire.recordCount
        if let pages = wire.pages, pages > 0 {
            lastPage = pages
        } else if let last = wire.meta?.maxPage, last > 0 {
            lastPage = last
            pagesBeyond = max(0, (wire.meta?.totalPages ?? last) - last)
        }
    }
}

/// The names of all members that are read, at whatever depth: each type of keys costs a cold start some time.
private enum Key: String, CodingKey {
    case records, pages, meta, success
    case recordCount = "record_count"
    case maxPage = "max_page"
    case totalPages = "total_pages"
    case values, ip, ipv6, hostname
}

/// A record of a page, with the values it gives.
private protocol Record: Decodable {
    var values: [String] { get }
    var isDamaged: Bool { get }
}

/// A page as it is sent. What is not as it should be spoils itself alone.
private struct Wire<Element: Record>: Decodable {
    let records: Lossy<Element>?
    let pages: Int?
    let recordCount: Int?
    let meta: Meta?

    struct Meta: Decodable {
        let maxPage: Int?
        let totalPages: Int?

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            maxPage = container.wholeNumber(.maxPage)
            totalPages = container.wholeNumber(.totalPages)
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        records = try container.decodeIfPresent(Lossy<Element>.self, forKey: .records)
        pages = container.wholeNumber(.pages)
        recordCount = container.wholeNumber(.recordCount)
        meta = (try? container.decodeIfPresent(Meta.self, forKey: .meta)) ?? nil
    }
}

/// The elements of an array that can be read, up to the hundredth that cannot: finding out takes its time.
private struct Lossy<Element: Decodable>: Decodable {
    var elements: [Element] = []
    let isEmpty: Bool
    private var damaged = 0

    var isDamaged: Bool { damaged > 0 }

    init(from decoder: any Decoder) throws {
        var array = try decoder.unkeyedContainer()
        isEmpty = array.isAtEnd
        while !array.isAtEnd, damaged < 100 {
            if let element = try? array.decode(Element.self) {
                elements.append(element)
            } else {
                damaged += 1
                _ = try array.decode(Skipped.self)
            }
        }
    }
}

/// Stands for a value that is passed over.
private struct Skipped: Decodable {
    init(from decoder: any Decoder) {}
}

extension KeyedDecodingContainer<Key> {
    /// A member that is a whole number of 0 or more, however it is written; nil for anything else.
    fileprivate func wholeNumber(_ key: Key) -> Int? {
        guard contains(key) else { return nil }
        if let number = try? decode(Int.self, forKey: key) { return number >= 0 ? number : nil }
        guard let number = try? decode(Double.self, forKey: key), number >= 0 else { return nil }
        return Int(exactly: number)
    }
}

/// `{"values": [{"ip": …} or {"ipv6": …}, …]}`, where a single value may stand for the list.
private struct HistoryRecord: Record {
    let values: [String]
    let isDamaged: Bool

    struct Value: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            if let address = try? container.decodeIfPresent(String.self, forKey: .ip), !address.isEmpty {
                text = address
            } else {
                text = try container.nonEmptyString(.ipv6)
            }
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let values = try? container.decode(Lossy<Value>.self, forKey: .values) {
            self.values = values.elements.map(\.text)
            isDamaged = values.isDamaged
        } else {
            values = [try container.decode(Value.self, forKey: .values).text]
            isDamaged = false
        }
    }
}

/// `{"hostname": …}`.
private struct DomainRecord: Record {
    let values: [String]
    let isDamaged = false

    init(from decoder: any Decoder) throws {
        values = [try decoder.container(keyedBy: Key.self).nonEmptyString(.hostname)]
    }
}

extension KeyedDecodingContainer<Key> {
    fileprivate func nonEmptyString(_ key: Key) throws -> String {
        let text = try decode(String.self, forKey: key)
        guard !text.isEmpty else {
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "empty")
        }
        return text
    }
}

/// `GET ping` (https://docs.securitytrails.com/reference/ping): `{"success": true}`.
struct Ping: Decodable {
    let isSuccess: Bool

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        isSuccess = (try? container.decode(Bool.self, forKey: .success)) ?? false
    }
}
