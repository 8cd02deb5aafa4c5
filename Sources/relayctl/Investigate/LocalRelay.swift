import Foundation
import Investigation
import LocalLambda
import Loopback

/// The relay on this machine behind API Gateway's REST API, as `relayctl serve` runs it, without a word.
final class LocalRelay {
    let address: RelayClient.Address
    private let demonstration: Demonstration
    private let pool: EnvironmentPool
    private let server: GatewayServer
    private let log: RequestLog

    /// - Parameters:
    ///   - variables: `Context.relayVariables`.
    ///   - token: the module's JWT; nil: the one that was made up with the secret key.
    init(executable: String?, _ context: Context, variables: [String: String], token: String?) throws {
        let executable = try Executable.besideThis(orAt: executable.map(context.file))
        let demonstration = try Demonstration(environment: variables)
        let log = RequestLog()
        var function = LambdaFunction(memory: 512, timeout: 30, concurrency: 1)
        function.variables = demonstration.variables.merging(RequestLog.variables) { $1 }
        let environment = ExecutionEnvironment(
            executable: executable,
            function: function,
            freezes: false,
            output: log.descriptor
        )
        let pool = EnvironmentPool([environment], concurrency: 1)
        do {
            try pool.start()
            let gateway = LocalGateway(.rest, stage: "dev", hasMultiValueHeaders: false)
            server = try GatewayServer(gateway, port: 0, pool: pool, answered: { _ in }, reported: log.expect)
            address = try RelayClient.Address(
                url: "http://127.0.0.1:\(server.port)/dev",
                token: token ?? demonstration.token
            )
        } catch {
            pool.stop()
            demonstration.stop()
            throw error
        }
        self.demonstration = demonstration
        self.pool = pool
        self.log = log
    }

    /// Whether SecurityTrails is made up.
    var isDemonstration: Bool {
        demonstration.standIn != nil
    }

    /// Tells how many requests SecurityTrails has had so far; nil if the relay does not say.
    var queryCount: @Sendable () -> Int? {
        let log = log
        return { log.requests }
    }

    func stop() {
        server.stop()
        pool.stop()
        demonstration.stop()
    }
}
