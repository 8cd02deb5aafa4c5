import Deployment
import Foundation
import Loopback
import Relay

/// The commands, in the order of the help.
let commands: [any Subcommand.Type] = [
    ReplayCommand.self,
    ServeCommand.self,
    BenchCommand.self,
    PackageCommand.self,
    JWTCommand.self,
    ModuleCommand.self,
    PoliciesCommand.self,
    DeployCommand.self,
    UpdateCommand.self,
    StatusCommand.self,
    TailCommand.self,
    RollbackCommand.self,
    UndeployCommand.self,
]

/// Finds the command that the first word names and runs it. Returns the exit status: 0, 1 (failed), 2 (usage).
func dispatch(_ words: [String]) -> Int32 {
    guard let first = words.first else {
        say(overview())
        return 2
    }
    switch first {
    case "--help", "-h", "--version", "help":
        let most = first == "help" ? 2 : 1
        guard words.count <= most else {
            say("relayctl: \(words[..<most].joined(separator: " ")) takes nothing after it; see 'relayctl --help'")
            return 2
        }
        if first == "--version" { return show("relayctl \(relayVersion)") }
        guard words.count > 1 else { return show(overview()) }
        return withCommand(words[1]) { show(help($0)) }
    case _ where first.hasPrefix("-"):
        let near = nearest(to: first, among: ["--help", "--version"])
        say("relayctl: unknown option \(first); " + (near.map { "did you mean \($0)?" } ?? "see 'relayctl --help'"))
        return 2
    default:
        return withCommand(first) { run($0, Array(words.dropFirst())) }
    }
}

private func withCommand(_ name: String, _ body: (any Subcommand.Type) -> Int32) -> Int32 {
    if let command = commands.first(where: { $0.name == name }) { return body(command) }
    let near = nearest(to: name, among: commands.map { $0.name } + ["help"])
    say("relayctl: no command '\(name)'; " + (near.map { "did you mean '\($0)'?" } ?? "see 'relayctl --help'"))
    return 2
}

private func run(_ command: any Subcommand.Type, _ words: [String]) -> Int32 {
    if words.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
        return show(help(command))
    }
    do {
        return try command.init(Arguments(words, options: command.options)).run()
    } catch let error as UsageError {
        say("relayctl \(command.name): \(error.message)")
        return 2
    } catch let error as any InputError {
        say("relayctl \(command.name): \(error)")
        return 2
    } catch let error as Failure {
        say("relayctl \(command.name): \(error.message)")
        return 1
    } catch {
        say("relayctl \(command.name): \(explanation(of: error))")
        return 1
    }
}

private func overview() -> String {
    """
    Usage: relayctl COMMAND [OPTION]...

    The operator's tool of the SecurityTrails relay. Run it in the project's folder.

    Commands:
    \(table(commands.map { ($0.name, $0.summary) }))

    Options:
    \(table([("-h, --help", "this text; 'relayctl help COMMAND' says more of a command"), ("--version", "the relay's version")]))

    Exit status: 0, 1 (failed), 2 (usage, or input that makes no sense).
    """
}

private func help(_ command: any Subcommand.Type) -> String {
    let options = command.options + [Option("--help", short: "-h", help: "this text")]
    let rows = options.map { option in
        let name = (option.short.map { "\($0), " } ?? "") + option.name + (option.value.map { " \($0)" } ?? "")
        return (name, option.help)
    }
    return """
        Usage: relayctl \(command.name)\(command.synopsis.isEmpty ? "" : " " + command.synopsis)

        \(command.discussion)

        Options:
        \(table(rows))
        """
}

/// Two columns, the second of which may have several lines.
private func table(_ rows: [(left: String, right: String)]) -> String {
    let width = (rows.map(\.left.count).max() ?? 0) + 2
    let lines = rows.map { row in
        let right = row.right.replacing("\n", with: "\n" + String(repeating: " ", count: width + 2))
        return "  " + row.left.padding(toLength: width, withPad: " ", startingAt: 0) + right
    }
    return lines.joined(separator: "\n")
}

/// A text on standard output, which is all that was asked for.
private func show(_ text: String) -> Int32 {
    print(text)
    return 0
}
