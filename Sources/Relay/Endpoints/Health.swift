extension Relay {
    /// Whether the caller's key works: SecurityTrails is asked.
    func health(_ call: Call) throws(RelayError) -> EndpointResponse {
        let caller = try authorization.caller(of: call)
        let (failure, requests) = client.ping(key: caller.key, until: call.end, trace: call.trace)
        if let failure { return EndpointResponse(errors: [RelayError(failure)], upstreamRequests: requests) }
        var response = EndpointResponse(json: #"{"data":{"status":"ok"}}"#)
        response.upstreamRequests = requests
        return response
    }
}
