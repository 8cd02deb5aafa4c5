extension RelayDeployment {
    /// Removes what a deployment made, and nothing else: the REST API, the function with its versions and its
    /// permission, and, if asked to, the log.
    ///
    /// - Parameter isAgreed: asked whether what it names may be removed, once it is known and before anything is.
    package func undeploy(removingLogs: Bool, isAgreed: (String) -> Bool) throws(AWSError) {
        let account = try findAccount()
        // A function of Zappa's keeps its REST API too.
        let function = try retrying(findFunction).map { _ in "the function \(settings.functionName)" }
        let api = try retrying(findRestAPI).map { "the REST API of \(settings.url(ofAPI: $0.id))" }
        let things = [api, function, removingLogs ? "the log group \(logs.group)" : nil].compactMap(\.self)
        if !isDryRun, !things.isEmpty {
            let question = "\(things.joined(separator: ", ")) in account \(account), \(client.region)"
            guard isAgreed(question) else { throw .blocked("nothing was removed") }
        }
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
