/// Reads the members of a stage into `StageSettings`, and refuses what can't be meant.
struct StageReader {
    let members: [String: JSONC]
    let file: String
    let stage: String

    func read() throws(SettingsError) -> StageSettings {
        try checkKeys()
        try checkRuntime()
        let settings = StageSettings(
            stage: stage,
            projectName: try projectName(),
            region: try region(),
            profileName: try profileName(),
            role: try role(),
            memorySize: try whole("memory_size", in: 128...10_240) ?? 512,
            timeoutSeconds: try whole("timeout_seconds", in: 1...900) ?? 30,
            description: try description() ?? "",
            architecture: try architecture(),
            environment: try environment(),
            logLevel: try logLevel(),
            tags: try tags(),
            retainedVersions: try whole("num_retained_versions", in: 1...1_000) ?? 5,
            withoutEffect: SettingsKeys.withoutEffect.filter { members[$0.key] != nil }
        )
        try checkFunctionName(of: settings)
        return settings
    }

    private func checkKeys() throws(SettingsError) {
        for key in members.keys.sorted() {
            if let reason = SettingsKeys.refused[key], members[key] != .bool(false), members[key] != .null {
                throw invalid(key, reason)
            }
            guard !SettingsKeys.all.contains(key) else { continue }
            let near = nearest(to: key, among: SettingsKeys.all.sorted())
            throw invalid(key, "is no setting" + (near.map { "; did you mean '\($0)'?" } ?? ""))
        }
        if members["manage_roles"] == .bool(true) {
            throw invalid("manage_roles", "the role is made by hand, once, so that nobody can grant themselves rights")
        }
        if members["apigateway_enabled"] == .bool(false) {
            throw invalid("apigateway_enabled", "without API Gateway the relay has no URL")
        }
    }

    private func projectName() throws(SettingsError) -> String {
        try required("project_name", takes: "up to 80 letters, digits, - and _") {
            $0.wholeMatch(of: /[A-Za-z0-9_-]{1,80}/) != nil
        }
    }

    private func region() throws(SettingsError) -> String {
        try required("aws_region", takes: "a region of AWS's commercial partition, such as us-east-1") {
            $0.wholeMatch(of: /[a-z]{2}-[a-z]+-[1-9]/) != nil && !$0.hasPrefix("cn-")
        }
    }

    private func profileName() throws(SettingsError) -> String? {
        try string("profile_name", takes: "the name of a profile in ~/.aws") {
            !$0.isEmpty && !$0.contains(where: \.isNewline)
        }
    }

    private func description() throws(SettingsError) -> String? {
        try string("lambda_description", takes: "up to 256 characters") { $0.count <= 256 }
    }

    private func role() throws(SettingsError) -> ExecutionRole {
        switch (members["role_name"], members["role_arn"]) {
        case (nil, nil): throw invalid("role_name", "is missing (or role_arn)")
        case (_?, _?): throw invalid("role_name", "is given beside role_arn; keep one of the two")
        case (_, nil):
            let name = try required("role_name", takes: "up to 64 letters, digits and +=,.@_-") {
                $0.wholeMatch(of: /[A-Za-z0-9+=,.@_-]{1,64}/) != nil
            }
            return .name(name)
        case (nil, _):
            let form = /arn:aws:iam::([0-9]{12}):role\/((?:[A-Za-z0-9+=,.@_\/-]+\/)?[A-Za-z0-9+=,.@_-]{1,64})/
            let takes = "an ARN, arn:aws:iam::ACCOUNT:role/NAME"
            let arn = try required("role_arn", takes: takes) { _ in true }
            guard let parts = arn.wholeMatch(of: form)?.output else {
                throw invalid("role_arn", "takes \(takes), not '\(arn)'")
            }
            return .arn(account: String(parts.1), path: String(parts.2))
        }
    }

    private func architecture() throws(SettingsError) -> StageSettings.Architecture? {
        try oneOf(StageSettings.Architecture.allCases.map { ($0.rawValue, $0) }, "architecture")
    }

    /// Lambda's levels, and Python's, which Zappa's users write.
    private func logLevel() throws(SettingsError) -> StageSettings.LogLevel? {
        let lambdas = StageSettings.LogLevel.allCases.map { ($0.rawValue, $0) }
        return try oneOf(lambdas + [("WARNING", .warn), ("CRITICAL", .fatal)], "log_level")
    }

