import Deployment
import Foundation

/// `relayctl status`: what there is on AWS.
struct StatusCommand: Subcommand {
    static let name = "status"
    static let summary = "Show what is deployed"
    static let synopsis = "STAGE [--zip FILE] [--json] [--profile NAME]"
    static let discussion = """
        Shows the function, its REST API, the permission between them and the last
        hour of its log. Of SECRET_KEY it says whether it is set, never its value.
        """
    static let options = [
        Option("--zip", value: "FILE", help: "the zip to compare the code with (default: \(packagedZip))"),
        Option("--json", help: "print JSON"),
        profileOption,
    ]

    private let stage: String
    private let profile: String?
    private let zip: String
    private let isZipNamed: Bool
    private let json: Bool

    init(_ arguments: Arguments) throws {
        stage = try arguments.only("STAGE")
        profile = arguments.value(profileOption.name)
        zip = arguments.value("--zip") ?? packagedZip
        isZipNamed = arguments.value("--zip") != nil
        json = arguments.has("--json")
    }

    func run(_ context: Context) throws -> Int32 {
        let settings = try SettingsFile(context.file(SettingsFile.name)).stage(stage)
        // There may be no zip yet; one that was asked for must be there.
        let looks = isZipNamed || context.file(zip).exists
        let packaged = looks ? try DeploymentPackage(path: context.absolute(zip)) : nil
        let status = try onAWS(context, settings, profile: profile).status(comparedTo: packaged)
        if json { context.print(json: try prettyJSON(status)) } else { context.print(status.text) }
        return status.function == nil ? 1 : 0
    }
}

extension DeploymentStatus {
    /// A line for each thing.
    fileprivate var text: String {
        var rows = [("account", "\(account), \(region)")]
        if let function {
            rows += [
                ("function", function.name),
                ("state", "\(function.state), last update \(function.lastUpdate), \(function.lastModified)"),
            ]
            if let reason = function.reason { rows.append(("reason", reason)) }
            rows += [
                ("code", "\(function.codeSha256)\(Self.comparison(function.isPackagedCode))"),
                (
                    "versions",
                    function.versions.map { $0 == function.deployedVersion ? "\($0) (deployed)" : "\($0)" }
                        .joined(separator: ", ")
                ),
                ("size", "\(function.memorySize) MB, \(function.timeoutSeconds) s"),
                ("runtime", "\(function.runtime), \(function.architecture)"),
                ("SECRET_KEY", function.hasSecretKey ? "set" : "not set; 'relayctl jwt' makes one"),
                ("variables", function.variables.isEmpty ? "none" : function.variables.joined(separator: ", ")),
            ]
        } else {
            rows.append(("function", "none"))
        }
        rows += [
            ("URL", url ?? "none"),
            ("permission", isPermitted ? "API Gateway may call the function" : "none"),
            ("log", log.map { "\($0.group), retention: \($0.retention)" } ?? "none"),
        ]
        if let log {
            rows.append(("last hour", "\(counted(log.invocations, "invocation")), \(counted(log.errors, "error"))"))
        }
        return rows.map { $0.padding(toLength: 12, withPad: " ", startingAt: 0) + $1 }.joined(separator: "\n")
    }

    private static func comparison(_ isPackagedCode: Bool?) -> String {
        isPackagedCode.map { $0 ? " (that of the zip here)" : " (not that of the zip here)" } ?? ""
    }
}
