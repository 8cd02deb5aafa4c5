import Deployment
import Foundation
import HTTPClient
import JWT
import Loopback
import Relay

/// `relayctl jwt`: the JWT that carries the SecurityTrails API key, and the key that verifies it.
struct JWTCommand: Subcommand {
    static let name = "jwt"
    static let summary = "Make the JWT of the module and the SECRET_KEY of the function, or check them"
    static let synopsis =
        "STAGE [-f FILE|-] [--ttl TIME] [--secret-file FILE|-]\n                    [--set [--yes] [--profile NAME]] [--json]\n       relayctl jwt [STAGE] --check [--jwks-host HOST --audience TEXT] [--json]"
    static let discussion = """
        Asks for the SecurityTrails API key, signs it with a new random key, and prints
        the JWT for the module, the SECRET_KEY for the function, and the pages on which
        to enter them. On a terminal nothing that is entered is shown; elsewhere
        standard input is read, a line for each value. No secret is ever an argument.

          relayctl jwt dev
              asks for the API key
          relayctl jwt dev -f credentials.json
              takes {"key": "…"} from a file
          relayctl jwt dev --secret-file secret.txt
              signs a new API key, or a new time to live, with the SECRET_KEY as it is
          relayctl jwt dev --set
              sets the key on the function itself, and does not show it; on a terminal
              it asks before it replaces another
          relayctl jwt --check
              asks for a JWT and a SECRET_KEY, and says what the relay would say; an
              RS256 token of the platform's is checked with the keys of JWKS_HOST, which
              STAGE's settings or the options name
        """
    static let options = [
        Option("--file", short: "-f", value: "FILE|-", help: "take the values from a JSON object (-: standard input)"),
        Option("--ttl", value: "TIME", help: "let the JWT expire after this time: 90d, 12h, 30m, 8w"),
        Option("--secret-file", value: "FILE|-", help: "sign with the key in this file rather than a new one"),
        Option("--set", help: "set SECRET_KEY on the deployed function rather than print it"),
        Option("--yes", short: "-y", help: "do not ask before another SECRET_KEY is replaced"),
        profileOption,
        Option("--json", help: "print JSON"),
        Option("--check", help: "check a JWT; exit status 1 if the relay refuses it"),
        Option("--jwks-host", value: "HOST", help: "with --check: JWKS_HOST, whose keys sign the platform's tokens"),
        Option("--audience", value: "TEXT", help: "with --check: TOKEN_AUDIENCE, whom the platform's tokens are for"),
    ]

    private let task: Task
    private let json: Bool
    private let profile: String?

    private enum Task {
        case make(stage: String, credentials: String?, secret: String?, sets: Bool, isSure: Bool, timeToLive: Int?)
        case check(stage: String?, jwksHost: String?, audience: String?)
    }

    init(_ arguments: Arguments) throws {
        json = arguments.has("--json")
        profile = arguments.value(profileOption.name)
        if arguments.has("--check") {
            let others = ["--file", "--ttl", "--secret-file", "--set", "--yes", "--profile"].filter(arguments.has)
            guard others.isEmpty else { throw CommandError("--check takes no \(others.joined(separator: ", no "))") }
            task = .check(
                stage: arguments.positional.isEmpty ? nil : try arguments.only("STAGE"),
                jwksHost: arguments.value("--jwks-host"),
                audience: arguments.value("--audience")
            )
            return
        }
        for option in ["--jwks-host", "--audience"] where arguments.has(option) {
            throw CommandError("\(option) belongs to --check")
        }
        let (credentials, secret) = (arguments.value("--file"), arguments.value("--secret-file"))
        guard credentials != "-" || secret != "-" else {
            throw CommandError("--file and --secret-file can't both be standard input")
        }
        if arguments.has("--yes"), !arguments.has("--set") { throw CommandError("--yes belongs to --set") }
        if profile != nil, !arguments.has("--set") { throw CommandError("--profile belongs to --set") }
        task = .make(
            stage: try arguments.only("STAGE"),
            credentials: credentials,
            secret: secret,
            sets: arguments.has("--set"),
            isSure: arguments.has("--yes"),
            timeToLive: try arguments.duration("--ttl")
        )
    }
}

extension JWTCommand {
    func run(_ context: Context) throws -> Int32 {
        switch task {
        case .make(let stage, let credentials, let secret, let sets, let isSure, let timeToLive):
            let settings = try SettingsFile(context.file(SettingsFile.name)).stage(stage)
            let module = try ModuleSettings(context.file(ModuleSettings.name))
            let (deployment, issue) = try context.quietly {
                let deployment = sets ? try onAWS(context, settings, profile: profile) : nil
                if let deployment, try deployment.hasSecretKey(), !isSure {
                    try confirmReplacement(in: settings, context)
                }
                let issue = try JWTIssue(
                    values: try credentials.map { try read(module.fields, from: context.secretFile($0)) }
                        ?? ask(for: module.fields, context),
                    secret: try secret.map { try context.secretKey(from: $0) },
                    setsSecret: sets,
                    timeToLive: timeToLive,
                    now: context.now()
                )
                return (deployment, issue)
            }
            try checkThatTheRelayAccepts(issue)
            context.warnOfWeakness(issue.secret)
            let url = try deployment?.set(secretKey: issue.secret)
            if json {
                context.print(json: try prettyJSON(issue.summary(module, settings, url: url)))
            } else {
                context.print(issue.text(module, settings, url: url))
            }
            if sets {
                context.sayNext(["relayctl", "check", stage] + (profile.map { [profileOption.name, $0] } ?? []))
            }
            return 0
        case .check(let stage, let jwksHost, let audience):
            return try check(context, stage: stage, jwksHost: jwksHost, audience: audience)
        }
    }

