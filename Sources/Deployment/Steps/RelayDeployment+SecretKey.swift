extension RelayDeployment {
    /// Whether the function has a SECRET_KEY.
    package func hasSecretKey() throws(AWSError) -> Bool {
        _ = try findAccount()
        return try retrying { () throws(AWSError) in try function().variables["SECRET_KEY"] != nil }
    }

    private func function() throws(AWSError) -> LambdaService.Configuration {
        guard let function = try findFunction() else { throw noFunction }
        return function
    }

    /// Puts the key into the function's environment and checks that nothing else in it changed. Returns the relay's URL;
    /// nil if there is no REST API.
    package func set(secretKey: String) throws(AWSError) -> String? {
        try lock(for: "jwt --set")
        // Whatever is in the way must be known before the JWTs that there are become invalid.
        let api = try retrying(findRestAPI)
        let replaces = try step("SECRET_KEY") { () throws(AWSError) in
            _ = try function()
            let before = try waitUntilIdle()
            var variables = before.variables
            if variables.updateValue(secretKey, forKey: "SECRET_KEY") == secretKey { return (.unchanged, nil, false) }
            // The revision makes it an error if somebody else changes the function in between.
            try lambda.update(.init(environment: .init(variables: variables), revision: before.revisionId))
            guard try waitUntilUpdated().variables == variables else {
                throw .blocked("the function's environment is not what was set; look at it in the AWS console")
            }
            let replaces = before.variables["SECRET_KEY"] != nil
            return (replaces ? .changed : .created, nil, replaces)
        }
        if replaces { report(.note("JWTs that were signed with the SECRET_KEY before are refused from now on")) }
        return api.map { settings.url(ofAPI: $0.id) }
    }
}
