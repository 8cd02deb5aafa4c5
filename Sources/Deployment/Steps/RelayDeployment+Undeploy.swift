extension RelayDeployment {
    /// Removes what a deployment made, and nothing else: the REST API, the function with its versions and its
    /// permission, and, if asked to, the log. If one of several REST APIs was chosen, it goes, and all else stays.
    ///
    /// - Parameter isAgreed: asked whether what it names may be removed, once it is known and before anything is.
    package func undeploy(removingLogs: Bool, isAgreed: (String) -> Bool) throws(AWSError) {
        let account = try findAccount()
        try lock(for: "undeploy")
        // A function of Zappa's keeps its REST API too.
        let function = try retrying(findFunction).map { _ in "the function \(settings.functionName)" }
        let (api, others) = try retrying(findRestAPIs)
        let isInUse = !others.isEmpty
        var things = [api.map { "the REST API of \(settings.url(ofAPI: $0.id))" }]
        if !isInUse { things += [function, removingLogs ? "the log group \(logs.group)" : nil] }
        let named = things.compactMap(\.self)
        if !isDryRun, !named.isEmpty {
            let question = "\(named.joined(separator: ", ")) in account \(account), \(client.region)"
            guard isAgreed(question) else { throw .blocked("nothing was removed") }
        }
        try step("REST API") { () throws(AWSError) in
            guard let api = try findRestAPIs().chosen else { return (.absent, nil, ()) }
            try change { () throws(AWSError) in try restAPIs.delete(api.id) }
            return (.deleted, api.id, ())
        }
        guard !isInUse else {
            report(.note("the function and its log stay, for the REST API \(Self.list(others))"))
            return
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

    /// The REST API to remove, if it is still there, and the others of the function's name.
    private func findRestAPIs() throws(AWSError) -> (chosen: RestAPIService.RestAPI?, others: [RestAPIService.RestAPI])
    {
        guard let api else { return (try findRestAPI(), []) }
        let all = try restAPIs.restAPIs(named: settings.functionName)
        return (all.first { $0.id == api }, all.filter { $0.id != api })
    }
}
