import Foundation
import HTTPClient
import Loopback

/// Which published version a rollback goes to.
package enum RollbackTarget: Sendable {
    /// The version of that number.
    case version(Int)
    /// So many versions before the newest.
    case before(Int)
}

extension RelayDeployment {
    /// Puts a published version's code back. It is not published again: it has a version.
    package func rollBack(to target: RollbackTarget) throws(AWSError) {
        _ = try findAccount()
        try lock(for: "rollback")
        guard try retrying(findFunction) != nil else { throw noFunction }
        let version = try step("version") { () throws(AWSError) in
            let version = try find(target, in: try lambda.versions().map(\.number))
            return (.found, String(version), version)
        }
        try step("code") { () throws(AWSError) in
            let now = try waitUntilIdle()
            let published = try lambda.published(version)
            guard let sha256 = published.configuration.codeSha256 else {
                throw .unreadable(action: "lambda:GetFunction")
            }
            if sha256 == now.codeSha256 {
                _ = try checked(now)
                return (.unchanged, "it is that of version \(version) already", ())
            }
            try restore(published, sha256: sha256)
            return (.changed, "that of version \(version)", ())
        }
    }

    private func find(_ target: RollbackTarget, in versions: [Int]) throws(AWSError) -> Int {
        let kept =
            "kept are " + (versions.isEmpty ? "none" : versions.map(String.init).joined(separator: ", "))
            + " (num_retained_versions: \(settings.retainedVersions))"
        switch target {
        case .version(let version):
            guard versions.contains(version) else { throw .blocked("there is no version \(version); \(kept)") }
            return version
        case .before(let count):
            guard count < versions.count else { throw .blocked("no version is \(count) before the newest; \(kept)") }
            return versions[versions.count - 1 - count]
        }
    }

    /// Downloads a version's zip, by way of a file that nobody else can read, and uploads it.
    private func restore(_ published: LambdaService.Published, sha256: String) throws(AWSError) {
        let path = temporaryFolder + "/relayctl-" + UUID().uuidString
        let remains = Remains.add { unlink(path) }
        defer {
            unlink(path)
            Remains.remove(remains)
        }
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else {
            throw .blocked("\(path) can't be written")
        }
        try client.download(published.code.location, to: file)
        let zip = try DeploymentPackage(path: path)
        guard zip.sha256 == sha256 else { throw .blocked("the downloaded code is not that of the version") }
        let architecture = published.configuration.architectures?.first ?? "x86_64"
        try lambda.update(code: zip, architecture: architecture, publishes: false) { [report] sent, total in
            report(.uploaded(sent: sent, total: total))
        }
        _ = try waitUntilUpdated()
    }
}
