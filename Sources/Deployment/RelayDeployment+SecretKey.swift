extension RelayDeployment {
    /// Puts the key into the function's environment and checks that nothing else in it changed. Returns the relay's URL;
    /// nil where there is no REST API.
    public func set(secretKey: String) throws(AWSError) -> String? {
        _ = try findAccount()
        try step("SECRET_KEY") { () throws(AWSError) in
            guard try findFunction() != nil else { throw noFunction }
            let before = try waitUntilIdle()
            var variables = before.variables
            if variables.updateValue(secretKey, forKey: "SECRET_KEY") == secretKey { return (.unchanged, nil, ()) }
            // The revision makes it an error if somebody else changes the function in between.
            try lambda.update(.init(environment: .init(variables: variables), revision: before.revisionId))
            guard try waitUntilIdle().variables == variables else {
                throw .blocked("the function's environment is not what was set; look at it in the AWS console")
            }
            return (before.variables["SECRET_KEY"] == nil ? .created : .changed, nil, ())
        }
        return try retrying(findRestAPI).map { settings.url(ofAPI: $0.id) }
    }
}
