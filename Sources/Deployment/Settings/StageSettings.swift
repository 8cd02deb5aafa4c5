/// A stage of `zappa_settings.json`, checked: what is deployed, and where to.
package struct StageSettings: Equatable, Sendable {
    /// The stage: of the settings, and of the REST API.
    package let stage: String
    /// What the function's name begins with.
    package let projectName: String
    /// The AWS region, one of the partition `aws`.
    package let region: String
    /// The profile of `~/.aws` that the credentials come from, if the environment has none.
    package let profileName: String?
    /// The role that the function runs as.
    package let role: ExecutionRole
    /// The function's memory, in MB.
    package let memorySize: Int
    /// How long an invocation may take, in seconds.
    package let timeoutSeconds: Int
    /// The function's description.
    package let description: String
    /// The function's CPU; nil means the build machine's.
    package let architecture: Architecture?
    /// Environment variables to set beside those that the function has.
    package let environment: [String: String]
    /// The least level that the function logs.
    package let logLevel: LogLevel?
    /// The function's tags.
    package let tags: [String: String]
    /// How many published versions stay for a rollback.
    package let retainedVersions: Int
    /// The keys that are accepted and do nothing, each with the reason.
    package let withoutEffect: [String: String]

    /// The CPU of a function, as Lambda names it.
    package enum Architecture: String, CaseIterable, Sendable {
        case x86 = "x86_64"
        case arm = "arm64"
    }

    /// The log levels of Lambda.
    package enum LogLevel: String, CaseIterable, Sendable {
        case trace = "TRACE"
        case debug = "DEBUG"
        case info = "INFO"
        case warn = "WARN"
        case error = "ERROR"
        case fatal = "FATAL"
    }

    /// The function's name: project and stage as Zappa makes one slug of them.
    package var functionName: String { slug(projectName + "-" + stage) }

    /// The project as the function's name has it.
    package var projectSlug: String { slug(projectName) }

    /// The CloudWatch log group that Lambda writes to.
    package var logGroup: String { "/aws/lambda/" + functionName }

    /// The relay's URL, given the id of its REST API.
    package func url(ofAPI id: String) -> String {
        "https://\(id).execute-api.\(region).amazonaws.com/\(stage)"
    }

    /// The AWS console's page for the function's environment variables.
    package var environmentVariablesPage: String {
        "https://console.aws.amazon.com/lambda/home?region=\(region)#/functions/\(functionName)"
            + "/edit/environment-variables?tab=configuration"
    }
}

/// The role that the function runs as, by name or by ARN.
package enum ExecutionRole: Equatable, Sendable {
    case name(String)
    case arn(account: String, path: String)

    /// The role's path and name, as they stand after `role/` in its ARN.
    package var path: String {
        switch self {
        case .name(let name): name
        case .arn(_, let path): path
        }
    }
}

/// Lower case letters and digits, and a hyphen for each run of anything else (Zappa's `slugify`, for ASCII).
func slug(_ text: String) -> String {
    text.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.joined(separator: "-")
}
