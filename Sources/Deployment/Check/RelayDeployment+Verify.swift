import Foundation
import HTTPClient
import Loopback

extension RelayDeployment {
    /// Asks the relay for its version, for 30 seconds: a new API takes some to be known everywhere.
    package func verify(_ url: String) throws(AWSError) {
        let probe = RelayProbe(url: url) { [client] (request, timeout) throws(HTTPError) in
            try client.exchange(request, timeout: timeout)
        }
        try step("answer") { () throws(AWSError) in
            let end = MonotonicTime.now + 30
            while true {
                switch probe.version(timeout: 10).result {
                case .success(let version): return (.found, "version \(version)", ())
                case .failure(let trouble):
                    guard !trouble.isLasting, MonotonicTime.now < end else {
                        let meaning = trouble.meaning.replacing("STAGE", with: settings.stage)
                        throw .blocked("deployed, but POST \(url)/version: \(trouble.seen)\n  \(meaning)")
                    }
                }
                report(.waiting)
                Thread.sleep(forTimeInterval: 1)
            }
        }
    }

    /// The relay's URL.
    package func url() throws(AWSError) -> String {
        guard let api = try retrying(findRestAPI) else {
            throw .blocked("no relay is deployed for \(settings.stage); 'relayctl deploy \(settings.stage)' does that")
        }
        return settings.url(ofAPI: api.id)
    }
}
