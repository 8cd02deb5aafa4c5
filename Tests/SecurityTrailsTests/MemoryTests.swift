import Foundation
import HTTPClient
import LocalLambda
import Loopback
import SecurityTrails
import TestSupport
import Testing

@Suite("The memory of a process", .waits)
struct MemoryTests {
    @Test("What was answered a moment ago is not asked again, pages and 'nothing known' included")
    func hits() throws {
        let pages: [Scenario.Answers] = [
            [.domains(["a.example"], maxPage: 2, totalPages: 2)], [.domains(["b.example"], maxPage: 2, totalPages: 2)],
        ]
        let scenario = Scenario(observables: [
            "192.0.2.1": .init(list: pages), "192.0.2.2": .init(list: [[.json([:], status: 404)]]),
        ])
        let asked = try Asked(scenario, pages: nil, cacheSeconds: 60)
        let first = asked.about(["192.0.2.1", "192.0.2.2"]).answers
        #expect(asked.targets.count == 3)
        let second = asked.about(["192.0.2.2", "192.0.2.1"]).answers
        #expect(asked.targets.count == 3)
        #expect(second.map { $0[0].values } == [[], ["a.example", "b.example"]])
        #expect(first.map { $0[0].values } == [["a.example", "b.example"], []])
    }

    @Test("No key sees another key's answers")
    func keys() throws {
        let asked = try Asked(.demonstration, cacheSeconds: 60)
        _ = asked.about(["example.com"])
        _ = asked.about(["example.com"], key: "another-key")
        #expect(asked.targets.count == 4)
        #expect(asked.standIn.requests.suffix(2).allSatisfy { $0["APIKEY"] == "another-key" })
    }

    @Test("An error, a damaged page and an unreadable one are asked for again")
    func errors() throws {
        let answers: [Scenario.Answer] = [
            .json([:], status: 500), .json([:], status: 401), .json(["message": "no"], status: 403), .text("no JSON"),
            .json(["records": [7, ["hostname": "a.example"]]]), .drop,
        ]
        for answer in answers {
            let asked = try Asked(.address([[answer]]), cacheSeconds: 60)
            _ = asked.about(["192.0.2.1"])
            let count = asked.targets.count
            _ = asked.about(["192.0.2.1"])
            #expect(asked.targets.count == 2 * count, "\(answer)")
        }
    }

    @Test("An answer is kept for as long as is said, and not at all if that is 0")
    func lifetime() throws {
        for (seconds, requests) in [(0.0, 4), (0.2, 4), (60, 2)] {
            let asked = try Asked(.demonstration, cacheSeconds: seconds)
            _ = asked.about(["example.com"])
            Thread.sleep(forTimeInterval: 0.3)
            _ = asked.about(["example.com"])
            #expect(asked.targets.count == requests, "\(seconds) s")
        }
    }

    @Test("It holds no more bytes than it may; the least recently used goes first")
    func capacity() throws {
        let memory = Memory()
        let scenario = Scenario(fallback: .domains(["a.example"]))
        let asked = try Asked(scenario, memory: memory, cacheSeconds: 60, cacheBytes: 2_000, requestsPerSecond: 1000)
        _ = asked.about(["192.0.2.1", "192.0.2.2", "192.0.2.3"])
        let three = memory.bytes
        #expect(three <= 2_000)
        #expect(three > 1_000)
        // The first is used again, so that the second is the oldest when a fourth and a fifth come.
        _ = asked.about(["192.0.2.1"])
        _ = asked.about(["192.0.2.4", "192.0.2.5"])
        #expect(memory.bytes <= 2_000)
        let count = asked.targets.count
        _ = asked.about(["192.0.2.1"])
        #expect(asked.targets.count == count)
        _ = asked.about(["192.0.2.2"])
        #expect(asked.targets.count == count + 1)
    }

