import Foundation
import Investigation
import LocalLambda
import Loopback

/// `relayctl serve`: the relay behind one of AWS's gateways, on a port of this machine.
struct ServeCommand: Subcommand {
    static let name = "serve"
    static let summary = "Run the relay on this machine behind a gateway like AWS's"
    static let synopsis = "[OPTION]..."
    static let discussion = """
        Starts the relay's executable under a Lambda Runtime API on loopback, and answers HTTP on loopback as the gateway
        would: a request becomes the full event, and the relay's response the HTTP answer. What AWS would refuse is
        refused, with the reason; invocations time out as on Lambda, and end with Lambda's REPORT line. The process is
        started again if it crashes, if it takes too long, and if the executable changes. Ctrl-C ends everything.

        The relay gets the variables of --env-file, and none of the shell's. Without SECURITYTRAILS_API_URL among them,
        a stand-in with a few made-up domains answers for SecurityTrails. Without SECRET_KEY, one is made up, and a token
        of it is shown.

        The page at http://127.0.0.1:9000/ asks the relay about whatever you paste. With a SECRET_KEY of yours, it needs
        the module's JWT: RELAY_JWT in the same file.

          curl -X POST localhost:9000/dev/version
        """
    static let options = [
        Option("--port", value: "PORT", help: "the port on 127.0.0.1 (default: 9000; 0: any)"),
        Option("--gateway", value: "KIND", help: "rest, http, url or alb (default: rest)"),
        Option("--stage", value: "NAME", help: "the stage of rest and http, which paths begin with (default: dev)"),
        Option("--multi-value-headers", help: "alb: as that attribute of the target group"),
        Option("--timeout", value: "SECONDS", help: "an invocation's time (default: 30)"),
        Option("--memory", value: "MB", help: "what the function is told that it has (default: 512)"),
        environmentFileOption,
        Option("--exec", value: "PATH", help: "the executable (default: 'bootstrap' beside relayctl)"),
        Option("--freeze", help: "stop the process between invocations, as Lambda does"),
        Option("--concurrency", value: "N", help: "invocations at once in one process (Managed Instances)"),
        Option("--processes", value: "N", help: "processes at once, one invocation each (on demand; default: 1)"),
    ]

    private let port: Int
    private let gateway: LocalGateway
    private let function: LambdaFunction
    private let environmentFile: String?
    private let executable: String?
    private let freezes: Bool
    private let processes: Int

    init(_ arguments: Arguments) throws {
        if let word = arguments.positional.first { throw CommandError("takes options only, not '\(word)'") }
        let kinds = GatewayKind.allCases.map(\.rawValue).joined(separator: ", ")
        guard let kind = GatewayKind(rawValue: arguments.value("--gateway") ?? "rest") else {
            throw CommandError("--gateway takes one of \(kinds), not '\(arguments.value("--gateway") ?? "")'")
        }
        guard kind.hasStages || !arguments.has("--stage") else {
            throw CommandError("--stage goes with --gateway rest or http only")
        }
        let stage = arguments.value("--stage") ?? "dev"
        guard stage.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil || (kind == .http && stage == "$default") else {
            throw CommandError("--stage takes letters, digits, - and _ (and $default for http), not '\(stage)'")
        }
        let hasMultiValueHeaders = arguments.has("--multi-value-headers")
        guard kind == .alb || !hasMultiValueHeaders else {
            throw CommandError("--multi-value-headers goes with --gateway alb only")
        }
        gateway = LocalGateway(kind, stage: stage, hasMultiValueHeaders: hasMultiValueHeaders)
        port = try arguments.number("--port", default: 9000, in: 0...65_535)
        processes = try arguments.number("--processes", default: 1, in: 1...64)
        function = LambdaFunction(
            memory: try arguments.number("--memory", default: 512, in: 128...10_240),
            timeout: Double(try arguments.number("--timeout", default: 30, in: 1...900)),
            concurrency: try arguments.number("--concurrency", default: 1, in: 1...64)
        )
        freezes = arguments.has("--freeze")
        executable = arguments.value("--exec")
        environmentFile = arguments.value(environmentFileOption.name)
        if function.concurrency > 1, processes > 1 || freezes {
            throw CommandError("--concurrency goes with neither --processes nor --freeze")
        }
    }

    func run(_ context: Context) throws -> Int32 {
        let output = ServeOutput(context: context, gateway: gateway, function: function)
        let executable = try Executable.besideThis(orAt: executable.map(context.file))
        let variables = try context.relayVariables(environmentFile)
        Remains.expectSignal()
        let demonstration = try Demonstration(environment: variables)
        defer { demonstration.stop() }
        let pool = pool(context, executable, variables: demonstration.variables)
        defer { pool.stop() }
        try pool.start()
        let page = PageServer()
        let server = try GatewayServer(
            gateway,
            port: port,
            pool: pool,
            page: page.reply,
            answered: output.show,
            reported: output.report
        )
        defer { server.stop() }
        try show(page, port: server.port, demonstration, context)
        let watch = FileWatch(executable) {
            output.announce("The executable has changed: the next invocation starts the new one.")
            pool.restart()
        }
        defer { watch.stop() }

        output.introduce(executable, port: server.port, demonstration)
        Remains.waitForSignal()
        output.announce("Stopped.")
        return 0
    }

    /// Has the page ask the relay that is served.
    private func show(_ page: PageServer, port: Int, _ demonstration: Demonstration, _ context: Context) throws {
        let url = "http://127.0.0.1:\(port)\(gateway.prefix)"
        let standIn = demonstration.standIn
        page.ask(
            PageServer.Relay(
                try RelayClient.Address(url: url, token: demonstration.token),
                name: "the relay on this machine",
                isDemonstration: standIn != nil,
                environment: context.environment,
                queryCount: { standIn?.requests.count }
            )
        )
    }

    private func pool(_ context: Context, _ executable: String, variables: [String: String]) -> EnvironmentPool {
        var function = function
        function.variables = variables
        let environments = (0..<processes).map { _ in
            ExecutionEnvironment(
                executable: executable,
                function: function,
                freezes: freezes,
                output: context.streams.errors
            )
        }
        return EnvironmentPool(environments, concurrency: function.concurrency)
    }
}
