/// What was reported already, by kind and bytes.
struct Seen {
    private struct Entry {
        let start: Int
        let count: Int
        let kind: UInt8
        /// Decides most comparisons.
        let hash: Int
    }

    private(set) var count = 0
    private var text: [UInt8] = []
    private var entries: [Entry] = []
    /// An entry's index and one; 0: none. At least half of them are free.
    private var slots = [Int32](repeating: 0, count: 1 << 10)

    /// True if it is new.
    mutating func insert(_ kind: UInt8, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // Its seed is another one in each process: no text can be made whose values all fall into one place.
        var hasher = Hasher()
        hasher.combine(kind)
        hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        let hash = hasher.finalize()
        var slot = hash & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if entry.hash == hash, entry.kind == kind, entry.count == bytes.count,
                text[entry.start..<(entry.start + entry.count)].elementsEqual(bytes)
            {
                return false
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        entries.append(Entry(start: text.count, count: bytes.count, kind: kind, hash: hash))
        text.append(contentsOf: bytes)
        count += 1
        slots[slot] = Int32(entries.count)
        if entries.count * 2 > slots.count { grow() }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 4)
        for (index, entry) in entries.enumerated() {
            var slot = entry.hash & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index + 1)
        }
    }
}