    /// Where somebody is there to ask.
    private func confirmReplacement(in settings: StageSettings, _ context: Context) throws {
        guard context.streams.isInputTerminal else { return }
        context.say(
            "\(settings.functionName) has a SECRET_KEY; with another, the JWTs that were made so far are refused."
        )
        guard context.confirms("Replace it?") else { throw CommandError("nothing was changed", .failed) }
    }

    /// Says what the relay would say to a JWT. The API key in it is not shown.
    private func check(_ context: Context, stage: String?, jwksHost: String?, audience: String?) throws -> Int32 {
        let token = try context.secret("JWT")
        let authorization: Authorization
        if (try? Token(token))?.algorithm == .rs256 {
            let variables = try stage.map { try SettingsFile(context.file(SettingsFile.name)).stage($0).environment }
            let platform = try platform(
                host: jwksHost ?? variables?["JWKS_HOST"],
                audience: audience ?? variables?["TOKEN_AUDIENCE"],
                context
            )
            authorization = Authorization(secretKey: nil, platform: platform)
        } else {
            authorization = Authorization(secretKey: try context.secret("SECRET_KEY"))
        }
        var refusal: String?
        do throws(AuthorizationError) {
            guard !token.contains(where: \.isWhitespace) else { throw .wrongType }
            _ = try authorization.caller(ofToken: token, until: .now + 10)
        } catch {
            refusal = "Authorization failed: " + error.message
        }
        let message = refusal ?? "The relay accepts this JWT."
        if json {
            context.print(json: try prettyJSON(Verdict(accepted: refusal == nil, message: message)))
        } else {
            context.print(message)
        }
        return refusal == nil ? 0 : 1
    }

    /// Whose RS256 tokens the relay takes.
    private func platform(host: String?, audience: String?, _ context: Context) throws(CommandError) -> Platform {
        var variables = context.environment.filter { ["SSL_CERT_FILE", "SSL_CERT_DIR"].contains($0.key) }
        variables["JWKS_HOST"] = host
        variables["TOKEN_AUDIENCE"] = audience
        do throws(Configuration.Invalid) {
            if let platform = try Platform(environment: variables) { return platform }
        } catch {
            throw CommandError(error.message)
        }
        throw CommandError("this is an RS256 token; name JWKS_HOST and TOKEN_AUDIENCE with --jwks-host and --audience")
    }

    private struct Verdict: Encodable {
        let accepted: Bool
        let message: String
    }

    /// API Gateway takes 10,240 bytes of headers together
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html); what is left is for the others.
    private static let longestToken = 8192

    private func checkThatTheRelayAccepts(_ issue: JWTIssue) throws(CommandError) {
        let size = issue.token.utf8.count
        guard size <= Self.longestToken else {
            throw CommandError(
                "the JWT would have \(size) bytes, and API Gateway takes 10240 of headers; is this the key?"
            )
        }
        do {
            _ = try Authorization(secretKey: issue.secret).caller(ofToken: issue.token, until: .now)
        } catch {
            let cause = error == .badKey ? "; an API key holds only visible ASCII characters" : ""
            throw CommandError("the relay would refuse this JWT: \(error.message)\(cause)")
        }
    }

    private func ask(for fields: [ModuleSettings.Field], _ context: Context) throws -> [String: String] {
        var values: [String: String] = [:]
        for field in fields { values[field.name] = try context.secret(field.prompt) }
        return values
    }

    /// The fields' values from a JSON object, which holds them all and nothing else.
    private func read(_ fields: [ModuleSettings.Field], from file: InputFile) throws -> [String: String] {
        guard let members = try file.json().object else {
            throw CommandError("\(file.name): takes an object, {\"\(fields[0].name)\": \"…\"}")
        }
        var values: [String: String] = [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard fields.contains(where: { $0.name == name }) else {
                let near = nearest(to: name, among: fields.map(\.name)).map { "; did you mean '\($0)'?" }
                throw CommandError("\(file.name): unknown field '\(name)'" + (near ?? ""))
            }
            guard let value = value.string, !value.isEmpty else {
                throw CommandError("\(file.name): \(name): takes a string that is not empty")
            }
            values[name] = value
        }
        for field in fields where values[field.name] == nil {
            throw CommandError("\(file.name): \(field.name): is missing (\(field.prompt))")
        }
        return values
    }
}
