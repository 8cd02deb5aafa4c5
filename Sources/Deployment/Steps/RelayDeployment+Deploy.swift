import Foundation
import HTTPClient

extension RelayDeployment {
    /// Deploys the zip. Returns the relay; nil if a dry run knows no URL yet.
    ///
    /// - Parameter onlyUpdates: whether a function that is not there yet is an error.
    package func deploy(_ zip: DeploymentPackage, onlyUpdates: Bool) throws(AWSError) -> DeployedRelay? {
        if let built = zip.architecture?.rawValue, built != architecture {
            throw .blocked(
                "\(zip.path) is for \(built), the function for \(architecture): package on such a machine, "
                    + "or set 'architecture' in zappa_settings.json"
            )
        }
        let account = try findAccount()
        try lock(for: onlyUpdates ? "update" : "deploy")
        let role = try findRole()
        let found = try retrying(findFunction)
        if found == nil, onlyUpdates { throw noFunction }
        try convergeLog(ofNewFunction: found == nil)
        guard var function = try createFunction(unless: found, zip, role: role) else {
            report(.note("the REST API and its permission follow the function"))
            return nil
        }
        if found != nil, !settings.tags.isEmpty { try checkTags() }
        function = try convergeCode(of: function, to: zip)
        function = try convergeConfiguration(of: function, role: role)
        try deleteOldVersions()
        guard let api = try convergeRestAPI(to: function.functionArn) else { return nil }
        try convergePermission(of: api, account: account)
        return DeployedRelay(url: settings.url(ofAPI: api), variables: function.variables)
    }

    private func findRole() throws(AWSError) -> String {
        try step("role") { () throws(AWSError) in
            let name = settings.role.path.split(separator: "/").last.map(String.init) ?? ""
            guard let arn = try identity.role(name) else {
                throw .blocked("there is no role \(name); make it as aws/HOWTO.md says, step 5")
            }
            return (.found, name, arn)
        }
    }

    // MARK: - The log

    /// What is logged stays for 30 days. A group that is there was made with its function, or by hand: its retention is
    /// left alone, unless the function is only now being made and an earlier run may have stopped in between.
    private func convergeLog(ofNewFunction isNew: Bool) throws(AWSError) {
        do {
            try step("log group") { () throws(AWSError) in
                let exists = try logs.events(since: 0, limit: 1) != nil
                if exists, !isNew { return (.unchanged, logs.group, ()) }
                try change { () throws(AWSError) in
                    try logs.create()
                    try logs.keep(forDays: 30)
                }
                return (exists ? .unchanged : .created, logs.group, ())
            }
        } catch {
            guard case .refused(let refusal) = error, refusal.isAccessDenied else { throw error }
            report(.ended(.absent, nil))
            report(
                .warning(
                    "not allowed: \(refusal.action). Nothing is logged while the group \(logs.group) is missing: "
                        + "the function's role may not create it"
                )
            )
        }
    }

    // MARK: - The function

    /// The function, which is made if it is not there. Nil if this is a dry run and it would be made.
    private func createFunction(
        unless found: LambdaService.Configuration?,
        _ zip: DeploymentPackage,
        role: String
    ) throws(AWSError) -> LambdaService.Configuration? {
        var seen = found
        return try step("function") { () throws(AWSError) in
            if let function = try look(at: &seen) {
                return (.unchanged, settings.functionName, function)
            }
            if isDryRun { return (.created, settings.functionName, nil) }
            try create(zip, role: role)
            created()
            return (.created, settings.functionName, try waitUntilUpdated())
        }
    }

    /// Creates the function, unless another deployment was faster.
    private func create(_ zip: DeploymentPackage, role: String) throws(AWSError) {
        do {
            try lambda.create(creation(role: role), zip: zip, progress: uploaded)
        } catch {
            guard case .refused(let refusal) = error, refusal.alreadyExists else { throw error }
        }
    }

    /// Tags are set with a new function only: what sets them later can't be signed by every libcurl.
    private func checkTags() throws(AWSError) {
        let tags = try retrying(lambda.tags)
        let different = settings.tags.filter { tags[$0.key] != $0.value }.keys.sorted()
        guard !different.isEmpty else { return }
        report(
            .warning(
                "the function lacks the settings' tags \(different.joined(separator: ", ")), or lambda:ListTags is not "
                    + "allowed; deploy tags only a new function: set them in the console or with 'aws lambda tag-resource'"
            )
        )
    }

