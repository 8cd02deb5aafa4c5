import Deployment
import Relay

/// The commands, in the order of the help.
let commands: [any Subcommand.Type] = [
    ReplayCommand.self,
    ServeCommand.self,
    InvestigateCommand.self,
    BenchCommand.self,
    PackageCommand.self,
    JWTCommand.self,
    ModuleCommand.self,
    PoliciesCommand.self,
    DeployCommand.self,
    UpdateCommand.self,
    CheckCommand.self,
    StatusCommand.self,
    TailCommand.self,
    RollbackCommand.self,
    UndeployCommand.self,
]

/// Runs the command that the first word names. Returns the exit status: 0, 1 (failed), 2 (usage).
func dispatch(_ words: [String], _ context: Context) -> Int32 {
    var name = "relayctl"
    do {
        let status = try run(words, context, naming: &name)
        return context.streams.exitStatus(status)
    } catch {
        let error = CommandError(error, context)
        context.say("\(name): \(error.message)")
        return error.exitStatus
    }
}

/// - Parameter name: what a message begins with.
private func run(_ words: [String], _ context: Context, naming name: inout String) throws -> Int32 {
    guard let first = words.first else {
        context.say(Help.overview)
        return 2
    }
    switch first {
    case "--help", "-h", "--version", "help":
        try showHelp(words, context)
        return 0
    case _ where first.hasPrefix("-"):
        let near = nearest(to: first, among: ["--help", "--version"]).map { "did you mean \($0)?" }
        throw CommandError("unknown option \(first); " + (near ?? "see 'relayctl --help'"), .badInput)
    default:
        let command = try command(first)
        let rest = Array(words.dropFirst())
        if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
            context.print(Help.text(of: command))
            return 0
        }
        name = "relayctl \(command.name)"
        return try command.init(Arguments(rest, options: command.options)).run(context)
    }
}

private func showHelp(_ words: [String], _ context: Context) throws {
    let isOfCommand = words[0] == "help" && words.count > 1
    let most = isOfCommand ? 2 : 1
    let isOfMeasurement = isOfCommand && words[1] == BenchCommand.name && words.count == 3
    guard words.count <= most || isOfMeasurement && BenchCommand.measures(words[2]) else {
        let known = words[..<most].joined(separator: " ")
        throw CommandError("\(known) takes nothing after it; see 'relayctl --help'", .badInput)
    }
    if words[0] == "--version" {
        context.print("relayctl \(relayVersion)")
    } else {
        context.print(isOfCommand ? Help.text(of: try command(words[1])) : Help.overview)
    }
}

private func command(_ name: String) throws -> any Subcommand.Type {
    if let command = commands.first(where: { $0.name == name }) { return command }
    let near = nearest(to: name, among: commands.map { $0.name } + ["help"]).map { "did you mean '\($0)'?" }
    throw CommandError("no command '\(name)'; " + (near ?? "see 'relayctl --help'"), .badInput)
}
