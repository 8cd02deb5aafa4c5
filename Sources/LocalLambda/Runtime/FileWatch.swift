import Foundation
import Loopback

/// Sees that a file was replaced or rewritten.
package final class FileWatch: Sendable {
    private struct Identity: Equatable {
        let number: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    private let isStopped = Monitor(false)

    /// Looks at the file twice a second, and calls `whenChanged` when it is another one and whole: a linker takes its
    /// time.
    package init(_ path: String, whenChanged: @escaping @Sendable () -> Void) {
        let isStopped = isStopped
        Thread.detachNewThread {
            var known = Self.identity(path)
            var last = known
            while isStopped.wait(seconds: 0.5, { $0 ? true : nil }) == nil {
                let current = Self.identity(path)
                if let current, current != known, current == last {
                    known = current
                    whenChanged()
                }
                last = current
            }
        }
    }

    /// Looks no more.
    package func stop() {
        isStopped.with { $0 = true }
    }

    private static func identity(_ path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > 0, access(path, X_OK) == 0 else { return nil }
        return Identity(
            number: UInt64(status.st_ino),
            size: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }
}
