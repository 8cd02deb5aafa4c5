import Foundation
import HTTPClient

/// The zip that Lambda unpacks, its "deployment package": looked at, and read a piece at a time, because it is large.
package struct DeploymentPackage: Sendable {
    /// Where it is.
    package let path: String
    /// Its bytes.
    package let size: Int
    /// Its SHA-256 in base64, as Lambda tells it of a function's code.
    package let sha256: String

    /// The CPU that its executable is for; nil if it is a script, which is for any.
    package let architecture: StageSettings.Architecture?

    /// The most that Lambda takes in a call.
    private static let limit = 50 * 1024 * 1024
    /// A multiple of 3, so that pieces encode to base64 one by one.
    private static let piece = 3 * 64 * 1024

    /// Looks at the file at `path`.
    package init(path: String) throws(AWSError) {
        let values = try? URL(fileURLWithPath: path).resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey])
        guard FileManager.default.isReadableFile(atPath: path), values?.isRegularFile == true,
            let size = values?.fileSize
        else {
            throw .blocked("\(path) can't be read; 'relayctl package' makes it")
        }
        guard size <= Self.limit else { throw .blocked("\(path) has \(size) bytes; Lambda takes 50 MB") }
        self.path = path
        self.size = size
        let executable = PackagedExecutable(zip: path)
        try executable.checkMode()
        architecture = try executable.architecture()
        sha256 = SHA256(Self.pieces(of: path)).base64
    }

    /// A request's body with the zip in base64 between two texts.
    func body(before: [UInt8], after: [UInt8]) -> HTTPBodyStream {
        HTTPBodyStream(count: before.count + (size + 2) / 3 * 4 + after.count) { [path] in
            let encoded = Self.pieces(of: path).lazy.map { Array($0.base64EncodedData()) }
            let parts = [AnySequence([before]), AnySequence(encoded), AnySequence([after])]
            return AnyIterator(parts.joined().makeIterator())
        }
    }

    private static func pieces(of path: String) -> AnySequence<Data> {
        let file = FileHandle(forReadingAtPath: path)
        return AnySequence(
            sequence(state: file) { file in
                guard let data = try? file?.read(upToCount: piece), !data.isEmpty else { return nil }
                return data
            }
        )
    }
}

extension Packaging {
    /// Whether there is no zip, or one that is older than something it is made from.
    package static func isOutdated(_ package: URL) -> Bool {
        guard let made = modified(zip(of: package)) else { return true }
        let sources = package.appendingPathComponent("Sources")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        var all = (files?.compactMap { $0 as? URL } ?? []).filter { !$0.hasDirectoryPath }
        all.append(package.appendingPathComponent("Package.swift"))
        return all.contains { file in modified(file).map { $0 > made } ?? false }
    }

    private static func modified(_ file: URL) -> Date? {
        try? file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
    }
}
