import Foundation

/// A new folder that only this user may enter. A signal that ends this process removes it; else whoever made it does.
package func temporaryFolder(_ purpose: String) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("relay-\(purpose)-\(UUID().uuidString)")
    _ = Remains.add {
        // A child of a tool's, such as a compiler's linker, may outlive it for a moment and write there.
        for _ in 0..<40 {
            try? FileManager.default.removeItem(at: folder)
            guard FileManager.default.fileExists(atPath: folder.path) else { break }
            usleep(50_000)
        }
    }
    try FileManager.default.createDirectory(
        at: folder,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700]
    )
    return folder
}
