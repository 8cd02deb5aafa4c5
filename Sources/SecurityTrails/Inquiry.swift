import HTTPClient

/// One question: a subject and what is asked about it. Its answer has one page or more.
struct Question {
    let subject: Subject
    let lookup: Lookup
}

/// The questions of one invocation and how far each has been answered.
///
/// First pages go before later ones, so that there is something about each subject when time runs out.
struct Inquiry {
    /// The pages of one question that may be under way at once.
    private static let pagesAhead = Pace.mostAtOnce

    private var progress: [Progress]
    private let dispatcher: Dispatcher
    private let key: String
    private let pages: Int?
    private let today: Day

    /// - Parameters:
    ///   - pages: how many pages of an answer are read at most; nil: all.
    init(_ questions: [Question], _ dispatcher: Dispatcher, key: String, pages: Int?, today: Day) {
        progress = questions.map(Progress.init)
        self.dispatcher = dispatcher
        self.key = key
        self.pages = pages
        self.today = today
    }

    /// Asks until there is nothing more to ask, or no time. Returns an answer for each question.
    mutating func run() -> [Answer] {
        for index in progress.indices { ask(index, page: 1) }
        while let (job, outcome) = dispatcher.next() {
            switch outcome {
            case .success(let response): dispatcher.settle(job, keeping: receive(job, response))
            case .failure(let error):
                dispatcher.settle(job, keeping: nil)
                receive(job, error)
            }
        }
        return progress.map { $0.answer(today: today) }
    }

    private func ask(_ index: Int, page: Int) {
        let question = progress[index].question
        dispatcher.enqueue(Job(question: index, page: page, request: question.lookup.request(question.subject, page)))
    }

    /// Takes in a response. Returns it if it may be given as the answer to the same request again.
    private mutating func receive(_ job: Job, _ response: APIResponse) -> APIResponse? {
        switch response.status {
        case 200..<300:
            return read(job, response) ? response : nil
        case 400, 404, 406:
            progress[job.question].knowsNothing()
            return response
        case _ where response.refusesKey:
            dispatcher.end(.keyRefused)
        case 403:
            // The plan leaves this kind of lookup out.
            let lookup = progress[job.question].question.lookup
            dispatcher.drop { progress[$0.question].question.lookup == lookup }
        case _ where response.saysQuotaIsExceeded:
            dispatcher.end(.exhausted)
        default: break
        }
        progress[job.question].fail(Failure(response, key: key), page: job.page)
        return nil
    }

    private mutating func receive(_ job: Job, _ error: HTTPError) {
        progress[job.question].fail(Failure(error), page: job.page)
        switch error {
        case .answerTimedOut:
            // The server was too slow for this subject; its other questions would wait as long.
            let subject = progress[job.question].question.subject
            dispatcher.drop { progress[$0.question].question.subject == subject }
        case .certificate, .client: dispatcher.end(.untrusted)
        case .cannotResolve, .cannotConnect, .connectTimedOut:
            // If nobody could be reached so far, nobody will be.
            if !dispatcher.hasBeenAnswered { dispatcher.end(.unreachable) }
        case .connectionLost, .bodyTooLarge: break
        }
    }

    /// Reads a page and asks for further ones. Returns whether it could be read.
    private mutating func read(_ job: Job, _ response: APIResponse) -> Bool {
        let question = progress[job.question].question
        guard let page = try? Page(response.body, question.lookup, about: question.subject, today: today) else {
            progress[job.question].fail(.unreadable, page: job.page)
            return false
        }
        dispatcher.hold(progress[job.question].add(page, number: job.page, limit: pages))
        let last = progress[job.question].lastPage
        if job.page == 1 {
            for page in 2..<max(2, min(last, 1 + Self.pagesAhead) + 1) { ask(job.question, page: page) }
        } else if !page.hasRecords {
            dispatcher.drop { $0.question == job.question && $0.page > job.page }
        } else if job.page + Self.pagesAhead <= last {
            ask(job.question, page: job.page + Self.pagesAhead)
        }
        return !page.isDamaged
    }
}
