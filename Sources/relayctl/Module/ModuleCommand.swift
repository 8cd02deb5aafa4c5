import Deployment
import Foundation

/// `relayctl module`: the module type for Cisco XDR.
struct ModuleCommand: Subcommand {
    static let name = "module"
    static let summary = "Print a module type for Cisco XDR"
    static let synopsis = """
        STAGE [--url URL] [--auth bearer|rs256]
                              [--jwks-host HOST] [--output FILE]
               relayctl module STAGE [--url URL] --auth hs256 --secret-file FILE|-
                              [--output FILE]
        """
    static let discussion = """
        Makes the JSON of a module type of this relay: its texts, its form, what it can
        do, the relay's URL, and how the platform is authorized. The generic serverless
        relay of Cisco XDR does without; see 'relayctl jwt'. Three ways to authorize:

          bearer   the form asks for the JWT that 'relayctl jwt' made
          rs256    the form asks for the API key; the platform signs tokens with a key
                   of its own. The function needs JWKS_HOST and TOKEN_AUDIENCE.
          hs256    the same; the platform signs with SECRET_KEY, which then stands in
                   the module type. It is written to a file that only you can read, and
                   never printed.

          relayctl module dev --url https://ID.execute-api.us-east-1.amazonaws.com/dev
          relayctl module dev --url URL --auth hs256 --secret-file secret.txt
        """
    static let options = [
        Option("--url", value: "URL", help: "the relay's URL, as the deployment printed it"),
        Option("--auth", value: "KIND", help: "bearer (the default), rs256 or hs256"),
        Option("--jwks-host", value: "HOST", help: "rs256: the platform's host; the default is that of the AWS region"),
        Option("--secret-file", value: "FILE|-", help: "hs256: the SECRET_KEY (-: a line of standard input)"),
        Option(
            "--output",
            short: "-o",
            value: "FILE",
            help: "write a new file; the default of hs256 is module_type.json"
        ),
    ]

    private enum Kind: String, CaseIterable {
        case bearer, hs256, rs256
    }

    private let stage: String
    private let url: String?
    private let kind: Kind
    private let keysHost: String?
    private let secretFile: String?
    private let output: String?

    init(_ arguments: Arguments) throws {
        stage = try arguments.only("STAGE")
        url = try arguments.value("--url").map { url throws(CommandError) in
            guard let parts = URLComponents(string: url), parts.scheme == "https", parts.host?.isEmpty == false,
                parts.query == nil, parts.fragment == nil, parts.user == nil
            else { throw CommandError("--url takes an https URL without a query") }
            return url.hasSuffix("/") ? String(url.dropLast()) : url
        }
        guard let kind = Kind(rawValue: arguments.value("--auth") ?? "bearer") else {
            throw CommandError("--auth takes bearer, hs256 or rs256")
        }
        self.kind = kind
        keysHost = arguments.value("--jwks-host")
        secretFile = arguments.value("--secret-file")
        output = arguments.value("--output") ?? (kind == .hs256 ? "module_type.json" : nil)
        if keysHost != nil, kind != .rs256 { throw CommandError("--jwks-host belongs to --auth rs256") }
        if secretFile != nil, kind != .hs256 { throw CommandError("--secret-file belongs to --auth hs256") }
        if secretFile == nil, kind == .hs256 { throw CommandError("--auth hs256 needs --secret-file") }
    }

    func run(_ context: Context) throws -> Int32 {
        let settings = try SettingsFile(context.file(SettingsFile.name)).stage(stage)
        let module = try ModuleSettings(context.file(ModuleSettings.name))
        if url == nil { context.say("note: without --url, replace <API_ID> in the URL by the id of the REST API") }
        let url = url ?? settings.url(ofAPI: "<API_ID>")
        let definition: ModuleTypeDefinition
        switch kind {
        case .bearer:
            definition = ModuleTypeDefinition(name: module.moduleName, url: url)
        case .hs256:
            let secretKey = try context.secretKey(from: secretFile ?? "-")
            context.warnOfWeakness(secretKey)
            definition = ModuleTypeDefinition(name: module.moduleName, url: url, .hs256(secretKey: secretKey))
        case .rs256:
            let host = keysHost ?? settings.environment["JWKS_HOST"] ?? Self.keysHost(inAWSRegion: settings.region)
            definition = ModuleTypeDefinition(name: module.moduleName, url: url, .rs256(audience: url, keysHost: host))
            context.say(
                "The function needs these environment variables:\n    JWKS_HOST=\(host)\n    TOKEN_AUDIENCE=\(url)"
            )
        }
        let text = try prettyJSON(definition)
        guard let output else { return context.print(json: text) ? 0 : 1 }
        try write(text + "\n", to: context.absolute(output), named: output)
        context.say("\(output) was written; only you can read it.")
        if kind == .hs256 {
            context.say(
                """
                It holds the SECRET_KEY: remove it when the module type is created. On the platform, everybody who can read
                module types can read the property configuration-token-key: your organization's administrators, and API
                clients with the integration scope. rs256 does without a shared secret.
                """
            )
        }
        return 0
    }

    /// The platform's host, of the region that Cisco recommends beside one of AWS.
    private static func keysHost(inAWSRegion region: String) -> String {
        if region.hasPrefix("eu-") { return "visibility.eu.amp.cisco.com" }
        if region.hasPrefix("ap-") { return "visibility.apjc.amp.cisco.com" }
        return "visibility.amp.cisco.com"
    }

    /// Writes a new file that only its owner can read. Nothing that is there is overwritten, and no link followed.
    private func write(_ text: String, to path: String, named name: String) throws(CommandError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = errno
            guard reason != EEXIST else { throw CommandError("\(name) is there; remove it, or use --output FILE") }
            throw CommandError("\(name): can't be written: \(String(cString: strerror(reason)))", .failed)
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(text.utf8))
            try file.close()
        } catch {
            unlink(path)
            throw CommandError("\(name): can't be written", .failed)
        }
    }
}

/// JSON for people, with sorted keys.
func prettyJSON(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
