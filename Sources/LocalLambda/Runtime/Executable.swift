import Foundation
import Loopback

/// Where the relay's executable is.
package enum Executable {
    /// The executable named on the command line, or `bootstrap` in the folder of the running executable.
    package static func besideThis(orAt file: InputFile?) throws(FileError) -> String {
        if let file { return try checked(file) }
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let file = InputFile(folder.appendingPathComponent("bootstrap").path)
        guard file.exists else { throw FileError(file, "no such file; 'swift build --product bootstrap' makes it") }
        return try checked(file)
    }

    /// The executable named on the command line, or the first of the package's builds that is there.
    package static func built(
        orAt file: InputFile?,
        in builds: [String],
        from folder: String
    ) throws(FileError) -> String {
        let paths = packageFolder(from: folder).map { folder in
            builds.map { folder.appendingPathComponent(".build/\($0)/bootstrap").path }
        }
        let build = paths?.first(where: FileManager.default.isExecutableFile(atPath:))
        return try besideThis(orAt: file ?? build.map { InputFile($0) })
    }

    /// Whether SwiftPM built the executable without optimization.
    package static func isDebugBuild(_ path: String) -> Bool {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().lastPathComponent == "debug"
    }

    /// The package's folder: this one, or the nearest above it that holds a Package.swift.
    package static func packageFolder(from folder: String) -> URL? {
        var folder = URL(fileURLWithPath: folder)
        while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) {
            guard folder.path != "/" else { return nil }
            folder.deleteLastPathComponent()
        }
        return folder
    }

    /// The path of a file that the system can start: an ELF file (System V ABI, chapter 4) or a script.
    private static func checked(_ file: InputFile) throws(FileError) -> String {
        guard file.exists else { throw FileError(file, "no such file") }
        guard let path = file.path, !file.isFolder, access(path, X_OK) == 0 else {
            throw FileError(file, "is not executable")
        }
        let start = FileHandle(forReadingAtPath: path).flatMap { try? $0.read(upToCount: 4) } ?? Data()
        guard start == Data([0x7F, 0x45, 0x4C, 0x46]) || start.starts(with: Data("#!".utf8)) || start.isEmpty else {
            throw FileError(file, "is neither an ELF file nor a script")
        }
        return path
    }
}
