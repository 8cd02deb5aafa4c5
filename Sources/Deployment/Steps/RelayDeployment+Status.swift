import Foundation

/// What there is of a stage on AWS. Nothing in it is secret: of variables it has only the names.
package struct DeploymentStatus: Encodable, Sendable {
    /// The account.
    package let account: String
    /// The region.
    package let region: String
    /// The function; nil if there is none.
    package let function: Function?
    /// The relay's URL; nil if there is no REST API.
    package let url: String?
    /// Whether API Gateway may call the function.
    package let isPermitted: Bool
    /// The log group; nil if there is none.
    package let log: Log?

    /// The function.
    package struct Function: Encodable, Sendable {
        /// Its name.
        package let name: String
        /// Lambda's word for whether it can be called.
        package let state: String
        /// Lambda's word for how the last change went.
        package let lastUpdate: String
        /// Why it can't be called, or why the last change failed, in Lambda's words.
        package let reason: String?
        /// When it was changed.
        package let lastModified: String
        /// The code's SHA-256, in base64.
        package let codeSha256: String
        /// The published versions.
        package let versions: [Int]
        /// The newest of them that has the code that runs; nil if none has.
        package let deployedVersion: Int?
        /// The memory, in MB.
        package let memorySize: Int
        /// The timeout, in seconds.
        package let timeoutSeconds: Int
        /// The runtime.
        package let runtime: String
        /// The CPU.
        package let architecture: String
        /// The names of the environment variables.
        package let variables: [String]
        /// Whether SECRET_KEY is set.
        package let hasSecretKey: Bool
        /// Whether the code is that of the zip on this machine; nil if there is no zip.
        package let isPackagedCode: Bool?
    }

    /// The last hour in the log.
    package struct Log: Encodable, Sendable {
        /// The group's name.
        package let group: String
        /// How long records stay: `30 days`, `for ever`, or `unknown`.
        package let retention: String
        /// Invocations that ended, by Lambda's own REPORT lines.
        package let invocations: Int
        /// Records of level ERROR or FATAL, and invocations that Lambda ended.
        package let errors: Int
    }
}

extension RelayDeployment {
    /// Looks at everything; `zip` is the one that would be deployed, if there is one.
    package func status(comparedTo zip: DeploymentPackage?) throws(AWSError) -> DeploymentStatus {
        try retrying { () throws(AWSError) in try look(comparingWith: zip) }
    }

    private func look(comparingWith zip: DeploymentPackage?) throws(AWSError) -> DeploymentStatus {
        let caller = try identity.caller()
        let configuration = try lambda.configuration()
        let api = try findRestAPI()
        var isPermitted = false
        if let api, configuration != nil {
            isPermitted = try lambda.permits("arn:aws:execute-api:\(client.region):\(caller.account):\(api.id)/*")
        }
        var function: DeploymentStatus.Function?
        if let configuration {
            function = status(of: configuration, versions: try lambda.versions(), zip: zip)
        }
        return DeploymentStatus(
            account: caller.account,
            region: client.region,
            function: function,
            url: api.map { settings.url(ofAPI: $0.id) },
            isPermitted: isPermitted,
            log: try lastHour()
        )
    }

    private func status(
        of configuration: LambdaService.Configuration,
        versions: [(number: Int, sha256: String?)],
        zip: DeploymentPackage?
    ) -> DeploymentStatus.Function {
        DeploymentStatus.Function(
            name: settings.functionName,
            state: configuration.state ?? "unknown",
            lastUpdate: configuration.lastUpdateStatus ?? "unknown",
            reason: configuration.failure,
            lastModified: configuration.lastModified ?? "unknown",
            codeSha256: configuration.codeSha256 ?? "unknown",
            versions: versions.map(\.number),
            deployedVersion: versions.last { $0.sha256 == configuration.codeSha256 }?.number,
            memorySize: configuration.memorySize ?? 0,
            timeoutSeconds: configuration.timeout ?? 0,
            runtime: configuration.runtime ?? "unknown",
            architecture: configuration.architectures?.joined(separator: ", ") ?? "unknown",
            variables: configuration.variables.keys.sorted(),
            hasSecretKey: configuration.variables["SECRET_KEY"]?.isEmpty == false,
            isPackagedCode: zip.map { $0.sha256 == configuration.codeSha256 }
        )
    }

    private func lastHour() throws(AWSError) -> DeploymentStatus.Log? {
        let start = Int64(Date().timeIntervalSince1970 * 1000) - 3_600_000
        var (invocations, errors) = (0, 0)
        var token: String?
        var markers = PageMarkers(action: "logs:FilterLogEvents")
        repeat {
            guard let page = try logs.events(since: start, after: token) else { return nil }
            invocations += page.events.count { $0.isReport }
            errors += page.events.count { $0.isError }
            token = try markers.next(page.nextToken)
        } while token != nil
        return DeploymentStatus.Log(
            group: logs.group,
            retention: try retention(),
            invocations: invocations,
            errors: errors
        )
    }

    private func retention() throws(AWSError) -> String {
        do {
            return try logs.retention().map { "\($0) days" } ?? "for ever"
        } catch {
            guard case .refused(let refusal) = error, refusal.isAccessDenied else { throw error }
            report(.warning("not allowed: \(refusal.action). How long records stay in \(logs.group) is not known"))
            return "unknown"
        }
    }
}

extension LogsService.Event {
    /// Lambda's own record of an invocation's end, in either of its forms.
    fileprivate var isReport: Bool {
        message.hasPrefix("REPORT ") || message.contains(#""type":"platform.report""#)
    }

    /// A record of ours of level ERROR or FATAL, in either form, or Lambda's of a timeout or a process that ended.
    fileprivate var isError: Bool {
        ["\tERROR\t", "\tFATAL\t", #""level":"ERROR""#, #""level":"FATAL""#, "Task timed out", "Runtime.ExitError"]
            .contains { message.contains($0) }
    }
}
