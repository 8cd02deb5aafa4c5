import Extraction
import Foundation
import Loopback
import Testing

@testable import Investigation

@Suite("Formats of an investigation")
struct FormatTests {
    @Test("The tree has each observable with its relations, days, organizations, errors and links")
    func tree() {
        var findings = Answers.findings
        findings.links = [Link(["url": "https://securitytrails.com/domain/shop.example/dns"])].compactMap(\.self)
        #expect(
            findings.tree() == """
                error: Unexpected response from SecurityTrails: busy

                shop.example  domain
                ├─ Resolved_To  IPv4 addresses that shop.example resolves to  2, 2021-01-02 to 2024-06-30
                │  ├─ 198.51.100.2  2022-03-05 to 2024-06-30, New Hosting, Inc., Names on it: 3
                │  ├─ 198.51.100.1  2021-01-02 to 2022-03-04, Old Hosting, Names on it: 12
                │  └─ 198.51.100.3  ? to 2020-01-01
                └─ Related_To  Registration of shop.example  1
                   ├─ owner@shop.example
                   ├─ Registrar  Example Registrar
                   └─ Created  2019-05-06

                192.0.2.7  ip
                ├─ Resolved_To  Domains that have resolved to 192.0.2.7  12
                │  ├─ host1.example
                │  ├─ host2.example
                │  ├─ host3.example
                │  ├─ host4.example
                │  ├─ host5.example
                │  ├─ host6.example
                │  ├─ host7.example
                │  ├─ host8.example
                │  ├─ host9.example
                │  ├─ host10.example
                │  └─ … 2 more; --all shows them
                └─ warning: There are 2 page(s) left unprocessed for 192.0.2.7. Please write.

                quiet.example  domain
                └─ nothing found

                Read on:
                  https://securitytrails.com/domain/shop.example/dns
                """
        )
        #expect(findings.tree(limit: nil).contains("host12.example"))
    }

    @Test("CSV has a row for each relation, quoted where RFC 4180 asks for it")
    func csv() {
        let rows = Answers.findings.csv.components(separatedBy: "\r\n")
        #expect(
            rows[0] == "Observable,Type,Relation,Related,Related type,First seen,Last seen,Organizations,Names on it"
        )
        #expect(
            rows[1]
                == "shop.example,domain,Resolved_To,198.51.100.2,ip,2022-03-05,2024-06-30,\"New Hosting, Inc.\",3"
        )
        #expect(rows.count == 1 + 3 + 1 + 12 + 1)
        #expect(rows.last == "")
    }

    @Test(
        "A cell that a spreadsheet would calculate begins with an apostrophe",
        arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1"]
    )
    func formula(text: String) {
        let cell = Findings.csvCell(text)
        #expect(cell.hasPrefix("'") || cell.hasPrefix("\"'"))
    }

    @Test("Other cells stay as they are", arguments: ["example.com", "192.0.2.1", "a-b", "2024-01-02", "", "é"])
    func plainCell(text: String) {
        #expect(Findings.csvCell(text) == text)
    }

    @Test("What a hostile name holds does nothing in any format")
    func hostile() {
        let name = "<img src=x onerror=alert(1)>|`\"]\\\u{1B}[31m\u{202E}\n--"
        var findings = Findings(observables: [.init(.domain, "shop.example")])
        findings.add(Answers.answer([Answers.sighting(Answers.shop, name, related: [("domain", name)])]))
        for text in [findings.tree(), findings.markdown(), findings.dot, findings.csv] {
            #expect(!text.unicodeScalars.contains("\u{1B}"))
            #expect(!text.unicodeScalars.contains("\u{202E}"))
            #expect(text.contains("\\u{1B}"))
        }
        // Outside code, markup is escaped.
        #expect(findings.markdown().contains("\\<img src=x onerror=alert\\(1\\)\\>"))
        #expect(findings.dot.contains("\\\"]\\\\"))
        #expect(findings.dot.split(separator: "\n").count == 6)
    }

    @Test("Graphviz is told each relation in its direction, once")
    func dot() {
        let dot = Answers.findings.dot
        #expect(dot.contains("\"shop.example\" -> \"198.51.100.2\" [label=\"Resolved_To\"];"))
        #expect(dot.contains("\"host1.example\" -> \"192.0.2.7\" [label=\"Resolved_To\"];"))
        #expect(dot.components(separatedBy: " -> ").count - 1 == 16)
    }

    @Test("Markdown has values as code, so that nobody clicks on them")
    func markdown() {
        let markdown = Answers.findings.markdown()
        #expect(markdown.contains("## `shop.example` (domain)"))
        #expect(markdown.contains("| `198.51.100.2` | 2022-03-05 | 2024-06-30 | New Hosting, Inc. | 3 |"))
        #expect(markdown.contains("> **Warning**: There are 2 page\\(s\\) left"))
    }

    @Test("JSON holds the relay's own sightings and errors")
    func json() {
        let json = Answers.findings.json(leftOut: TextObservables(in: "10.0.0.1").leftOut)
        #expect(json["sightings"]?.array?.first == Answers.addresses)
        #expect(json["errors"]?.array?.count == 2)
        #expect(json["left_out"] == [["value": "10.0.0.1", "reason": "a private address"]])
    }
}
