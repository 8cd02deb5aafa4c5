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
    /// The records of each page that was read, in the order in which the pages came.
    private var pages: [(number: Int, records: [Record])] = []
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
        page.records.forEach { see($0) }
        pages.append((number, page.records))
        return page.records.reduce(0) { $0 + $1.size }
    }

    private mutating func see(_ record: Record) {
        if let day = record.firstSeen ?? record.lastSeen { seen.first = min(seen.first ?? day, day) }
        if let day = record.lastSeen {
            seen.first = min(seen.first ?? day, day)
            seen.last = max(seen.last ?? day, day)
        }
    }

    /// The records of all pages, in the order of the pages, those of one value as one.
    private var merged: [Record] {
        var merged: [Record] = []
        var places: [String: Int] = [:]
        for page in pages.sorted(by: { $0.number < $1.number }) {
            for record in page.records {
                if let value = record.value {
                    if let place = places[value] {
                        merged[place].merge(record, question.lookup.columns)
                        continue
                    }
                    places[value] = merged.count
                }
                merged.append(record)
            }
        }
        return merged
    }

    /// The same failure is told once.
    private mutating func note(_ failure: Failure, _ page: Int) {
        guard !failures.contains(where: { $0.failure == failure }) else { return }
        failures.append((page, failure))
    }

    /// The answer, as far as it was given.
    func answer(today: Day) -> Answer {
        var answer = Answer(lookup: question.lookup)
        answer.records = merged
        if question.lookup.isDated { answer.records.sort { $0.isNewer(than: $1, today: today) } }
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
