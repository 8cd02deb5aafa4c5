import Foundation

/// A new folder that only this user may enter. A signal that ends this process removes it; else whoever made it does.
package func temporaryFolder(_ purpose: String) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("relay-\(purpose)-\(UUID().uuidString)")
    _ = Remains.add { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
        at: folder,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700]
    )
    return folder
}