    private func convergeCode(
        of found: LambdaService.Configuration,
        to zip: DeploymentPackage
    ) throws(AWSError) -> LambdaService.Configuration {
        var seen: LambdaService.Configuration? = found
        return try step("code") { () throws(AWSError) in
            let function = try waitUntilIdle(from: seen.take())
            if function.codeSha256 == zip.sha256, function.architectures ?? ["x86_64"] == [architecture] {
                return (.unchanged, nil, function)
            }
            if isDryRun { return (.changed, "\(zip.size) bytes", function) }
            try lambda.update(code: zip, architecture: architecture, progress: uploaded)
            return (.changed, "\(zip.size) bytes", try waitUntilUpdated())
        }
    }

    private func convergeConfiguration(
        of found: LambdaService.Configuration,
        role: String
    ) throws(AWSError) -> LambdaService.Configuration {
        var seen: LambdaService.Configuration? = found
        return try step("configuration") { () throws(AWSError) in
            let function = try waitUntilIdle(from: seen.take())
            let changes = self.changes(to: function, role: role)
            tellKeptVariables(function)
            if changes == LambdaService.Changes() { return (.unchanged, nil, try checked(function)) }
            let summary = summary(of: changes, to: function)
            if isDryRun { return (.changed, summary, function) }
            try lambda.update(changes)
            return (.changed, summary, try waitUntilUpdated())
        }
    }

    /// What changes, in a line; of variables only their names.
    private func summary(of changes: LambdaService.Changes, to function: LambdaService.Configuration) -> String {
        let others = [("role", changes.role), ("runtime", changes.runtime), ("handler", changes.handler)]
        let variables = changes.environment?.variables.filter { function.variables[$0.key] != $0.value } ?? [:]
        return
            ([
                changes.memorySize.map { "memory \(function.memorySize ?? 0) to \($0) MB" },
                changes.timeout.map { "timeout \(function.timeout ?? 0) to \($0) s" },
                changes.description.map { _ in "description" },
            ].compactMap(\.self) + others.filter { $0.1 != nil }.map(\.0) + variables.keys.sorted())
            .joined(separator: ", ")
    }

    private func creation(role: String) -> LambdaService.Creation {
        var changes = wanted(role: role)
        if !variables.isEmpty { changes.environment = .init(variables: variables) }
        return LambdaService.Creation(
            name: settings.functionName,
            changes: changes,
            architectures: [architecture],
            tags: settings.tags
        )
    }

    private func wanted(role: String) -> LambdaService.Changes {
        LambdaService.Changes(
            role: role,
            runtime: "provided.al2023",
            handler: "bootstrap",
            timeout: settings.timeoutSeconds,
            memorySize: settings.memorySize,
            description: settings.description
        )
    }

    /// What differs from the settings. Variables that the settings do not name stay as they are.
    private func changes(to function: LambdaService.Configuration, role: String) -> LambdaService.Changes {
        var changes = wanted(role: role)
        if changes.role == function.role { changes.role = nil }
        if changes.runtime == function.runtime { changes.runtime = nil }
        if changes.handler == function.handler { changes.handler = nil }
        if changes.timeout == function.timeout { changes.timeout = nil }
        if changes.memorySize == function.memorySize { changes.memorySize = nil }
        if changes.description == function.description ?? "" { changes.description = nil }
        let merged = function.variables.merging(variables) { $1 }
        if merged != function.variables {
            changes.environment = .init(variables: merged)
            // Nobody's change in between is overwritten.
            changes.revision = function.revisionId
        }
        return changes
    }

    /// The settings' variables, the log's level among them.
    private var variables: [String: String] {
        var variables = settings.environment
        if let level = settings.logLevel { variables["LOG_LEVEL"] = level.rawValue }
        return variables
    }

    private func tellKeptVariables(_ function: LambdaService.Configuration) {
        let kept = function.variables.keys.filter { variables[$0] == nil }.sorted()
        guard !kept.isEmpty else { return }
        report(.note("environment variables that the settings do not name stay: " + kept.joined(separator: ", ")))
    }

    private var architecture: String {
        settings.architecture?.rawValue ?? Packaging.architecture
    }

    private func uploaded(_ sent: Int, _ total: Int) {
        report(.uploaded(sent: sent, total: total))
    }

    private func deleteOldVersions() throws(AWSError) {
        try step("versions") { () throws(AWSError) in
            let versions = try lambda.versions().map(\.number)
            let old = versions.dropLast(settings.retainedVersions)
            var held: [Int] = []
            try change { () throws(AWSError) in
                for version in old where try !delete(version) { held.append(version) }
            }
            let kept = (held + versions.suffix(settings.retainedVersions)).map(String.init).joined(separator: ", ")
            return (old.count == held.count ? .unchanged : .changed, "kept for a rollback: \(kept)", ())
        }
    }

