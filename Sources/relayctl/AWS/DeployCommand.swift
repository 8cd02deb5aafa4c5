import Deployment
import Foundation
import LocalLambda
import Relay

/// `relayctl deploy`: the zip to a URL, again and again.
struct DeployCommand: Subcommand {
    static let name = "deploy"
    static let summary = "Deploy the relay to AWS, or put right what is not"
    static let synopsis = "STAGE [OPTION]..."
    static let discussion = """
        Brings the function, its log group, its REST API and the permission between
        them to what zappa_settings.json says, and changes nothing that is right
        already. The URL goes to standard output, everything else to standard error.
        Environment variables that the settings do not name stay.

          relayctl deploy dev
        """
    static let options = deploymentOptions

    private let request: DeploymentRequest

    init(_ arguments: Arguments) throws {
        request = try DeploymentRequest(arguments)
    }

    func run(_ context: Context) throws -> Int32 {
        try request.deploy(onlyUpdates: false, context)
    }
}

let deploymentOptions = [
    Option(
        "--zip",
        value: "FILE",
        help: "the zip (default: \(packagedZip), packaged again if the sources are newer)"
    ),
    Option("--dry-run", help: "show what would change; change nothing"),
    Option("--no-verify", help: "do not call the URL at the end"),
    Option("--replace", help: "replace a function of that name that is not the relay"),
    apiOption,
    profileOption,
    Option("--verbose", short: "-v", help: "say which settings have no effect"),
]

/// What `deploy` and `update` were asked for.
struct DeploymentRequest {
    private let stage: String
    /// The zip that was named, if one was.
    private let zip: String?
    private let isDryRun: Bool
    private let verifies: Bool
    private let replacesOthers: Bool
    private let api: String?
    private let profile: String?
    private let isVerbose: Bool

    init(_ arguments: Arguments) throws {
        stage = try arguments.only("STAGE")
        zip = arguments.value("--zip")
        api = arguments.value(apiOption.name)
        profile = arguments.value(profileOption.name)
        replacesOthers = arguments.has("--replace")
        isDryRun = arguments.has("--dry-run")
        verifies = !arguments.has("--no-verify")
        isVerbose = arguments.has("--verbose")
    }

    func deploy(onlyUpdates: Bool, _ context: Context) throws -> Int32 {
        let settings = try SettingsFile(context.file(SettingsFile.name)).stage(stage)
        if isVerbose {
            for (key, reason) in settings.withoutEffect.sorted(by: { $0.key < $1.key }) {
                context.say("note: \(key) has no effect: \(reason)")
            }
        }
        try checkThatTheRelayTakes(settings.environment)
        warnOfDetours(settings.environment, context)
        let deployment = try onAWS(
            context,
            settings,
            profile: profile,
            isDryRun: isDryRun,
            replacesOthers: replacesOthers,
            api: api
        )
        if zip == nil { try packageIfNeeded(context) }
        let package = try DeploymentPackage(path: context.absolute(zip ?? packagedZip))
        guard let relay = try deployment.deploy(package, onlyUpdates: onlyUpdates) else { return 0 }
        context.print(relay.url)
        guard !isDryRun else { return 0 }
        if verifies { try deployment.verify(relay.url) }
        let next = relay.hasKey ? ["check", stage] : ["jwt", stage, "--set"]
        context.sayNext(["relayctl"] + next + (profile.map { [profileOption.name, $0] } ?? []))
        return 0
    }

    /// A variable that keeps the relay from starting, or that it would pass over, is better found here.
    private func checkThatTheRelayTakes(_ variables: [String: String]) throws {
        let place = "zappa_settings.json: \(stage): aws_environment_variables: "
        do {
            _ = try Configuration(environment: variables)
        } catch {
            throw CommandError(place + error.message)
        }
        for name in ["NUMBER_OF_PAGES", "REQUESTS_PER_SECOND"] {
            guard let value = variables[name], value.wholeMatch(of: /[0-9]*/) == nil else { continue }
            throw CommandError("\(place)\(name) takes a whole number, not '\(value)'")
        }
    }

    /// Customers' API keys are sent where these say, or to whom these trust.
    private func warnOfDetours(_ variables: [String: String], _ context: Context) {
        let detours = [
            "ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "SECURITYTRAILS_API_URL", "SSL_CERT_DIR", "SSL_CERT_FILE",
        ]
        for name in variables.keys.sorted() where detours.contains(name.uppercased()) {
            context.say(
                "warning: zappa_settings.json: \(stage): aws_environment_variables: \(name): "
                    + "decides who sees your customers' SecurityTrails keys"
            )
        }
    }

    private func packageIfNeeded(_ context: Context) throws {
        guard let package = Executable.packageFolder(from: context.workingDirectory), Packaging.isOutdated(package)
        else { return }
        _ = try Packaging(package: package, version: relayVersion) { context.say($0 + " …") }.run()
    }
}
