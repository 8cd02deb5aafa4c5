/// How far a question has been answered.
struct Progress {
    let question: Question
    /// The last page that is to be read.
    private(set) var lastPage = 1
    /// All pages that there are, those included that the API does not give.
    private var allPages = 1
    /// Whether each page that can be read is to be read.
    private var isWhole = false
    /// Pages that were answered or have failed.
    private var pagesDone = 0
    private var records: [Record] = []
    /// Where in `records` each value is.
    private var places: [String: Int] = [:]
    private var seen: (first: Day?, last: Day?) = (nil, nil)
    private var recordCount: Int?
    private var failures: [(page: Int, failure: Failure)] = []

    init(_ question: Question) {
        self.question = question
    }

    /// A page has failed.
    mutating func fail(_ failure: Failure, page: Int) {
        pagesDone += 1
        note(failure, page)
    }

    /// A page was answered with "nothing known".
    mutating func knowsNothing() {
        pagesDone += 1
    }

    /// A page was answered. Returns about how many bytes of memory its records take.
    ///
    /// - Parameter limit: how many pages are read at most; nil: all.
    mutating func add(_ page: Page, number: Int, limit: Int?) -> Int {
        pagesDone += 1
        if number == 1 {
            recordCount = page.recordCount
            if page.hasRecords {
                lastPage = min(page.lastPage, limit ?? page.lastPage)
                isWhole = lastPage == page.lastPage
                allPages = page.lastPage + page.pagesBeyond
            }
        } else if !page.hasRecords {
            // Nothing comes after an empty page.
            lastPage = min(lastPage, number)
            allPages = 0
        }
        if page.isDamaged { note(.unreadable, number) }
        return page.records.reduce(0) { $0 + add($1) }
    }

    /// Returns how many bytes of memory the record takes in addition to those that are there.
    private mutating func add(_ record: Record) -> Int {
        if let day = record.firstSeen ?? record.lastSeen { seen.first = min(seen.first ?? day, day) }
        if let day = record.lastSeen {
            seen.first = min(seen.first ?? day, day)
            seen.last = max(seen.last ?? day, day)
        }
        if let value = record.value {
            if let place = places[value] {
                records[place].merge(record, question.lookup.columns)
                return 0
            }
            places[value] = records.count
        }
        records.append(record)
        return record.size
    }

    /// The same failure is told once.
    private mutating func note(_ failure: Failure, _ page: Int) {
        guard !failures.contains(where: { $0.failure == failure }) else { return }
        failures.append((page, failure))
    }

    /// The answer, as far as it was given.
    func answer(today: Day) -> Answer {
        var answer = Answer(lookup: question.lookup)
        answer.records =
            question.lookup.isDated ? records.sorted { $0.isNewer(than: $1, today: today) } : records
        answer.recordCount = recordCount
        answer.seen = seen
        answer.failures = failures.sorted { $0.page < $1.page }.map(\.failure)
        answer.isUnprocessed = pagesDone == 0
        // What the operator does not want to be read is not left unread.
        let isCut = pagesDone > 0 && pagesDone < lastPage
        answer.unreadPages = isCut || isWhole ? max(0, allPages - pagesDone) : 0
        return answer
    }
}
