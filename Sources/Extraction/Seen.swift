/// What was reported already, by kind and bytes.
struct Seen {
    /// What was inserted, one after the other: each its kind and its bytes.
    private var text: [UInt8] = []
    /// Where each begins, and where the next one will.
    private var starts = [0]
    /// At least half of them are free.
    private var slots = [Slot](repeating: Slot(), count: 1 << 10)

    private struct Slot {
        /// The index in `starts`, and one; 0: none.
        var number: UInt32 = 0
        /// Decides nearly all comparisons, and where it moves to when there are more slots.
        var hash: UInt32 = 0
    }

    var count: Int {
        starts.count - 1
    }

    /// True if it is new.
    mutating func insert(_ kind: UInt8, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // Its seed is another one in each process: no text can be made whose values all fall into one place.
        var hasher = Hasher()
        hasher.combine(kind)
        hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        let hash = UInt32(truncatingIfNeeded: hasher.finalize())
        let mask = slots.count - 1
        var place = Int(hash) & mask
        while slots[place].number != 0 {
            if slots[place].hash == hash, holds(kind, bytes, at: Int(slots[place].number) - 1) { return false }
            place = (place + 1) & mask
        }
        text.append(kind)
        text.append(contentsOf: bytes)
        starts.append(text.count)
        slots[place] = Slot(number: UInt32(count), hash: hash)
        if count * 3 > slots.count * 2 { grow() }
        return true
    }

    private func holds(_ kind: UInt8, _ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        let start = starts[index]
        guard starts[index + 1] - start == bytes.count + 1, text[start] == kind else { return false }
        for offset in 0..<bytes.count where text[start + 1 + offset] != bytes[offset] { return false }
        return true
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        let mask = slots.count - 1
        for slot in old where slot.number != 0 {
            var place = Int(slot.hash) & mask
            while slots[place].number != 0 { place = (place + 1) & mask }
            slots[place] = slot
        }
    }
}