    @Test(
        "However many domains are asked about, memory stays within its bound",
        arguments: [Thorough.isAsked ? 10_000 : 2_000]
    )
    func bound(count: Int) throws {
        let memory = Memory()
        let asked = try Asked(
            Scenario(fallback: .history(["192.0.2.1"])),
            lookups: [.ipv4Addresses],
            memory: memory,
            cacheSeconds: 60,
            cacheBytes: 100 * count,
            requestsPerSecond: 1_000_000
        )
        let answers = asked.about((0..<count).map { "d\($0).example" }, seconds: 60).answers
        #expect(answers.count == count)
        #expect(answers.joined().allSatisfy { $0.values == ["192.0.2.1"] })
        #expect(memory.bytes <= 100 * count)
        #expect(memory.bytes > 98 * count)
    }

    @Test("After a 401 or a 403 about the key nothing of that key's is told", arguments: [401, 403])
    func refused(status: Int) throws {
        let refusal = Scenario.Answer.json(["message": "Invalid authentication credentials"], status: status)
        let memory = Memory()
        let asked = try Asked(.demonstration, memory: memory, cacheSeconds: 60)
        _ = asked.about(["example.com"], key: "other")
        _ = asked.about(["example.com"])
        asked.standIn.load(Scenario(fallback: refusal))
        _ = asked.about(["192.0.2.77"])
        #expect(asked.about(["example.com"]).answers[0][0].values.isEmpty)
        #expect(!asked.about(["example.com"], key: "other").answers[0][0].values.isEmpty, "another key's stay")
    }

    @Test("A refused ping forgets the key's answers too, and a ping is always asked")
    func ping() throws {
        let asked = try Asked(.demonstration, cacheSeconds: 60)
        _ = asked.about(["example.com"])
        #expect(asked.client.ping(key: "the-key", until: .now + 5).failure == nil)
        #expect(asked.client.ping(key: "the-key", until: .now + 5).requests == 1)
        asked.standIn.load(Scenario(ping: [.json(["message": "Invalid key"], status: 403)]))
        #expect(asked.client.ping(key: "the-key", until: .now + 5).failure != nil)
        asked.standIn.load(Scenario(fallback: .json([:], status: 404)))
        #expect(asked.about(["example.com"]).answers[0][0].values.isEmpty)
    }

    /// What so many threads are told about 192.0.2.1 that ask at the same time, each with a client of its own, and how
    /// many requests that takes.
    private func together(_ threads: Int, _ answers: Scenario.Answers) throws -> (values: [[String]], requests: Int) {
        let memory = Memory()
        let standIn = try StandInSecurityTrails(Scenario(observables: ["192.0.2.1": .init(list: [answers])]))
        defer { standIn.stop() }
        let values = Monitor([[String]]())
        let group = DispatchGroup()
        for _ in 0..<threads {
            group.enter()
            Thread.detachNewThread { [baseURL = standIn.baseURL] in
                let configuration = Client.Configuration(
                    baseURL: baseURL,
                    userAgent: "test/1",
                    authorities: .none,
                    cacheSeconds: 60
                )
                let client = try? Client(configuration, memory: memory)
                let subjects = [Subject(ipv4: "192.0.2.1")].compactMap { $0 }
                let report = client?.ask(about: subjects, key: "the-key", pages: 1, until: .now + 10)
                values.with { $0 += report?.answers[subjects[0]]?.map(\.values) ?? [] }
                group.leave()
            }
        }
        group.wait()
        return (values.with { $0.sorted { $0.count < $1.count } }, standIn.requests.count)
    }

    @Test("Threads that ask the same at the same time make one request")
    func sameQuestion() throws {
        let (values, requests) = try together(4, [.domains(["a.example"]).after(0.3)])
        #expect(requests == 1)
        #expect(values == Array(repeating: ["a.example"], count: 4))
    }

    @Test("If the one that asks fails, another asks")
    func sameQuestionFailing() throws {
        let (values, requests) = try together(2, [.json([:], status: 500).after(0.3), .domains(["a.example"])])
        #expect(requests == 2)
        #expect(values == [[], ["a.example"]])
    }
}
