import Deployment
import Foundation
import Investigation

/// The relay that is asked: the one on this machine, which runs as long as this, or one elsewhere.
final class InvestigatedRelay {
    enum Target {
        case here(executable: String?, environmentFile: String?)
        case stage(String)
        case url(String)

        /// The relay's variables, as far as they are known here.
        func variables(_ context: Context) throws -> [String: String] {
            switch self {
            case .here(_, let file): try context.relayVariables(file)
            case .stage(let stage): try SettingsFile(context.file(SettingsFile.name)).stage(stage).environment
            case .url: [:]
            }
        }
    }

    let address: RelayClient.Address
    /// What the operator calls it.
    let name: String
    private let local: LocalRelay?
    private let environment: [String: String]

    /// - Parameters:
    ///   - variables: the target's.
    ///   - token: the module's JWT; nil: the relay here makes one up.
    init(_ target: Target, _ context: Context, _ variables: [String: String], token: String?) throws {
        environment = context.environment
        do {
            switch target {
            case .here(let executable, _):
                let local = try LocalRelay(executable: executable, context, variables: variables, token: token)
                self.local = local
                address = local.address
                name = "the relay on this machine"
            case .stage(let stage):
                let status = try onAWS(context, try SettingsFile(context.file(SettingsFile.name)).stage(stage)).status(
                    comparedTo: nil
                )
                guard let url = status.url else {
                    throw CommandError(
                        "no relay is deployed for \(stage); 'relayctl deploy \(stage)' does that",
                        .failed
                    )
                }
                local = nil
                address = try RelayClient.Address(url: url, token: token)
                name = "\(stage), \(url)"
            case .url(let url):
                local = nil
                address = try RelayClient.Address(url: url, token: token)
                name = url
            }
        } catch let error as InvestigationError {
            throw CommandError(error.description)
        }
    }

    /// Whether SecurityTrails is made up.
    var isDemonstration: Bool {
        local?.isDemonstration ?? false
    }

    /// Tells how many requests SecurityTrails has had so far; nil if nobody knows.
    var queryCount: @Sendable () -> Int? {
        let unknown: @Sendable () -> Int? = { nil }
        return local?.queryCount ?? unknown
    }

    /// The relay as the page asks it.
    var page: PageServer.Relay {
        PageServer.Relay(
            address,
            name: name,
            isDemonstration: isDemonstration,
            environment: environment,
            queryCount: queryCount
        )
    }

    func stop() {
        local?.stop()
    }
}
