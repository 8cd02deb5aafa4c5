import LocalLambda
import SecurityTrails
import Testing

@Suite("Pages")
struct PagesTests {
    private func page(_ name: String, max: Int, total: Int? = nil) -> Scenario.Answers {
        [.domains(["\(name).example"], recordCount: 9, maxPage: max, totalPages: total ?? max)]
    }

    @Test(
        "As many pages are read as are set and as there are",
        arguments: [(1, 1), (2, 2), (3, 3), (10, 3), (nil, 3)] as [(Int?, Int)]
    )
    func limit(pages: Int?, read: Int) throws {
        let asked = try Asked(.address(["a", "b", "c"].map { page($0, max: 3) }), pages: pages)
        let answer = asked.about(["192.0.2.1"]).answers[0][0]
        #expect(answer.values.count == read)
        #expect(answer.unreadPages == 0)
        #expect(asked.standIn.requests.map(\.page).sorted() == Array(1...read))
    }

    @Test("A number of pages goes before the meta data")
    func pagesFirst() throws {
        let first: Scenario.Answer = .json([
            "records": [["hostname": "a.example"]], "pages": 2, "meta": ["max_page": 9, "total_pages": 99],
        ])
        let asked = try Asked(.address([[first], page("b", max: 2)]), pages: nil)
        let answer = asked.about(["192.0.2.1"]).answers[0][0]
        #expect(answer.values == ["a.example", "b.example"])
        #expect(answer.unreadPages == 0)
    }

    private func unread(_ scenario: Scenario, pages: Int?) throws -> Int {
        try Asked(scenario, pages: pages).about(["192.0.2.1"]).answers[0][0].unreadPages
    }

    @Test("Pages that the API keeps to itself are counted if all others were read")
    func pagesBeyond() throws {
        let scenario = Scenario.address([page("a", max: 2, total: 7), page("b", max: 2, total: 7)])
        #expect(try unread(scenario, pages: nil) == 5)
        #expect(try unread(scenario, pages: 2) == 5)
        #expect(try unread(scenario, pages: 1) == 0)
    }

    @Test("A first page without records ends the question")
    func empty() throws {
        let asked = try Asked(.address([[.domains([], maxPage: 5, totalPages: 9)], page("b", max: 5)]), pages: nil)
        let answer = asked.about(["192.0.2.1"]).answers[0][0]
        #expect(answer.values == [])
        #expect(answer.unreadPages == 0)
        #expect(asked.targets.count == 1)
    }

    @Test("A page that fails keeps the others, and the same failure is told once")
    func failures() throws {
        let broken: Scenario.Answers = [.json(["message": "no"], status: 500)]
        let unknown: Scenario.Answers = [.json([:], status: 404)]
        let asked = try Asked(.address([page("a", max: 5), broken, unknown, broken, page("e", max: 5)]), pages: nil)
        let answer = asked.about(["192.0.2.1"]).answers[0][0]
        #expect(answer.values == ["a.example", "e.example"])
        #expect(answer.failures == [.unexpected(status: 500, #"{"message":"no"}"#)])
    }

    @Test("Every observable's first page goes before any other's second")
    func fairness() throws {
        let names = (1...6).map { "192.0.2.\($0)" }
        var observables: [String: Scenario.Observable] = [:]
        for name in names { observables[name] = .init(list: [page("a", max: 2), page("b", max: 2)]) }
        let asked = try Asked(Scenario(observables: observables), pages: nil)
        _ = asked.about(names)
        // One, then three; of those that go out with the last of the first pages, any may arrive first.
        #expect(asked.standIn.requests.prefix(4).allSatisfy { $0.page == 1 })
        #expect(asked.targets.count == 12)
    }

    @Test("A number of pages that nobody can read takes no memory, and what was not read is counted")
    func endless() throws {
        let asked = try Asked(.address([page("a", max: 1_000_000_000)]), pages: nil, requestsPerSecond: 20)
        let answer = asked.about(["192.0.2.1"], seconds: 1).answers[0][0]
        #expect(answer.values == ["a.example"])
        #expect(answer.unreadPages > 999_999_900)
        #expect(asked.targets.count < 45)
    }
}
