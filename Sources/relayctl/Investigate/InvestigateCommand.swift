import Deployment
import Extraction
import Foundation
import Investigation
import Loopback

/// `relayctl investigate`: what an analyst sees.
struct InvestigateCommand: Subcommand {
    static let name = "investigate"
    static let summary = "Ask a relay about the observables in a text, and show what an analyst sees"
    static let synopsis = "[--stage STAGE | --url URL] [OPTION]... [TEXT]..."
    static let discussion = """
        Finds IP addresses, domain names and e-mail addresses in the text, or in standard
        input if there is no text, asks the relay about them as Cisco's platform does, and
        prints what they are related to as a tree.

          relayctl investigate example.com             the relay on this machine
          relayctl investigate --stage dev <mail.eml   the deployed relay
          relayctl investigate --stage dev --web       the same, in a browser

        The relay on this machine gets the variables of --env-file, and none of the shell's. Without
        SECURITYTRAILS_API_URL among them, SecurityTrails is made up.
        A deployed relay is asked with the module's JWT: that in RELAY_JWT or in --jwt-file, or you are asked for it.
        Every observable costs queries of SecurityTrails. Before an investigation costs more than 25, you are asked.

        Exit status: 0 (something was found), 3 (nothing was found), 1 (failed), 2 (usage).
        """
    static let options = [
        Option("--stage", value: "STAGE", help: "ask the relay that is deployed for this stage"),
        Option("--url", value: "URL", help: "ask the relay at this URL"),
        Option("--jwt-file", value: "FILE", help: "the file with the module's JWT"),
        environmentFileOption,
        Option("--yes", short: "-y", help: "do not ask before many queries are made"),
        Option("--all", help: "print all related values, and not the first 10 only"),
        Option("--json", help: "print JSON"),
        Option("--csv", help: "print CSV, a row for each relation"),
        Option("--dot", help: "print a graph for Graphviz"),
        Option("--markdown", help: "print Markdown, for a ticket"),
        Option("--web", help: "show a page in the browser instead"),
        Option("--port", value: "PORT", help: "the page's port on 127.0.0.1 (default: any that is free)"),
        Option("--exec", value: "PATH", help: "the relay's executable (default: 'bootstrap' beside relayctl)"),
    ]

    private enum Format: String, CaseIterable {
        case json = "--json"
        case csv = "--csv"
        case dot = "--dot"
        case markdown = "--markdown"
    }

    private let target: InvestigatedRelay.Target
    private let tokenFile: String?
    private let isSure: Bool
    private let texts: [String]
    private let format: Format?
    private let showsAll: Bool
    private let isWeb: Bool
    private let port: Int

    init(_ arguments: Arguments) throws {
        texts = arguments.positional
        tokenFile = arguments.value("--jwt-file")
        isSure = arguments.has("--yes")
        showsAll = arguments.has("--all")
        isWeb = arguments.has("--web")
        port = try arguments.number("--port", default: 0, in: 0...65_535)
        let formats = Format.allCases.filter { arguments.has($0.rawValue) }
        guard formats.count < 2 else {
            throw CommandError("\(formats[0].rawValue) and \(formats[1].rawValue) can't go together")
        }
        format = formats.first
        switch (arguments.value("--stage"), arguments.value("--url")) {
        case (nil, nil):
            target = .here(
                executable: arguments.value("--exec"),
                environmentFile: arguments.value(environmentFileOption.name)
            )
        case (let stage?, nil): target = .stage(stage)
        case (nil, let url?):
            do throws(InvestigationError) {
                _ = try RelayClient.Address(url: url, token: nil)
            } catch {
                throw CommandError("--url: \(error.description)")
            }
            target = .url(url)
        default: throw CommandError("--stage and --url can't go together")
        }
        if case .here = target {
        } else if let option = ["--exec", environmentFileOption.name].first(where: arguments.has) {
            throw CommandError("\(option) is for the relay on this machine")
        }
        if isWeb {
            guard formats.isEmpty, texts.isEmpty else { throw CommandError("--web takes neither a text nor a format") }
        } else if arguments.has("--port") {
            throw CommandError("--port goes with --web")
        }
        if texts.isEmpty, tokenFile == "-", !isWeb {
            throw CommandError("the text and the JWT can't both be standard input")
        }
    }

    func run(_ context: Context) throws -> Int32 {
        try isWeb ? serve(context) : print(context)
    }

    // MARK: - On the terminal

