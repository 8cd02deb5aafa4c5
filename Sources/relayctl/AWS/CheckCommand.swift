import Deployment
import Foundation
import HTTPClient
import Investigation
import Relay

/// `relayctl check`: whether a deployed relay answers the platform, and if not, why.
struct CheckCommand: Subcommand {
    static let name = "check"
    static let summary = "Call the deployed relay, and say what is wrong if it does not answer well"
    static let synopsis = "STAGE | --url URL [OPTION]..."
    static let discussion = """
        Calls /version and then, with the module's JWT, /health, as Cisco XDR does, and
        says how long each took. If an answer is not what it should be, it says what it
        means and what to do; if the function failed, it looks into its log. The JWT is
        that in RELAY_JWT or in --jwt-file, or you are asked for it. It is sent only if
        the relay answers /version. /health costs one query of SecurityTrails.

          relayctl check dev
          relayctl check --url https://ID.execute-api.us-east-1.amazonaws.com/dev

        Exit status: 0 (all is well), 1 (it is not), 2 (usage).
        """
    static let options = [
        Option("--url", value: "URL", help: "check the relay at this URL, without asking AWS"),
        Option("--jwt-file", value: "FILE", help: "the file with the module's JWT"),
        apiOption,
        profileOption,
    ]

    private enum Target {
        case stage(String, api: String?, profile: String?)
        case url(String)
    }

    private let target: Target
    private let tokenFile: String?

    init(_ arguments: Arguments) throws {
        tokenFile = arguments.value("--jwt-file")
        let (api, profile) = (arguments.value(apiOption.name), arguments.value(profileOption.name))
        guard let url = arguments.value("--url") else {
            target = .stage(try arguments.only("STAGE"), api: api, profile: profile)
            return
        }
        guard arguments.positional.isEmpty, api == nil, profile == nil else {
            throw CommandError("--url goes without STAGE, --api and --profile")
        }
        target = .url(url)
    }

    func run(_ context: Context) throws -> Int32 {
        let token = try context.moduleJWT(file: tokenFile)
        let (url, deployment) = try find(context)
        let address = try address(url, token: nil)
        context.print(address.url)
        if !address.isHere { try context.checkProxy() }
        let probe: RelayProbe
        do throws(HTTPError) {
            probe = try RelayProbe(url: address.url, isHere: address.isHere, environment: context.environment)
        } catch {
            throw CommandError(error.reason, .failed)
        }
        let report = CheckReport(context, deployment: deployment, stage: stage)
        guard let version = report.show("/version", probe.version(timeout: Self.timeout)) else { return 1 }
        if version != relayVersion {
            context.say("note: the relay has version \(version), and this relayctl \(relayVersion)")
        }
        let health = probe.health(token: try self.address(url, token: token()).token ?? "", timeout: Self.timeout)
        guard report.show("/health", health) != nil else { return 1 }
        context.print("The relay answers, takes the JWT, and SecurityTrails takes the API key in it.")
        return 0
    }

    /// Seconds; API Gateway ends a call after 29.
    private static let timeout = 35.0

    /// What messages call the stage.
    private var stage: String {
        if case .stage(let stage, _, _) = target { stage } else { "STAGE" }
    }

    private func find(_ context: Context) throws -> (url: String, deployment: RelayDeployment?) {
        switch target {
        case .url(let url): return (url, nil)
        case .stage(let stage, let api, let profile):
            let settings = try SettingsFile(context.file(SettingsFile.name)).stage(stage)
            let deployment = try onAWS(context, settings, profile: profile, api: api)
            return (try deployment.url(), deployment)
        }
    }

    private func address(_ url: String, token: String?) throws(CommandError) -> RelayClient.Address {
        do throws(InvestigationError) {
            return try RelayClient.Address(url: url, token: token)
        } catch {
            throw CommandError((token == nil ? "--url: " : "") + error.description)
        }
    }
}

/// What `check` prints.
private struct CheckReport {
    private let context: Context
    private let deployment: RelayDeployment?
    private let stage: String

    init(_ context: Context, deployment: RelayDeployment?, stage: String) {
        (self.context, self.deployment, self.stage) = (context, deployment, stage)
    }

    /// Prints an answer, and what it means if it is not what it should be. Returns what it says if it is.
    func show(_ path: String, _ answer: RelayProbe.Answer) -> String? {
        let time = "(\((answer.seconds * 100).rounded() / 100) s)"
        let name = path.padding(toLength: 9, withPad: " ", startingAt: 0)
        switch answer.result {
        case .success(let value):
            context.print("✓ \(name) \(path == "/version" ? "version \(value)" : value) \(time)")
            return value
        case .failure(let trouble):
            context.print("✗ \(name) \(trouble.seen) \(time)")
            explain(trouble, seconds: answer.seconds)
            return nil
        }
    }

    private func explain(_ trouble: Trouble, seconds: Double) {
        guard trouble.isInLog, let deployment else { return printMeaning(trouble.meaning) }
        do throws(AWSError) {
            // A minute for clocks that differ.
            let start = context.now().addingTimeInterval(-seconds - 60)
            let finding = try deployment.reasonInLog(since: start, patience: 10)
            if case .record(let record, _) = finding { context.print("  its log: \(record)") }
            printMeaning(finding.meaning)
        } catch {
            printMeaning(trouble.meaning)
            context.say("note: its log can't be read: \(error.explanation(context))")
        }
    }

    private func printMeaning(_ text: String) {
        context.print("  " + text.replacing("STAGE", with: stage))
    }
}
