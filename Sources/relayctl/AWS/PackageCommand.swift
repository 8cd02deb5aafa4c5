import Deployment
import Foundation
import LocalLambda

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
        """
    static let options: [Option] = []

    init(_ arguments: Arguments) throws {
        guard arguments.positional.isEmpty else { throw CommandError("it takes no arguments") }
    }

    func run(_ context: Context) throws -> Int32 {
        guard let package = Executable.packageFolder(from: context.workingDirectory) else {
            throw CommandError("the current folder is in no package", .failed)
        }
        let zip = try Packaging(package: package) { context.say($0 + " …") }.run()
        context.print(
            """
            \(zip.file.path)
            size          \(String(format: "%.1f MB", Double(zip.size) / 1e6)) (\(zip.size) bytes)
            sha256        \(zip.sha256)
            architecture  \(zip.architecture)
            needs         \(zip.audit.highest.map(\.description).joined(separator: ", "))
            loads         \(zip.audit.needed.sorted().joined(separator: ", "))
            """
        )
        return 0
    }
}
