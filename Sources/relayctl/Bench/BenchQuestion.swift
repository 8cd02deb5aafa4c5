import Deployment
import Foundation
import JWT
import LocalLambda
import Loopback

/// What the measurements ask the relay, with a key of their own.
struct BenchQuestion {
    let secret = SecretKey.random()

    /// The domain of that number.
    static func domain(_ index: Int) -> String {
        "domain\(index).example"
    }

    /// The event of a request about so many domains.
    func event(_ path: String, domains: Int = 0) throws -> Data {
        let observables = (0..<domains).map { #"{"type":"domain","value":"\#(Self.domain($0))"}"# }
        let token = CompactSerialization.sign(["key": "bench-key"], secret: secret)
        return LocalGateway(.rest).event(
            "POST",
            path,
            headers: [
                HTTPServer.Field("Authorization", "Bearer \(token)"),
                HTTPServer.Field("Content-Type", "application/json"),
            ],
            body: domains > 0 ? "[\(observables.joined(separator: ","))]" : ""
        ).text()
    }

    /// The function that answers it, which asks SecurityTrails at `baseURL`.
    func function(_ baseURL: String, timeout: Double = 30, _ variables: [String: String] = [:]) -> LambdaFunction {
        // What a process remembers would hide what an answer costs.
        let own = ["SECRET_KEY": secret, "SECURITYTRAILS_API_URL": baseURL, "CACHE_SECONDS": "0"]
        return LambdaFunction(timeout: timeout, variables: own.merging(variables) { $1 })
    }
}

extension ExecutionEnvironment {
    /// The report of an invocation that must be answered as it should, but for a response that Lambda would not take whole.
    func answered(_ event: Data) throws -> Report {
        let report = invoke(event)
        let summary = ResponseSummary(report.outcome)
        guard summary.status == 200, summary.errors.allSatisfy({ $0.code == "response too large" }) else {
            let path = requestLine(ofEvent: event).path
            throw CommandError("\(executable) answered \(path) with: \(summary.text)", .failed)
        }
        return report
    }
}
