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
    // Observables are named in these records, and in none above DEBUG.
    var requestID: String?
    let trace = { log.write(.debug, $0, requestID: requestID) }
    let relay = try makeRelay(environment, memory, keys, trace: log.isEnabled(.debug) ? trace : nil)
    relay.warmUp()
    return { invocation throws(FunctionError) in
        requestID = invocation.requestID
        do {
            return Answer(try relay.answer(invocation.event, began: invocation.began, deadline: invocation.deadline))
        } catch {
            throw FunctionError(.unmarshal, "the event is neither a request through a gateway nor a scheduled one")
        }
    }
}

private func makeRelay(
    _ environment: [String: String],
    _ memory: Memory,
    _ keys: PlatformKeys,
    trace: ((String) -> Void)?
) throws(FunctionError) -> Relay {
    do {
        return try Relay(Configuration(environment: environment), memory: memory, keys: keys, trace: trace)
    } catch let error as Configuration.Invalid {
        throw FunctionError(.configuration, error.message)
    } catch {
        throw FunctionError(.fault, "the relay cannot start: \(error)")
    }
}

extension Answer {
    /// What the relay made of an event, and what the log says of it: of what the caller sent, the method and the
    /// module's id, and no more.
    init(_ outcome: Relay.Outcome) {
        let requests = outcome.upstreamRequests
        let errors = outcome.errorCodes
        self.init(
            payload: outcome.payload,
            summary: "\(outcome.method) \(outcome.route) \(outcome.status), \(requests) upstream requests"
                + (outcome.moduleInstanceID.map { ", module \($0)" } ?? "")
                + (errors.isEmpty ? "" : ", errors: " + errors.joined(separator: ", ")),
            fields: [
                ("method", .string(outcome.method)),
                ("route", .string(outcome.route)),
                ("status", .number(outcome.status)),
                ("upstreamRequests", .number(requests)),
                ("cacheHits", .number(outcome.cacheHits)),
                ("errors", .strings(errors)),
            ] + (outcome.moduleInstanceID.map { [("moduleInstanceId", .string($0))] } ?? [])
        )
    }
}
