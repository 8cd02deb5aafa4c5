import Foundation
import Testing

@Suite("The tools of the tests", .enabled(if: hasPython, "there is no python3 on the PATH"))
struct ToolTests {
    @Test(
        "Wrong arguments are answered with one line and status 2",
        arguments: [
            ("check-page", []), ("check-page", ["/nonexistent"]), ("check-page", ["/bin/true", "/proc/nowhere"]),
            ("check-page", ["/bin/true", "a", "b"]), ("picture", []), ("picture", ["/nonexistent"]),
            ("memory-limit", []), ("extraction-speed", ["fast"]), ("memory-limit", ["/bin/true", "much"]),
            ("renew-top-level-domains", ["/nonexistent"]), ("renew-top-level-domains", ["a", "b"]),
        ]
    )
    func wrong(tool: String, arguments: [String]) throws {
        let outcome = try run(tool, arguments)
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }

    @Test("The folder for the screenshots is made", .enabled(if: PageChecks.canBeMade, PageChecks.why))
    func folder() throws {
        let folder = try ProjectFolder()
        let outcome = try run("check-page", ["/bin/true", folder.url.path + "/some/pictures"])
        #expect(outcome.status == 1)
        #expect(outcome.errors == "/bin/true does not serve the page\n")
        #expect(folder.exists("some/pictures"))
    }

    private func run(_ tool: String, _ arguments: [String]) throws -> Outcome {
        try ProjectFolder().process(project.appendingPathComponent("Tests/Tools/\(tool)"), arguments)
    }
}

private let hasPython = (try? python("", input: "")) != nil