    private func environment() throws(SettingsError) -> [String: String] {
        let key = "aws_environment_variables"
        let variables = try strings(key)
        for name in variables.keys.sorted() {
            if name == "SECRET_KEY" {
                let command = "`relayctl jwt \(stage) --set`"
                throw invalid(key, name, "does not belong in a file; \(command) puts it on the function")
            }
            if SettingsKeys.reservedVariables.contains(name) { throw invalid(key, name, "is set by Lambda itself") }
            if name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]+/) == nil {
                throw invalid(key, name, "is no name of a variable: letters, digits and _, two at least")
            }
        }
        let size = variables.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if size > 4096 { throw invalid(key, "\(size) bytes of names and values; Lambda takes 4096") }
        return variables
    }

    private func tags() throws(SettingsError) -> [String: String] {
        let tags = try strings("tags")
        if tags.count > 50 { throw invalid("tags", "\(tags.count) of them; Lambda takes 50") }
        for (name, value) in tags.sorted(by: { $0.key < $1.key }) {
            if name.isEmpty || name.count > 128 || value.count > 256 {
                throw invalid("tags", name, "a tag has a name of 1 to 128 characters and a value of up to 256")
            }
            if name.lowercased().hasPrefix("aws:") { throw invalid("tags", name, "what begins with aws: is AWS's") }
        }
        return tags
    }

    private func checkRuntime() throws(SettingsError) {
        _ = try string("runtime", takes: "only provided.al2023 (the relay is an executable)") {
            $0 == "provided.al2023"
        }
    }

    private func checkFunctionName(of settings: StageSettings) throws(SettingsError) {
        if settings.projectSlug.isEmpty { throw invalid("project_name", "has neither a letter nor a digit") }
        if settings.functionName.count > 64 {
            throw invalid("project_name", "makes the function's name \(settings.functionName) longer than Lambda's 64")
        }
    }
}

/// The values of a member, by type.
extension StageReader {
    private func string(
        _ key: String,
        takes form: String,
        where isGood: (String) -> Bool
    ) throws(SettingsError) -> String? {
        switch members[key] {
        case nil: return nil
        case .string(let value) where isGood(value): return value
        case .string(let value): throw invalid(key, "takes \(form), not '\(value)'")
        case .some(let other): throw invalid(key, "takes \(form), not \(other.kind)")
        }
    }

    private func required(
        _ key: String,
        takes form: String,
        where isGood: (String) -> Bool
    ) throws(SettingsError) -> String {
        guard let value = try string(key, takes: form, where: isGood) else { throw invalid(key, "is missing") }
        return value
    }

    private func oneOf<Value>(_ choices: [(String, Value)], _ key: String) throws(SettingsError) -> Value? {
        let names = choices.map(\.0)
        let name = try string(key, takes: "one of " + names.joined(separator: ", ")) { names.contains($0) }
        return choices.first { $0.0 == name }?.1
    }

    private func whole(_ key: String, in range: ClosedRange<Int>) throws(SettingsError) -> Int? {
        guard let value = members[key] else { return nil }
        if case .number(let number) = value, let whole = Int(exactly: number), range.contains(whole) { return whole }
        let bounds = "takes a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .number(let number) = value else { throw invalid(key, "\(bounds), not \(value.kind)") }
        throw invalid(key, "\(bounds), not \(Int(exactly: number).map(String.init) ?? String(number))")
    }

    private func strings(_ key: String) throws(SettingsError) -> [String: String] {
        guard let value = members[key] else { return [:] }
        guard case .object(let pairs) = value else { throw invalid(key, "takes an object, not \(value.kind)") }
        var strings: [String: String] = [:]
        for pair in pairs {
            guard case .string(let string) = pair.value else {
                throw invalid(key, pair.name, "takes a string in double quotes, not \(pair.value.kind)")
            }
            strings[pair.name] = string
        }
        return strings
    }

    private func invalid(_ key: String, _ reason: String) -> SettingsError {
        .invalid(file: file, key: [stage, key], reason: reason)
    }

    private func invalid(_ key: String, _ name: String, _ reason: String) -> SettingsError {
        .invalid(file: file, key: [stage, key, name], reason: reason)
    }
}
