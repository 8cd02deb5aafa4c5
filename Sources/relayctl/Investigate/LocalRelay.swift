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

    /// - Parameter token: the module's JWT; nil: the one that was made up with the secret key.
    init(executable: String?, _ context: Context, token: String?) throws {
        let executable = try Executable.besideThis(orAt: executable.map(context.file))
        let demonstration = try Demonstration(environment: context.environment)
        var function = LambdaFunction(memory: 512, timeout: 30, concurrency: 1)
        function.variables = demonstration.variables
        let pool = EnvironmentPool(
            [ExecutionEnvironment(executable: executable, function: function, freezes: false, output: nil)],
            concurrency: 1
        )
        do {
            try pool.start()
            let gateway = LocalGateway(.rest, stage: "dev", hasMultiValueHeaders: false)
            server = try GatewayServer(gateway, port: 0, pool: pool, answered: { _ in }, reported: { _ in })
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
    }

    /// Whether SecurityTrails is made up.
    var isDemonstration: Bool {
        demonstration.standIn != nil
    }

    /// Tells how many requests the made-up SecurityTrails has had; nil if it is the real one.
    var queryCount: @Sendable () -> Int? {
        let standIn = demonstration.standIn
        return { standIn?.requests.count }
    }

    func stop() {
        server.stop()
        pool.stop()
        demonstration.stop()
    }
}
