import COpenSSL
import Foundation

/// The zip that Lambda unpacks: looked at, and read a piece at a time, because it is large.
public struct Zip: Sendable {
    /// Where it is.
    public let path: String
    /// Its bytes.
    public let size: Int
    /// Its SHA-256 in base64, as Lambda tells it of a function's code.
    public let sha256: String

    /// The most that Lambda takes in a call.
    private static let limit = 50 * 1024 * 1024
    /// A multiple of 3, so that pieces encode to base64 one by one.
    private static let piece = 3 * 64 * 1024

    /// Looks at the file at `path`.
    public init(path: String) throws(AWSError) {
        self.path = path
        guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd(), size > 0 else {
            throw .blocked("\(path) can't be read; 'relayctl package' makes it")
        }
        guard size <= Self.limit else { throw .blocked("\(path) has \(size) bytes; Lambda takes 50 MB") }
        self.size = Int(size)
        guard Self.holdsBootstrap(file, size: size) else {
            throw .blocked("\(path) is no zip with an executable 'bootstrap' at its top")
        }
        guard let sha256 = Self.digest(file) else { throw .blocked("\(path) can't be read") }
        self.sha256 = sha256
    }

    /// A request's body with the zip in base64 between two texts, in one piece of memory and never in two.
    func request(before: [UInt8], after: [UInt8]) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(before.count + (size + 2) / 3 * 4 + after.count)
        body += before
        if let file = FileHandle(forReadingAtPath: path) {
            while let data = try? file.read(upToCount: Self.piece), !data.isEmpty { body += data.base64EncodedData() }
        }
        body += after
        return body
    }

    private static func digest(_ file: FileHandle) -> String? {
        guard (try? file.seek(toOffset: 0)) != nil, let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
        while let data = try? file.read(upToCount: piece), !data.isEmpty {
            _ = data.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        }
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &digest, nil)
        return Data(digest).base64EncodedString()
    }

    /// Whether the central directory (APPNOTE.TXT, 4.3.12) has an executable file `bootstrap`.
    private static func holdsBootstrap(_ file: FileHandle, size: UInt64) -> Bool {
        let tail = min(size, 128 * 1024)
        guard (try? file.seek(toOffset: size - tail)) != nil, let end = try? file.read(upToCount: Int(tail)) else {
            return false
        }
        let name = Data("bootstrap".utf8)
        let signature = Data([0x50, 0x4B, 0x01, 0x02])
        var start = end.startIndex
        while let header = end.range(of: signature, in: start..<end.endIndex)?.lowerBound {
            start = header + 4
            guard header + 46 + name.count <= end.endIndex,
                end[header + 28] == UInt8(name.count), end[header + 29] == 0,
                end[header + 46..<header + 46 + name.count] == name
            else { continue }
            // The upper half of the external attributes is the mode, where the file was zipped on Unix.
            return end[header + 40] & 0o111 != 0
        }
        return false
    }
}
