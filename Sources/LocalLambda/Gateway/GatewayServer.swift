import Foundation
import Loopback

/// A gateway with the function behind it, on a port of this machine: HTTP in, an event to the function, its response
/// out.
package final class GatewayServer: Sendable {
    /// What is told of each request, when it has been answered.
    package struct Record: Sendable {
        /// `POST`
        package let method: String
        /// The target as it was sent.
        package let target: String
        /// The status that the client got.
        package let status: Int
        /// What AWS would have taken amiss.
        package let complaints: [String]
    }

    private let server: HTTPServer

    /// Starts the gateway on loopback; a `Host` that is not this machine's is refused.
    ///
    /// - Parameters:
    ///   - page: asked first; what it has no reply to is the gateway's.
    ///   - answered: told of each request.
    ///   - reported: told of each invocation, which may end after the gateway has answered.
    package init(
        _ gateway: LocalGateway,
        port: Int,
        pool: EnvironmentPool,
        page: @escaping @Sendable (HTTPServer.Request) -> HTTPServer.Reply? = { _ in nil },
        answered: @escaping @Sendable (Record) -> Void,
        reported: @escaping @Sendable (ExecutionEnvironment.Report) -> Void
    ) throws {
        var limits = HTTPServer.Limits()
        // More than any gateway takes: the refusal is its own, and is told like every answer.
        limits.body = 16 << 20
        // https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
        if gateway.kind == .rest || gateway.kind == .http { limits.head = 10_240 }
        server = try HTTPServer(port: port, limits: limits) { request in
            if let reply = page(request) { return reply }
            let verdict = gateway.answer(request, pool: pool, reported: reported)
            answered(
                Record(
                    method: request.method,
                    target: request.target,
                    status: verdict.response.status,
                    complaints: verdict.complaints
                )
            )
            return HTTPServer.Reply(.respond(verdict.response))
        }
    }

    /// The port that it listens on.
    package var port: Int {
        server.port
    }

    /// Ends the server and its connections.
    package func stop() {
        server.stop()
    }
}

extension LocalGateway {
    fileprivate func answer(
        _ request: HTTPServer.Request,
        pool: EnvironmentPool,
        reported: @escaping @Sendable (ExecutionEnvironment.Report) -> Void
    ) -> Verdict {
        let id = UUID().uuidString.lowercased()
        guard request.body.count <= requestLimit else { return bodyTooLarge }
        guard let event = event(for: request, id: id) else { return outsideStage }

        // The gateway may lose its patience before the function is done, which goes on all the same.
        let outcome = Monitor<ExecutionEnvironment.Outcome??>(nil)
        let complaints = Monitor<[String]>([])
        Thread.detachNewThread {
            let report = pool.invoke(event.text(), id: id, waiting: patience ?? 900)
            if let report {
                complaints.with { $0 = report.complaints }
                reported(report)
            }
            outcome.with { $0 = .some(report?.outcome) }
        }
        guard let end = outcome.wait(seconds: patience, { $0 }), let end else { return timedOut }
        let verdict = verdict(on: end)
        return Verdict(response: verdict.response, complaints: complaints.with { $0 } + verdict.complaints)
    }
}
