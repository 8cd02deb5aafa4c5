import Foundation
import Loopback

/// Where the relay's executable is.
package enum Executable {
    /// The executable named on the command line, or `bootstrap` in the folder of the running executable.
    package static func besideThis(orAt path: String?) throws -> String {
        if let path { return try checked(path) }
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        return try checked(folder.appendingPathComponent("bootstrap").path)
    }

    /// The executable named on the command line, or the first of the package's builds that is there.
    package static func built(orAt path: String?, in builds: [String]) throws -> String {
        let paths = packageFolder.map { folder in
            builds.map { folder.appendingPathComponent(".build/\($0)/bootstrap").path }
        }
        let build = paths?.first(where: FileManager.default.isExecutableFile(atPath:))
        return try besideThis(orAt: path ?? build)
    }

    /// The package's folder: the current one, or the nearest above it that holds a Package.swift.
    package static var packageFolder: URL? {
        var folder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) {
            guard folder.path != "/" else { return nil }
            folder.deleteLastPathComponent()
        }
        return folder
    }

    private static func checked(_ path: String) throws -> String {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw LocalError(
                "\(path): no executable there; 'swift build --product bootstrap' makes it, --exec names another"
            )
        }
        return path
    }
}
