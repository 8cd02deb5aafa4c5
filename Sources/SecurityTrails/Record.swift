/// One related value and what SecurityTrails says about it.
package struct Record: Sendable {
    /// The related address or name; nil for what is said about the subject itself.
    package let value: String?
    /// When it was first seen.
    package internal(set) var firstSeen: Day?
    /// When it was last seen.
    package internal(set) var lastSeen: Day?
    /// Whether it is still seen: it has a first day and no last one.
    private(set) var isCurrent: Bool
    /// What else is said, a cell for each of the lookup's columns; empty for a value without a row.
    package internal(set) var cells: [Cell]

    init(_ value: String?, firstSeen: Day? = nil, lastSeen: Day? = nil, cells: [Cell] = []) {
        self.value = value
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        isCurrent = firstSeen != nil && lastSeen == nil
        self.cells = cells
    }

    /// Takes in what another record says about the same value.
    mutating func merge(_ other: Record, _ columns: [Column]) {
        if let day = other.firstSeen { firstSeen = min(firstSeen ?? day, day) }
        if let day = other.lastSeen { lastSeen = max(lastSeen ?? day, day) }
        isCurrent = isCurrent || other.isCurrent
        for index in cells.indices where index < other.cells.count {
            cells[index].merge(other.cells[index], columns[index].merging)
        }
    }

    /// Whether it was seen after the other: by the last day, then the first; then by the code points of the value.
    func isNewer(than other: Record, today: Day) -> Bool {
        let (last, otherLast) = (isCurrent ? today : lastSeen, other.isCurrent ? today : other.lastSeen)
        if last != otherLast { return Self.isLater(last, otherLast) }
        if firstSeen != other.firstSeen { return Self.isLater(firstSeen, other.firstSeen) }
        return (value ?? "") < (other.value ?? "")
    }

    /// No day at all is the oldest.
    private static func isLater(_ day: Day?, _ other: Day?) -> Bool {
        guard let day else { return false }
        return other.map { day > $0 } ?? true
    }

    /// Bytes of memory that it takes, about.
    var size: Int {
        var total = 96 + cells.count * MemoryLayout<Cell>.stride + (value.map { size(of: $0) } ?? 0)
        for cell in cells {
            switch cell {
            case .text(let text): total += MemoryLayout<String>.size + size(of: text)
            case .texts(let texts): for text in texts { total += MemoryLayout<String>.size + size(of: text) }
            case .none, .number, .day: break
            }
        }
        return total
    }

    /// A string of up to 15 bytes is its own storage; a longer one has some of its own.
    private func size(of text: String) -> Int {
        text.utf8.count > 15 ? text.utf8.count + 48 : 0
    }
}

/// A cell of a table.
package enum Cell: Sendable, Equatable {
    /// Nothing is known.
    case none
    /// A text.
    case text(String)
    /// A list of texts, at least one.
    case texts([String])
    /// A whole number.
    case number(Int)
    /// A day.
    case day(Day)

    /// A list of texts without its repeats.
    init(_ texts: [String]) {
        var unique: [String] = []
        for text in texts where !text.isEmpty && !unique.contains(text) { unique.append(text) }
        self = unique.isEmpty ? .none : .texts(unique)
    }

    init(_ text: String?) {
        self = text.flatMap { $0.isEmpty ? nil : .text($0) } ?? .none
    }

    init(_ number: Int?) {
        self = number.map(Cell.number) ?? .none
    }

    init(_ day: Day?) {
        self = day.map(Cell.day) ?? .none
    }

    mutating func merge(_ other: Cell, _ merging: Column.Merging) {
        switch (merging, self, other) {
        case (_, .none, _): self = other
        case (.all, .texts(let texts), .texts(let others)): if texts != others { self = Cell(texts + others) }
        case (.highest, .number(let number), .number(let other)): self = .number(max(number, other))
        default: break
        }
    }
}

/// A column of a table.
package struct Column: Sendable {
    /// What becomes of several records' cells about the same value.
    enum Merging {
        /// The first one counts.
        case first
        /// The highest number counts.
        case highest
        /// All of the texts count.
        case all
    }

    /// The heading.
    package let name: String
    /// Whether its cells are whole numbers; they are texts otherwise.
    package let isNumber: Bool
    let merging: Merging

    init(_ name: String, isNumber: Bool = false, _ merging: Merging = .first) {
        self.name = name
        self.isNumber = isNumber
        self.merging = merging
    }
}