    private func print(_ context: Context) throws -> Int32 {
        let text = try readText(context)
        let observables = TextObservables(in: text)
        report(observables, context)
        guard !observables.found.isEmpty else {
            if format == .json {
                context.print(json: json(Findings(observables: []), observables, queries: 0))
            }
            return 3
        }
        let variables = try target.variables(context)
        try confirm(observables.found, variables, context)
        let relay = try InvestigatedRelay(target, context, variables, token: readToken(variables, context))
        defer { relay.stop() }
        if !relay.address.isHere { try context.checkProxy() }
        let progress = InvestigationProgress(context, count: observables.found.count)
        let findings: Findings
        do throws(InvestigationError) {
            defer { progress.end() }
            let client = try RelayClient(relay.address, environment: context.environment)
            findings = try client.investigate(observables.found, progress: progress.show)
        } catch {
            throw CommandError(error.description, .failed)
        }
        let queries = relay.queryCount()
        switch format {
        case .json: context.print(json: json(findings, observables, queries: queries))
        case .csv: _ = context.streams.writeToOutput(findings.csv)
        case .dot: context.printAsIs(findings.dot)
        case .markdown: context.printAsIs(findings.markdown(limit: limit))
        case nil:
            context.printAsIs(findings.tree(limit: limit, isColored: !context.isPlain(context.streams.output)))
            let asked = observables.found.filter { !findings.unasked.contains($0.value) }
            let estimate = QueryCost(variables: variables).queries(asked)
            let cost = counted(queries ?? estimate, "query", plural: "queries")
            context.say("This cost \(queries == nil ? "about " : "")\(cost) of SecurityTrails.")
            if relay.isDemonstration {
                context.say("SecurityTrails is made up: --env-file names no SECURITYTRAILS_API_URL.")
            }
        }
        if !findings.isEmpty { return 0 }
        return findings.hasErrors ? 1 : 3
    }

    /// How many related values of a sighting are shown; nil: all.
    private var limit: Int? {
        showsAll ? nil : 10
    }

    /// - Parameter queries: what it cost; nil if nobody knows.
    private func json(_ findings: Findings, _ observables: TextObservables, queries: Int?) -> String {
        var report = findings.json(leftOut: observables.leftOut)
        report["queries"] = queries.map(JSONValue.integer)
        return String(decoding: report.text(pretty: true), as: UTF8.self)
    }

    /// Asks before much of a quota is spent.
    private func confirm(
        _ observables: [TextObservables.Observable],
        _ variables: [String: String],
        _ context: Context
    ) throws {
        if case .here = target, variables["SECURITYTRAILS_API_URL"]?.isEmpty != false { return }
        let queries = QueryCost(variables: variables).queries(observables)
        guard queries > QueryCost.limit, !isSure else { return }
        let cost = "\(counted(observables.count, "observable")) cost about \(queries) queries of SecurityTrails"
        guard context.streams.isInputTerminal else { throw CommandError("\(cost); use --yes to ask about them all") }
        context.say("\(cost), which count against your quota.")
        guard context.confirms("Go on?") else { throw CommandError("nothing was asked", .failed) }
    }

    private func readText(_ context: Context) throws -> String {
        if !texts.isEmpty { return texts.joined(separator: "\n") }
        if context.streams.isInputTerminal { context.say("Enter the text; Ctrl-D ends it.") }
        return String(decoding: try context.file("-").contents(limit: 64 << 20), as: UTF8.self)
    }

    /// What was found and left out, in a line each; only if nobody reads it as data.
    private func report(_ observables: TextObservables, _ context: Context) {
        guard format == nil else { return }
        if observables.found.isEmpty { context.say("The text holds no observables.") }
        for leftOut in observables.leftOut.prefix(10) {
            context.say("left out: \(leftOut.value): \(leftOut.reason.rawValue)")
        }
        let others = observables.leftOutCount - min(observables.leftOut.count, 10)
        if others > 0 { context.say("left out: \(others) more; --json lists them") }
    }

    /// The JWT of a relay elsewhere, or of a SECRET_KEY of the operator's; nil if the relay here makes one up.
    private func readToken(_ variables: [String: String], _ context: Context) throws -> String? {
        if case .here = target, tokenFile == nil {
            if variables["SECRET_KEY"]?.isEmpty != false { return nil }
            if let token = variables["RELAY_JWT"], !token.isEmpty { return token }
        }
        return try context.moduleJWT(file: tokenFile)()
    }

    // MARK: - In the browser

    private func serve(_ context: Context) throws -> Int32 {
        Remains.expectSignal()
        let variables = try target.variables(context)
        let relay = try InvestigatedRelay(target, context, variables, token: readToken(variables, context))
        defer { relay.stop() }
        let page = PageServer()
        var limits = HTTPServer.Limits()
        limits.body = 16 << 20
        let server = try HTTPServer(port: port, limits: limits) { request in
            page.reply(to: request) ?? .json(404, ["message": "Not found."])
        }
        defer { server.stop() }
        page.ask(relay.page)
        let address = "http://127.0.0.1:\(server.port)/"
        context.print("\(address) shows the page. It asks \(relay.name).")
        context.print("Ctrl-C ends it.")
        openInBrowser(address, context)
        Remains.waitForSignal()
        context.print("Stopped.")
        return 0
    }

    /// Opens the page if there is a desktop; whoever is at another machine has the address.
    private func openInBrowser(_ address: String, _ context: Context) {
        let environment = context.environment
        guard environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["xdg-open", address]
        process.environment = Tool.withoutSecrets(environment)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try? process.run()
    }
}
