import Deployment
import Foundation
import LocalLambda
import Relay

/// `relayctl package`: makes the zip that is uploaded to Lambda.
struct PackageCommand: Subcommand {
    static let name = "package"
    static let summary = "Make the zip that is uploaded to Lambda"
    static let synopsis = ""
    static let discussion = """
        Builds the relay with libcurl, OpenSSL and Swift's libraries linked in, checks that it starts on Lambda's
        provided.al2023, and packs it with this machine's certificate authorities into
        .build/lambda/securitytrails-relay.zip. The unpacked executable stays beside the zip. Package again to renew
        the libraries and the authorities. 'deploy/setup --lambda' installs what it needs.

        Beside the zip it writes what others made of it, with versions and licences, as
        SPDX 2.3 (.spdx.json), and it says if apt knows newer versions of that. The same
        sources on the same machine make the same zip. CodeSha256 is what Lambda shows
        of the code that it runs; 'relayctl status' compares it.
        """
    static let options: [Option] = []

    init(_ arguments: Arguments) throws {
        guard arguments.positional.isEmpty else { throw CommandError("it takes no arguments") }
    }

    func run(_ context: Context) throws -> Int32 {
        guard let package = Executable.packageFolder(from: context.workingDirectory) else {
            throw CommandError("the current folder is in no package", .failed)
        }
        let zip = try Packaging(package: package, version: relayVersion) { context.say($0 + " …") }.run()
        context.print(
            """
            \(zip.file.path)
            size          \(String(format: "%.1f MB", Double(zip.size) / 1e6)) (\(zip.size) bytes)
            sha256        \(zip.sha256)
            CodeSha256    \(zip.codeSha256)
            architecture  \(zip.architecture)
            needs         \(zip.audit.highest.map(\.description).joined(separator: ", "))
            loads         \(zip.audit.needed.sorted().joined(separator: ", "))
            contains      \(zip.components.filter { $0.use != .loaded }.map(\.description).joined(separator: ", "))
            SBOM          \(zip.billOfMaterials.path)
            """
        )
        let newer = NewerPackages(than: zip.components).all
        if !newer.isEmpty {
            context.say("Newer than what is in the zip: \(newer.joined(separator: ", "))")
            context.say("'sudo apt-get upgrade' installs them; then package and deploy again")
        }
        return 0
    }
}
