extension RelayDeployment {
    /// Removes what a deployment made, and nothing else: the REST API, the function with its versions and its
    /// permission, and, if asked to, the log.
    public func undeploy(removingLogs: Bool) throws(AWSError) {
        _ = try findAccount()
        try step("REST API") { () throws(AWSError) in
            guard let api = try findRestAPI() else { return (.absent, nil, ()) }
            try change { () throws(AWSError) in try restAPIs.delete(api.id) }
            return (.deleted, api.id, ())
        }
        try step("function") { () throws(AWSError) in
            guard try findFunction() != nil else { return (.absent, nil, ()) }
            try change { () throws(AWSError) in _ = try lambda.delete() }
            return (.deleted, settings.functionName, ())
        }
        guard removingLogs else {
            report(.note("the log group \(logs.group) stays, if there is one (--remove-logs removes it)"))
            return
        }
        try step("log group") { () throws(AWSError) in
            guard try logs.events(since: 0, limit: 1) != nil else { return (.absent, nil, ()) }
            try change { () throws(AWSError) in _ = try logs.delete() }
            return (.deleted, logs.group, ())
        }
    }
}
