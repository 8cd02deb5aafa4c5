import LambdaRuntime
import Relay

import class SecurityTrails.Memory

/// Makes the function that the process serves: the relay, as the environment configures it, ready for its first event.
///
/// - Parameters:
///   - memory: SecurityTrails' earlier answers, which all of the process's loops share.
///   - keys: the platform's keys, which they share too.
func makeFunction(
    environment: [String: String],
    log: Log,
    memory: Memory = Memory(),
    keys: PlatformKeys = PlatformKeys()
) throws(FunctionError) -> Runtime.Handler {
    let relay = try makeRelay(environment, memory, keys)
    relay.warmUp()
    var hasCheckedTime = false
    return { invocation throws(FunctionError) in
        if !hasCheckedTime {
            hasCheckedTime = true
            warn(ofTimeoutOf: invocation, log)
        }
        // Observables are named in these records, and in none above DEBUG.
        let trace = { log.write(.debug, $0, requestID: invocation.requestID) }
        do {
            return FunctionResponse(
                try relay.answer(
                    invocation.event,
                    began: invocation.began,
                    deadline: invocation.deadline,
                    trace: log.isEnabled(.debug) ? trace : nil
                )
            )
        } catch {
            throw FunctionError(.unmarshal, "the event is neither a request through a gateway nor a scheduled one")
        }
    }
}

/// Lambda says how long a function may run with its first event only.
private func warn(ofTimeoutOf invocation: Invocation, _ log: Log) {
    guard let time = invocation.time, time < 2.9 else { return }
    log.write(
        .warn,
        "the function's timeout is under 3 s, which leaves too little time to ask SecurityTrails",
        requestID: invocation.requestID
    )
}

private func makeRelay(
    _ environment: [String: String],
    _ memory: Memory,
    _ keys: PlatformKeys
) throws(FunctionError) -> Relay {
    do {
        return try Relay(Configuration(environment: environment), memory: memory, keys: keys)
    } catch let error as Configuration.Invalid {
        throw FunctionError(.configuration, error.message)
    } catch {
        throw FunctionError(.fault, "the relay cannot start: \(error)")
    }
}

extension FunctionResponse {
    /// What the relay made of an event, and what the log says of it: of what the caller sent, the method and the
    /// module's id, and no more.
    init(_ response: Relay.Response) {
        let requests = response.upstreamRequests
        let errors = response.errorCodes
        self.init(
            payload: response.payload,
            summary: "\(response.method) \(response.route) \(response.status), "
                + "\(requests) upstream request\(requests == 1 ? "" : "s")"
                + (response.moduleInstanceID.map { ", module \($0)" } ?? "")
                + (errors.isEmpty ? "" : ", errors: " + errors.joined(separator: ", ")),
            fields: [
                ("method", .string(response.method)),
                ("route", .string(response.route)),
                ("status", .number(response.status)),
                ("upstreamRequests", .number(requests)),
                ("cacheHits", .number(response.cacheHits)),
                ("errors", .strings(errors)),
            ] + (response.moduleInstanceID.map { [("moduleInstanceId", .string($0))] } ?? [])
        )
    }
}
