extension Relay {
    /// Whether the caller's key works: SecurityTrails is asked.
    func health(_ call: Call) -> Reply {
        var envelope = Envelope()
        let caller: Caller
        do {
            caller = try authorization.caller(of: call.request, until: call.end)
        } catch {
            envelope.note(.notAuthorized(error.message))
            return Reply(&envelope)
        }

        let (failure, requests) = client.ping(key: caller.key, until: call.end)
        if let failure {
            envelope.note(RelayError(failure))
            return Reply(&envelope, upstreamRequests: requests)
        }
        let body = envelope.body { writer, _ in
            writer.object { $0.member("status", "ok") }
            return true
        }
        return Reply(body: body, errors: [], upstreamRequests: requests)
    }
}
