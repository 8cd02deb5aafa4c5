import HTTPClient

/// The questions of one invocation and how far each has been answered.
///
/// First pages go before later ones, so that there is something about each subject when time runs out.
final class Asking {
    /// One page of a question.
    private struct PageJob {
        let question: Int
        let page: Int
    }

    private let client: Client
    private let questions: [Question]
    private let key: String
    private var progress: [Progress]
    private let dispatcher: Dispatcher<PageJob>

    init(_ client: Client, _ questions: [Question], key: String, until end: MonotonicTime) {
        self.client = client
        self.questions = questions
        self.key = key
        progress = questions.map { Progress(topic: $0.topic) }
        dispatcher = Dispatcher(client, until: end)
    }

    /// Requests sent.
    var requests: Int {
        dispatcher.requests
    }

    /// Asks until there is nothing more to ask, or no time.
    func run() -> [(Question, Answer)] {
        for index in questions.indices {
            dispatcher.enqueue(PageJob(question: index, page: 1))
        }
        dispatcher.run(request: request, receive: receive)
        let isOutOfTime = dispatcher.stop == .outOfTime
        return zip(questions, progress).map { ($0, $1.answer(isOutOfTime: isOutOfTime)) }
    }

    private func request(_ job: PageJob) -> HTTPRequest? {
        guard !progress[job.question].isGivenUp else { return nil }
        // A page that goes out brings the next one along, at the end of the queue; which there are, page 1 says.
        if job.page > 1, job.page < progress[job.question].lastPage {
            dispatcher.enqueue(PageJob(question: job.question, page: job.page + 1))
        }
        return client.request(for: questions[job.question], page: job.page, key: key)
    }

    private func receive(_ job: PageJob, _ outcome: Result<HTTPResponse, HTTPError>) {
        switch outcome {
        case .success(let response): receive(job, response)
        case .failure(let error):
            fail(job, Failure(error))
            switch error {
            case .answerTimedOut: giveUp(on: questions[job.question].subject)
            case .certificate, .client: dispatcher.stop = dispatcher.stop ?? .refused
            // Where nobody could be reached, nobody will be.
            case .cannotResolve, .cannotConnect, .connectTimedOut:
                if !dispatcher.hasBeenAnswered { dispatcher.stop = dispatcher.stop ?? .unreachable }
            case .connectionLost, .bodyTooLarge: break
            }
        }
    }

    private func receive(_ job: PageJob, _ response: HTTPResponse) {
        switch response.status {
        case 200..<300:
            read(job, response)
        case 400, 404, 406:
            progress[job.question].knowsNothing()
        case 401, 403:
            dispatcher.stop = dispatcher.stop ?? .refused
            fail(job, Failure(response, key: key))
        default:
            fail(job, Failure(response, key: key))
        }
    }

    private func read(_ job: PageJob, _ response: HTTPResponse) {
        guard let page = try? Page(response.body, topic: questions[job.question].topic) else {
            return fail(job, .unreadable)
        }
        dispatcher.held += progress[job.question].add(page, number: job.page, limit: client.configuration.pages)
        if job.page == 1, progress[job.question].lastPage > 1 {
            dispatcher.enqueue(PageJob(question: job.question, page: 2))
        }
    }

    private func fail(_ job: PageJob, _ failure: Failure) {
        progress[job.question].fail(failure, page: job.page)
    }

    /// After a time-out, nothing more is asked about the same subject.
    private func giveUp(on subject: Subject) {
        for index in questions.indices where questions[index].subject == subject {
            progress[index].isGivenUp = true
        }
    }
}
