import Extraction
import Loopback
import Testing

@testable import Investigation

@Suite("Findings")
struct FindingsTests {
    let findings = Answers.findings

    @Test("Related values have their rows of the table, newest first, and those that only the table has are there too")
    func rows() throws {
        let sighting = try #require(findings.sightings.first)
        #expect(sighting.related.map(\.entity.value) == ["198.51.100.2", "198.51.100.1", "198.51.100.3"])
        #expect(sighting.related.map { sighting.cell("Names on it", of: $0) } == [3, 12, .null])
        #expect(sighting.related.allSatisfy { $0.entity.type == "ip" })
        #expect(sighting.relation == "Resolved_To")
        #expect(sighting.start == "2021-01-02")
    }

    @Test("A table of one row that is about the observable is told as facts")
    func facts() {
        let sighting = findings.sightings[1]
        #expect(sighting.facts.map(\.name) == ["Registrar", "Created"])
        #expect(sighting.related.map(\.entity.value) == ["owner@shop.example"])
    }

    @Test("What a relation comes from is known from its two ends")
    func direction() {
        #expect(findings.sightings[0].related.filter(\.isSource).isEmpty)
        #expect(findings.sightings[2].related.filter(\.isSource).count == 12)
        #expect(findings.sightings[2].related.first?.entity.value == "host1.example")
    }

    @Test("The relation of a name that is written in another way has a direction all the same")
    func otherSpelling() throws {
        let json = Answers.sighting(
            ["type": "domain", "value": "bücher.example"],
            "IPv4 addresses",
            related: []
        )
        var sighting = json
        sighting["relations"] = [
            [
                "relation": "Resolved_To", "source": ["type": "domain", "value": "xn--bcher-kva.example"],
                "related": ["type": "ip", "value": "192.0.2.80"],
            ]
        ]
        #expect(try #require(Sighting(sighting)).related.map(\.entity.value) == ["192.0.2.80"])
    }

    @Test("An error belongs to the observable that it names, and to no part of another name")
    func notices() {
        #expect(findings.notices(about: "192.0.2.7").map(\.code) == ["unprocessed pages"])
        #expect(findings.notices(about: "192.0.2.70").isEmpty)
        #expect(findings.notices(about: "92.0.2.7").isEmpty)
        #expect(findings.otherNotices.map(\.code) == ["unknown"])
        #expect(findings.hasErrors)
    }

    @Test("The same error of two answers is told once")
    func repeatedNotices() {
        var findings = findings
        findings.add(Answers.answer([], errors: findings.notices.map(\.json)))
        #expect(findings.notices.count == 2)
    }

    @Test("A link that is no page of the web is left out")
    func links() {
        #expect(Link(["url": "javascript:alert(1)", "title": "x"]) == nil)
        #expect(Link(["url": "https://securitytrails.com/", "title": "x"]) != nil)
    }
}
