/// What SecurityTrails knows about a subject in one respect, as far as it could be read.
package struct Answer: Sendable {
    /// What was asked.
    package let lookup: Lookup
    /// What is related, each value once, in the order in which it is told.
    package internal(set) var records: [Record] = []
    /// How many records there are in all, if the first page says so.
    package internal(set) var recordCount: Int?
    /// The first day on which any of the records was seen, and the last.
    package internal(set) var seen: (first: Day?, last: Day?) = (nil, nil)
    /// What went wrong, in the order of the pages.
    package internal(set) var failures: [Failure] = []
    /// Pages that exist and were not read: those that the API keeps to itself, and those that were no longer asked for.
    package internal(set) var unreadPages = 0
    /// Whether it was not asked, or not answered, because the asking had ended.
    package internal(set) var isUnprocessed = false

    /// The related values.
    package var values: [String] {
        records.compactMap(\.value)
    }
}
