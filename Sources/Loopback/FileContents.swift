import Foundation

/// All that a file holds, which may be a pipe, or that comes on standard input where `path` is `-`.
///
/// - Parameter limit: the most bytes that it may hold.
package func contents(of path: String, limit: Int) throws(LocalError) -> Data {
    let (name, file) = path == "-" ? ("standard input", dup(STDIN_FILENO)) : (path, open(path, O_RDONLY | O_CLOEXEC))
    guard file >= 0 else { throw LocalError(errno == ENOENT ? "\(name): no such file" : unreadable(name)) }
    defer { close(file) }
    var contents = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while contents.count <= limit {
        let count = read(file, &buffer, buffer.count)
        guard count >= 0 || errno == EINTR else { throw LocalError(unreadable(name)) }
        if count == 0 { return contents }
        contents += buffer.prefix(max(count, 0))
    }
    throw LocalError("\(name): is larger than \(limit >> 20) MB")
}

private func unreadable(_ name: String) -> String {
    "\(name): can't be read: \(systemMessage())"
}