    /// Deletes a version. Returns false if an alias holds it.
    private func delete(_ version: Int) throws(AWSError) -> Bool {
        do {
            _ = try lambda.delete(version: version)
            return true
        } catch {
            guard case .refused(let refusal) = error, refusal.isHeldByAlias else { throw error }
            report(.note("version \(version) stays: an alias of the function names it"))
            return false
        }
    }

    // MARK: - The REST API

    private func convergeRestAPI(to functionARN: String) throws(AWSError) -> String? {
        let api: String? = try step("REST API") { () throws(AWSError) in
            if let api = try findRestAPI() { return (.unchanged, api.id, api.id) }
            if isDryRun { return (.created, nil, nil) }
            let id = try keepOldest(restAPIs.create(named: settings.functionName))
            return (.created, id, id)
        }
        guard let api else { return nil }

        let integration = RestAPIService.Integration(
            type: "AWS_PROXY",
            httpMethod: "POST",
            uri: "arn:aws:apigateway:\(client.region):lambda:path/2015-03-31/functions/\(functionARN)/invocations"
        )
        try step("routes") { () throws(AWSError) in
            let changes = try convergeRoutes(of: api, to: integration)
            return (changes == 0 ? .unchanged : .changed, "ANY / and /{proxy+}", ())
        }
        // The deployment's description says which routes the stage serves; one that was made by hand says something else.
        let description = "relayctl: ANY / and /{proxy+} to \(functionARN)"
        try step("stage") { () throws(AWSError) in
            let serving = try restAPIs.deployment(at: settings.stage, of: api)
            if serving?.description == description { return (.unchanged, settings.stage, ()) }
            try change { () throws(AWSError) in
                try restAPIs.deploy(api, to: settings.stage, description: description)
            }
            return (serving == nil ? .created : .changed, settings.stage, ())
        }
        return api
    }

    /// Two first deployments at once make two REST APIs: each looks again, and the one that was made later is removed by
    /// the one that made it. Returns the one that stays.
    private func keepOldest(_ made: RestAPIService.RestAPI) throws(AWSError) -> String {
        created()
        let own = made.id
        // AWS tells whole seconds. Of two that were made in the same one, either may count as the older: that second must
        // be over, so that both are seen.
        if made.createdDate.map({ $0 == $0.rounded() }) ?? true { Thread.sleep(forTimeInterval: 1.2) }
        let all = try retrying { () throws(AWSError) in try restAPIs.restAPIs(named: settings.functionName) }
        let oldest = all.min { ($0.createdDate ?? 0, $0.id) < ($1.createdDate ?? 0, $1.id) }
        guard let oldest, oldest.id != own else { return own }
        report(.note("another deployment made a REST API too; its own stays: \(oldest.id)"))
        try retrying { () throws(AWSError) in try restAPIs.delete(own) }
        return oldest.id
    }

    /// Puts the method ANY and its integration on the root and on `{proxy+}`. Returns how much was not right.
    private func convergeRoutes(of api: String, to integration: RestAPIService.Integration) throws(AWSError) -> Int {
        let resources = try restAPIs.resources(of: api)
        guard let root = resources.first(where: { $0.path == "/" })?.id else {
            throw .unreadable(action: "apigateway:GET")
        }
        var changes = 0
        var proxy = resources.first { $0.path == "/{proxy+}" }?.id
        if proxy == nil {
            changes += 1
            if !isDryRun {
                proxy = try restAPIs.createResource("{proxy+}", under: root, of: api).id
                created()
            }
        }
        for resource in [root, proxy].compactMap(\.self) {
            var method = try restAPIs.method(of: resource, of: api)
            if let closed = method, !closed.isOpen {
                try change { () throws(AWSError) in try restAPIs.deleteMethod(of: resource, of: api) }
                method = nil
            }
            if method == nil {
                changes += 1
                try change { () throws(AWSError) in try restAPIs.putMethod(of: resource, of: api) }
            }
            if method?.methodIntegration != integration {
                changes += 1
                try change { () throws(AWSError) in try restAPIs.put(integration, behind: resource, of: api) }
            }
        }
        return changes
    }

    private func convergePermission(of api: String, account: String) throws(AWSError) {
        try step("permission") { () throws(AWSError) in
            let source = "arn:aws:execute-api:\(client.region):\(account):\(api)/*"
            if try lambda.permits(source) { return (.unchanged, source, ()) }
            try change { () throws(AWSError) in try lambda.permit(source, statement: "apigateway-\(api)") }
            return (.created, source, ())
        }
    }
}
