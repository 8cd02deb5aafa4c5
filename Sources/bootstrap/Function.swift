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
    init(_ response: Relay.Response) {
        let requests = response.upstreamRequests
        let errors = response.errorCodes
        self.init(
            payload: response.payload,
            summary: "\(response.method) \(response.route) \(response.status), \(requests) upstream requests"
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
