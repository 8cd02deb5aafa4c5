import Foundation

/// A process that ends a group of processes once this process has ended, even by SIGKILL, which nobody can tell to a group
/// that is frozen.
final class Guard: Sendable {
    private let id: pid_t
    private let pipe: Pipe

    /// - Parameter group: its number, which must be the group's until the guard is dismissed.
    init(of group: pid_t) throws(LocalError) {
        pipe = Pipe()
        // It reads until this process has ended, or has written a line.
        let spawn = Spawn(
            executable: "/bin/sh",
            arguments: ["-c", "read -r line || kill -KILL -\(group)"],
            environment: [:],
            input: pipe.reader,
            hasOwnGroup: true
        )
        do {
            id = try spawn.start()
        } catch {
            pipe.closeReader()
            pipe.write(Data())
            throw error
        }
        pipe.closeReader()
    }

    /// Lets the group be, and waits for the guard's own end.
    func dismiss() {
        pipe.write(Data("\n".utf8))
        _ = wait(for: id)
    }
}
