import Foundation
import Testing

@Suite("relayctl: help, spelling, exit status")
struct UsageTests {
    let folder: ProjectFolder

    init() throws {
        folder = try ProjectFolder()
    }

    @Test("Help goes to standard output with status 0, the same text without a command to standard error with 2")
    func overview() throws {
        let help = try folder.relayctl("--help")
        #expect(help.status == 0 && help.errors.isEmpty)
        #expect(help.output.hasPrefix("Usage: relayctl COMMAND"))
        for command in ["jwt", "module", "policies"] { #expect(help.output.contains("\n  \(command) ")) }
        #expect(try folder.relayctl("help").output == help.output)
        let nothing = try folder.relayctl()
        #expect(nothing.status == 2 && nothing.output.isEmpty && nothing.errors == help.output)
    }

    @Test("Summaries are no sentences, and no line of any help ends with a blank or has more than 80 characters")
    func textsAlike() throws {
        let overview = try folder.relayctl("help").output
        let lines = overview.split(separator: "\n").drop { $0 != "Commands:" }.dropFirst().prefix { $0 != "Options:" }
        #expect(lines.allSatisfy { !$0.hasSuffix(".") })
        #expect(overview.split(separator: "\n").filter { $0.count > 80 }.map(String.init) == [])
        let names = lines.filter { $0.prefix(3).last != " " }.compactMap { $0.split(separator: " ").first }
        #expect(names.count >= 13)
        for command in names {
            let help = try folder.relayctl("help", String(command))
            #expect(help.status == 0, "\(command)")
            #expect(!help.output.contains(" \n"), "\(command)")
            #expect(help.output.split(separator: "\n").filter { $0.count > 80 }.map(String.init) == [], "\(command)")
        }
    }

    @Test(
        "Every command of a stage has its help, by two ways",
        arguments: ["jwt", "module", "policies", "deploy", "update", "status", "tail", "rollback", "undeploy"]
    )
    func commandHelp(command: String) throws {
        let help = try folder.relayctl("help", command)
        #expect(help.status == 0 && help.output.hasPrefix("Usage: relayctl \(command) STAGE"))
        #expect(help.output.contains("-h, --help"))
        #expect(try folder.relayctl(command, "--help").output == help.output)
    }

    @Test(
        "What makes no sense is one line and status 2, with the nearest name",
        arguments: [
            (["jwtt"], "relayctl: no command 'jwtt'; did you mean 'jwt'?"),
            (["frobnicate"], "relayctl: no command 'frobnicate'; see 'relayctl --help'"),
            (["\u{1B}[31mred"], "relayctl: no command '\\u{1B}[31mred'; see 'relayctl --help'"),
            (["help", "polices"], "relayctl: no command 'polices'; did you mean 'policies'?"),
            (["help", "jwt", "x"], "relayctl: help jwt takes nothing after it; see 'relayctl --help'"),
            (["-h", "x"], "relayctl: -h takes nothing after it; see 'relayctl --help'"),
            (["--version", "x"], "relayctl: --version takes nothing after it; see 'relayctl --help'"),
            (["--vresion"], "relayctl: unknown option --vresion; did you mean --version?"),
            (["jwt"], "relayctl jwt: STAGE is missing; see --help"),
            (["jwt", "dev", "x"], "relayctl jwt: takes one STAGE and nothing after it; see --help"),
            (["jwt", "dev", "--jsn"], "relayctl jwt: unknown option --jsn; did you mean --json?"),
            (["jwt", "dev", "--key=abc"], "relayctl jwt: unknown option --key; see --help"),
            (["jwt", "dev", "--json=1"], "relayctl jwt: --json takes no value"),
            (["jwt", "dev", "--ttl"], "relayctl jwt: --ttl needs a value: --ttl TIME"),
            (["jwt", "dev", "--ttl", "1d", "--ttl=2d"], "relayctl jwt: --ttl is given twice"),
            (
                ["jwt", "dev", "--ttl", "90"],
                "relayctl jwt: --ttl takes a whole number and s, m, h, d or w, such as 90d"
            ),
            (["jwt", "dve"], "relayctl jwt: zappa_settings.json: no such stage; did you mean 'dev'? (there is dev)"),
            (["jwt", "prod"], "relayctl jwt: zappa_settings.json: no such stage (there is dev)"),
            (["policies", "dev"], "relayctl policies: --account is missing; see --help"),
            (["module", "dev", "--url", "http://x"], "relayctl module: --url takes an https URL without a query"),
        ]
    )
    func badUsage(words: [String], message: String) throws {
        let outcome = try folder.run(words)
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors == message + "\n")
    }

