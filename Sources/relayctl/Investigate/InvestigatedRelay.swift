import Deployment
import Foundation
import Investigation

/// The relay that is asked: the one on this machine, which runs as long as this, or one elsewhere.
final class InvestigatedRelay {
    enum Target {
        case here(executable: String?)
        case stage(String)
        case url(String)
    }

    let address: RelayClient.Address
    /// What the operator calls it.
    let name: String
    private let local: LocalRelay?
    private let environment: [String: String]

    init(_ target: Target, _ context: Context, token: String?) throws {
        environment = context.environment
        do {
            switch target {
            case .here(let executable):
                let local = try LocalRelay(executable: executable, context, token: token)
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

    /// The relay as the page asks it.
    var page: PageServer.Relay {
        let none: @Sendable () -> Int? = { nil }
        let queryCount = local?.queryCount ?? none
        return PageServer.Relay(
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
