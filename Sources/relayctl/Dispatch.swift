import Foundation
import Relay

/// The commands, in the order of the help.
let commands: [any Subcommand.Type] = [Replay.self, Serve.self]

/// Finds the command that the first word names and runs it. Returns the exit status: 0, 1 (failed), 2 (usage).
func dispatch(_ words: [String]) -> Int32 {
    guard let first = words.first else {
        say(overview())
        return 2
    }
    switch first {
    case "--help", "-h":
        print(overview())
        return 0
    case "--version":
        print("relayctl \(relayVersion)")
        return 0
    case "help":
        guard words.count > 1 else {
            print(overview())
            return 0
        }
        guard let command = commands.first(where: { $0.name == words[1] }) else { return unknown(words[1]) }
        print(help(command))
        return 0
    default:
        guard let command = commands.first(where: { $0.name == first }) else { return unknown(first) }
        return run(command, Array(words.dropFirst()))
    }
}

private func run(_ command: any Subcommand.Type, _ words: [String]) -> Int32 {
    if words.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
        print(help(command))
        return 0
    }
    do {
        return try command.init(Arguments(words, options: command.options)).run()
    } catch let error as UsageError {
        say("relayctl \(command.name): \(error.message)")
        say("Usage: relayctl \(command.name) \(command.synopsis)")
        return 2
    } catch let error as Failure {
        say("relayctl \(command.name): \(error.message)")
        return 1
    } catch {
        say("relayctl \(command.name): \(error)")
        return 1
    }
}

private func unknown(_ word: String) -> Int32 {
    let near = nearest(to: word, among: commands.map { $0.name })
    say("relayctl: no command '\(word)'" + (near.map { "; did you mean '\($0)'?" } ?? ""))
    say("'relayctl --help' lists the commands.")
    return 2
}

private func overview() -> String {
    let width = (commands.map { $0.name.count }.max() ?? 0) + 2
    let list = commands.map { "  " + $0.name.padding(toLength: width, withPad: " ", startingAt: 0) + $0.summary }
    return """
        Usage: relayctl COMMAND [OPTION]...

        The operator's tool of the SecurityTrails relay.

        Commands:
        \(list.joined(separator: "\n"))

        'relayctl help COMMAND' says more. Exit status: 0, 1 (failed), 2 (usage).
        """
}

private func help(_ command: any Subcommand.Type) -> String {
    let options = command.options + [Option("--help", short: "-h", help: "This text.")]
    let rows = options.map { option in
        let names = (option.short.map { "\($0), " } ?? "") + option.name
        return (left: names + (option.value.map { " \($0)" } ?? ""), right: option.help)
    }
    let width = (rows.map { $0.left.count }.max() ?? 0) + 2
    let list = rows.map { row in
        let lines = row.right.split(separator: "\n", omittingEmptySubsequences: false)
        let indent = "\n" + String(repeating: " ", count: width + 2)
        return "  " + row.left.padding(toLength: width, withPad: " ", startingAt: 0) + lines.joined(separator: indent)
    }
    return """
        Usage: relayctl \(command.name) \(command.synopsis)

        \(command.discussion)

        Options:
        \(list.joined(separator: "\n"))
        """
}

/// A line on standard error.
func say(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}