    @Test("A malformed settings file is told by line and column", arguments: ["jwt", "module", "policies"])
    func malformedSettings(command: String) throws {
        try folder.write("{\n    \"dev\": {\n        \"aws_region\": us-east-1\n", to: "zappa_settings.json")
        let outcome = try folder.run([command, "dev"] + (command == "policies" ? ["--account", "123456789012"] : []))
        #expect(outcome.status == 2)
        #expect(outcome.errors == "relayctl \(command): zappa_settings.json:3:23: expected a value\n")
    }

    @Test(
        "Variables that the relay can't work with are told before anything is deployed",
        arguments: [
            ("SECURITYTRAILS_API_URL", "http://example.com/", "SECURITYTRAILS_API_URL must be https, or http to"),
            ("NUMBER_OF_PAGES", "two", "NUMBER_OF_PAGES takes a whole number, not 'two'"),
            ("REQUESTS_PER_SECOND", "-1", "REQUESTS_PER_SECOND takes a whole number, not '-1'"),
        ]
    )
    func variables(name: String, value: String, message: String) throws {
        try folder.write(
            """
            {"dev": {"project_name": "p", "aws_region": "us-east-1", "role_name": "r",
                "aws_environment_variables": {"\(name)": "\(value)"}}}
            """,
            to: "zappa_settings.json"
        )
        let outcome = try folder.relayctl("deploy", "dev", "--dry-run")
        #expect(outcome.status == 2 && outcome.errorLines.count == 1)
        #expect(outcome.errors.contains("zappa_settings.json: dev: aws_environment_variables: \(message)"))
    }

    @Test("Without settings, relayctl says where it belongs")
    func noSettings() throws {
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("zappa_settings.json"))
        let outcome = try folder.relayctl("jwt", "dev", input: "key\n")
        #expect(outcome.status == 2 && outcome.errorLines.count == 1)
        #expect(outcome.errors.contains("run relayctl in the project's folder"))
    }

    @Test("A file that can't be used is told by its path and the system's reason alone")
    func files() throws {
        try folder.write("", to: "taken")
        let taken = try folder.relayctl("policies", "dev", "--account", "123456789012", "--output", "taken/in")
        #expect(taken.status == 1 && taken.errors.hasSuffix("/taken/in: Not a directory\n"))
        #expect(taken.errorLines.count == 1 && !taken.errors.contains("Error"))
        let settings = folder.url.appendingPathComponent("zappa_settings.json")
        try FileManager.default.removeItem(at: settings)
        try FileManager.default.createDirectory(at: settings, withIntermediateDirectories: true)
        let outcome = try folder.relayctl("module", "dev")
        #expect(outcome.errors == "relayctl module: zappa_settings.json: can't be read: Is a directory\n")
    }

    @Test(
        "Output that can't be written is one line and status 1",
        arguments: [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")]
    )
    func unwritableOutput(redirection: String, reason: String) throws {
        for words in ["--help", "jwt dev", "policies dev --account 123456789012"] {
            let outcome = try folder.bash("$0 \(words) \(redirection)", input: "anAPIkey\n")
            #expect(outcome.status == 1, "\(words)")
            #expect(outcome.errors == "relayctl: can't write to standard output: \(reason)\n", "\(words)")
        }
    }

    @Test("A reader that has seen enough of the output is no failure, and messages that nobody can read neither")
    func readerGone() throws {
        let quiet = try folder.bash("trap '' PIPE; { sleep 0.2; $0 --help; echo $? >&2; } | true")
        #expect(quiet.errors == "0\n")
        #expect(try folder.bash("$0 nonsense 2>/dev/full").status == 2)
    }
}
