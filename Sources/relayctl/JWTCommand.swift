import Deployment
import Foundation
import JWT

/// `relayctl jwt`: the JWT that carries the SecurityTrails API key, and the key that verifies it.
struct JWTCommand: Subcommand {
    static let name = "jwt"
    static let summary = "Make the JWT of the module and the SECRET_KEY of the function, or check them."
    static let synopsis = "STAGE [-f FILE|-] [--ttl TIME] [--secret-file FILE|-] [--json]\n       relayctl jwt --check"
    static let discussion = """
        Asks for the SecurityTrails API key, signs it with a new random key, and prints
        the JWT for the module, the SECRET_KEY for the function, and the pages on which
        to enter them. On a terminal nothing that is entered is shown; elsewhere
        standard input is read, a line for each value. No secret is ever an argument.

          relayctl jwt dev                            asks for the API key
          relayctl jwt dev -f credentials.json        takes {"key": "…"} from a file
          relayctl jwt dev --secret-file secret.txt   signs a new API key, or a new time
                                                      to live, with the SECRET_KEY as it is
          relayctl jwt --check                        asks for a JWT and a SECRET_KEY, and
                                                      says what the relay would say
        """
    static let options = [
        Option("--file", short: "-f", value: "FILE|-", help: "Take the values from a JSON object (-: standard input)."),
        Option("--ttl", value: "TIME", help: "Let the JWT expire: 90d, 12h, 30m, 8w."),
        Option("--secret-file", value: "FILE|-", help: "Sign with the key in this file rather than a new one."),
        Option("--json", help: "Print JSON."),
        Option("--check", help: "Check a JWT; exit status 1 where the relay refuses it."),
    ]

    private let task: Task
    private let json: Bool

    private enum Task {
        case make(stage: String, credentials: String?, secret: String?, timeToLive: Int?)
        case check
    }

    init(_ arguments: Arguments) throws {
        json = arguments.has("--json")
        if arguments.has("--check") {
            let others = ["--file", "--ttl", "--secret-file"].filter(arguments.has)
            guard others.isEmpty else { throw UsageError("--check takes no \(others.joined(separator: ", no "))") }
            if !arguments.positional.isEmpty { _ = try arguments.only("STAGE") }
            task = .check
            return
        }
        let (credentials, secret) = (arguments.value("--file"), arguments.value("--secret-file"))
        guard credentials != "-" || secret != "-" else {
            throw UsageError("--file and --secret-file can't both be standard input")
        }
        task = .make(
            stage: try arguments.only("STAGE"),
            credentials: credentials,
            secret: secret,
            timeToLive: try arguments.value("--ttl").map(seconds(of:))
        )
    }
}

extension JWTCommand {
    func run() throws -> Int32 {
        switch task {
        case .make(let stage, let credentials, let secret, let timeToLive):
            let settings = try SettingsFile().stage(stage)
            let module = try ModuleSettings()
            let values = try credentials.map { try read(module.fields, from: $0) } ?? ask(for: module.fields)
            let secret = try secret.map(readSecret)
            let issue = try JWTIssue(values: values, secret: secret, timeToLive: timeToLive, now: Date())
            print(json ? try prettyJSON(issue.summary(module, settings)) : issue.text(module, settings))
            return 0
        case .check:
            return 1
        }
    }

    private func ask(for fields: [ModuleSettings.Field]) throws -> [String: String] {
        var values: [String: String] = [:]
        for field in fields { values[field.name] = try SecretInput.ask(field.prompt) }
        return values
    }

    /// The fields' values from a JSON object, which holds them all and nothing else.
    private func read(_ fields: [ModuleSettings.Field], from path: String) throws -> [String: String] {
        let file = path == "-" ? "standard input" : path
        let members: [JSONC.Member]
        do {
            guard case .object(let object) = try JSONC(parsing: SecretInput.contents(of: path)) else {
                throw UsageError("\(file): takes an object, {\"\(fields[0].name)\": \"…\"}")
            }
            members = object
        } catch let error as JSONC.SyntaxError {
            throw UsageError("\(file):\(error.line):\(error.column): \(error.reason)")
        }
        var values: [String: String] = [:]
        for member in members {
            guard fields.contains(where: { $0.name == member.name }) else {
                let near = nearest(to: member.name, among: fields.map(\.name)).map { "; did you mean '\($0)'?" }
                throw UsageError("\(file): unknown field '\(member.name)'" + (near ?? ""))
            }
            guard case .string(let value) = member.value, !value.isEmpty else {
                throw UsageError("\(file): \(member.name): takes a string that is not empty")
            }
            values[member.name] = value
        }
        for field in fields where values[field.name] == nil {
            throw UsageError("\(file): \(field.name): is missing (\(field.prompt))")
        }
        return values
    }

    /// A SECRET_KEY that is in use: its bytes as they are, but for the line break that editors put at the end.
    private func readSecret(from path: String) throws -> String {
        if path == "-" { return try SecretInput.ask("SECRET_KEY") }
        guard let text = String(validating: try SecretInput.contents(of: path), as: UTF8.self) else {
            throw UsageError("\(path): is not UTF-8")
        }
        let secret = text.hasSuffix("\r\n") || text.hasSuffix("\n") ? String(text.dropLast()) : text
        guard !secret.isEmpty, !secret.contains(where: \.isNewline) else {
            throw UsageError("\(path): takes one line, the SECRET_KEY")
        }
        return secret
    }
}

/// A time to live in seconds: a whole number and a unit.
private func seconds(of text: String) throws(UsageError) -> Int {
    let units: [Substring: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let parts = text.wholeMatch(of: /([1-9][0-9]{0,5})([a-z])/)?.output,
        let number = Int(parts.1), let unit = units[parts.2]
    else { throw UsageError("--ttl takes a whole number and s, m, h, d or w, such as 90d") }
    return number * unit
}
