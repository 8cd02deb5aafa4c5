import Deployment
import Foundation

/// `relayctl module`: the module type for SecureX and Cisco XDR.
struct ModuleCommand: Subcommand {
    static let name = "module"
    static let summary = "Print a module type for SecureX or Cisco XDR"
    static let synopsis = "STAGE [--url URL]"
    static let discussion = """
        Prints the JSON that makes a module type of this relay: its texts, the form
        that asks for the JWT, what it can do, and the relay's URL. The generic
        serverless relay of Cisco XDR does without; see 'relayctl jwt'.

          relayctl module dev --url https://ID.execute-api.us-east-1.amazonaws.com/dev
        """
    static let options = [
        Option("--url", value: "URL", help: "the relay's URL, as the deployment printed it")
    ]

    private let stage: String
    private let url: String?

    init(_ arguments: Arguments) throws {
        stage = try arguments.only("STAGE")
        url = try arguments.value("--url").map { url throws(CommandError) in
            guard let parts = URLComponents(string: url), parts.scheme == "https", parts.host?.isEmpty == false,
                parts.query == nil, parts.fragment == nil, parts.user == nil
            else { throw CommandError("--url takes an https URL without a query") }
            return url.hasSuffix("/") ? String(url.dropLast()) : url
        }
    }

    func run(_ context: Context) throws -> Int32 {
        let settings = try SettingsFile(context.file(SettingsFile.name)).stage(stage)
        let module = try ModuleSettings(context.file(ModuleSettings.name))
        if url == nil { context.say("note: without --url, replace <API_ID> in the URL by the id of the REST API") }
        let definition = ModuleTypeDefinition(name: module.moduleName, url: url ?? settings.url(ofAPI: "<API_ID>"))
        context.print(try prettyJSON(definition))
        return 0
    }
}

/// JSON for people, with sorted keys.
func prettyJSON(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
