extension Relay {
    /// Whether the caller's key works: SecurityTrails is asked.
    func health(_ call: Call) -> Reply {
        var envelope = Envelope()
        let key: String
        do {
            key = try Authorization.key(of: call.request, secretKey: configuration.secretKey)
        } catch {
            envelope.note(.notAuthorized(error.message))
            return Reply(&envelope)
        }

        let (failure, requests) = client.ping(key: key, until: call.end)
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
