/// How far a question has been answered.
struct Progress {
    let topic: Topic
    /// The last page that is to be read.
    private(set) var lastPage = 1
    /// Whether nothing more is asked, because the same subject's server was too slow.
    var isGivenUp = false
    /// Pages beyond the last that the API gives.
    private var pagesBeyond = 0
    /// Pages that were answered or have failed.
    private var pagesDone = 0
    private var values: [String] = []
    private var recordCount: Int?
    private var failures: [(page: Int, failure: Failure)] = []

    init(topic: Topic) {
        self.topic = topic
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

    /// A page was answered. Returns about how many bytes of memory its values take.
    ///
    /// - Parameter limit: how many pages are read at most; nil: all.
    mutating func add(_ page: Page, number: Int, limit: Int?) -> Int {
        pagesDone += 1
        if number == 1 {
            recordCount = page.recordCount
            lastPage = page.hasRecords ? min(page.lastPage, limit ?? page.lastPage) : 1
            pagesBeyond = page.hasRecords && lastPage == page.lastPage ? page.pagesBeyond : 0
        }
        if page.isDamaged { note(.unreadable, number) }
        let new = page.values.uniqued()
        values += new
        // A string of up to 15 bytes is its own storage; a longer one has some of its own.
        return new.reduce(0) { $0 + 16 + ($1.utf8.count > 15 ? $1.utf8.count + 48 : 0) }
    }

    /// The same failure is told once.
    private mutating func note(_ failure: Failure, _ page: Int) {
        guard !failures.contains(where: { $0.failure == failure }) else { return }
        failures.append((page, failure))
    }

    /// The answer, as far as it was given.
    ///
    /// - Parameter isOutOfTime: whether it was time that ended the asking.
    func answer(isOutOfTime: Bool) -> Answer {
        let isCut = isOutOfTime && !isGivenUp
        var answer = Answer(topic: topic)
        answer.values = values.uniqued()
        answer.recordCount = recordCount
        answer.failures = failures.sorted { $0.page < $1.page }.map(\.failure)
        answer.isUnprocessed = isCut && pagesDone == 0
        answer.unreadPages = pagesBeyond + (isCut && pagesDone > 0 ? max(0, lastPage - pagesDone) : 0)
        return answer
    }
}

extension [String] {
    /// Each string once, in the order of the code points, which is that of the UTF-8 bytes: strings that only look the
    /// same stay apart.
    func uniqued() -> [String] {
        let sorted = sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var unique: [String] = []
        unique.reserveCapacity(sorted.count)
        for value in sorted where unique.last.map({ !$0.utf8.elementsEqual(value.utf8) }) ?? true {
            unique.append(value)
        }
        return unique
    }
}
