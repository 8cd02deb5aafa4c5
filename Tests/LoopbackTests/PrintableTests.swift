import Loopback
import Testing

@Suite("Foreign text on a terminal")
struct PrintableTests {
    @Test(
        "What steers a terminal is escaped, and everything else stays",
        arguments: [
            ("plain é 日本 🧭", "plain é 日本 🧭"), ("\u{1B}[31mred", #"\u{1B}[31mred"#), ("a\u{202E}b", #"a\u{202E}b"#),
            ("one\ntwo\u{2028}three", #"one\ntwo\u{2028}three"#), ("\u{9B}1m\u{7F}\u{0}", #"\u{009B}1m\u{7F}\0"#),
            ("a\r\nb", #"a\r\nb"#),
        ]
    )
    func escapes(text: String, printable: String) {
        #expect(text.printable() == printable)
    }

    @Test("JSON stays JSON, and what steers a terminal is escaped in it")
    func json() {
        let text = "{\n  \"a\" : \"\u{9B}1m\u{7F}\u{202E}\u{E0041}é\"\n}"
        #expect(text.printableJSON == "{\n  \"a\" : \"\\u009B1m\\u007F\\u202E\\uDB40\\uDC41é\"\n}")
    }

    @Test("Lines of our own stay lines")
    func lines() {
        #expect("a\nb\u{1B}".printable(keepingLines: true) == "a\nb\\u{1B}")
    }
}
