import CTIM
import HTTPClient
import JSON
import SecurityTrails

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How answers are told as sightings.
package struct SightingOptions: Sendable {
    /// Which time a sighting has (OBSERVED_TIME).
    package enum ObservedTime: String, Sendable {
        /// From the first day on which a related value was seen to the last.
        case history
        /// The moment of the answer, as the Python relay has it.
        case now
    }

    /// Which time a sighting has.
    package var observedTime = ObservedTime.history
    /// Relations of a sighting at most (RELATIONS_LIMIT); nil: all.
    package var relationsLimit: Int? = 250
    /// Whether a sighting has a table (SIGHTING_TABLE).
    package var hasTable = true

    /// The standard options.
    package init() {}
}

extension Sighting {
    /// What an answer says about an observable; nil if it says nothing.
    ///
    /// - Parameter now: the moment of the answer, as RFC 3339.
    init?(_ observable: Observable, _ answer: Answer, _ options: SightingOptions, now: String) {
        let values = answer.values
        let table = options.hasTable ? DataTable(answer) : nil
        guard !values.isEmpty || table != nil else { return nil }
        let others = values.prefix(options.relationsLimit ?? .max).map { Observable($0, relatedBy: answer.lookup) }
        self.init(
            id: "transient:sighting-" + Self.uuid(),
            source: "SecurityTrails",
            sourceURI: SecurityTrailsPage.url(of: observable),
            title: "Found in SecurityTrails",
            description: answer.lookup.description(observable.value),
            count: answer.lookup.countsRecords ? answer.recordCount ?? values.count : max(1, values.count),
            observedTime: ObservedTime(answer, options, now: now),
            observable: observable,
            relations: Relations(answer.lookup.relation, others),
            table: table
        )
    }

    /// A random id (RFC 9562, version 4), in one call to the system where Foundation's takes three.
    private static func uuid() -> String {
        var bits: (high: UInt64, low: UInt64) = (0, 0)
        let failed = withUnsafeMutableBytes(of: &bits) { getentropy($0.baseAddress, $0.count) } != 0
        if failed { bits = (.random(in: .min ... .max), .random(in: .min ... .max)) }
        bits.high = bits.high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        bits.low = bits.low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for digit in 0..<32 {
                if [8, 12, 16, 20].contains(digit) {
                    text[place] = UInt8(ascii: "-")
                    place += 1
                }
                let half = digit < 16 ? bits.high : bits.low
                let value = UInt8(truncatingIfNeeded: half >> (60 - 4 * UInt64(digit % 16))) & 15
                text[place] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
                place += 1
            }
            return place
        }
    }

    /// Now, in UTC, as RFC 3339 with whole seconds.
    static func timestamp() -> String {
        CalendarDate.timestamp(secondsSince1970: Int(secondsSince1970()))
    }
}

extension Sighting.ObservedTime {
    /// The time of an answer: from its first day to its last, which may be unknown; now, if it has no days.
    fileprivate init(_ answer: Answer, _ options: SightingOptions, now: String) {
        guard options.observedTime == .history, let first = answer.seen.first else {
            self.init(start: now, end: now)
            return
        }
        func midnight(_ day: Day) -> String { day.text + "T00:00:00Z" }
        self.init(start: midnight(first), end: answer.seen.last.map(midnight))
    }
}

extension Observable {
    /// A related value. Addresses come in both families, whichever was asked for.
    fileprivate init(_ value: String, relatedBy lookup: Lookup) {
        switch lookup.relation {
        case .subjectResolvedToIt: self.init(value.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ip, value)
        case .itResolvedToSubject, .itIsSubdomainOfSubject, .itIsRelatedToSubject: self.init(.domain, value)
        case .subjectIsRelatedToIt: self.init(value.utf8.contains(UInt8(ascii: "@")) ? .email : .domain, value)
        }
    }
}

extension Relations {
    fileprivate init(_ relation: Lookup.Relation, _ others: [Observable]) {
        switch relation {
        case .subjectResolvedToIt: self.init(.resolvedTo, observableIsSource: true, others)
        case .itResolvedToSubject: self.init(.resolvedTo, observableIsSource: false, others)
        case .itIsSubdomainOfSubject: self.init(.subdomainOf, observableIsSource: false, others)
        case .subjectIsRelatedToIt: self.init(.relatedTo, observableIsSource: true, others)
        case .itIsRelatedToSubject: self.init(.relatedTo, observableIsSource: false, others)
        }
    }
}

extension DataTable {
    /// A row for each of the answer's records that has cells, without the columns in which every cell is null; nil if
    /// nothing is left.
    fileprivate init?(_ answer: Answer) {
        let lookup = answer.lookup
        let rows = lookup.valueColumn == nil ? answer.records.filter { $0.value == nil } : answer.records
        guard !rows.isEmpty else { return nil }
        let hasValue = lookup.valueColumn != nil
        let hasFirst = lookup.isDated && rows.contains { $0.firstSeen != nil }
        let hasLast = lookup.isDated && rows.contains { $0.lastSeen != nil }
        let filled = lookup.columns.indices.filter { index in
            rows.contains { index < $0.cells.count && $0.cells[index] != .none }
        }
        var columns: [Column] = []
        if let name = lookup.valueColumn { columns.append(Column(name, .string)) }
        if hasFirst {
            columns.append(Column("First seen", .string, mayBeNull: rows.contains { $0.firstSeen == nil }))
        }
        if hasLast { columns.append(Column("Last seen", .string, mayBeNull: rows.contains { $0.lastSeen == nil })) }
        for index in filled {
            let column = lookup.columns[index]
            let mayBeNull = rows.contains { $0.cells[index] == .none }
            columns.append(Column(column.name, column.isNumber ? .integer : .string, mayBeNull: mayBeNull))
        }
        self.init(columns: columns, rowCount: rows.count) { index, writer in
            let row = rows[index]
            if hasValue { writer.string(row.value ?? "") }
            if hasFirst { writer.write(row.firstSeen.map(Cell.day) ?? .none) }
            if hasLast { writer.write(row.lastSeen.map(Cell.day) ?? .none) }
            for index in filled { writer.write(row.cells[index]) }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ cell: Cell) {
        switch cell {
        case .none: null()
        case .text(let text): string(text)
        case .texts(let texts): string(texts.count == 1 ? texts[0] : texts.joined(separator: ", "))
        case .number(let number): self.number(number)
        case .day(let day): string(day.text)
        }
    }
}
