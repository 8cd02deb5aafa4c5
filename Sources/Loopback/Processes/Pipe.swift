import Foundation

/// A pipe whose ends no other process inherits.
final class Pipe: Sendable {
    let reader: Int32
    let writer: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        inheritance.withLock { _ in
            guard pipe(&ends) == 0 else { return }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        (reader, writer) = (ends[0], ends[1])
    }

    func closeReader() {
        close(reader)
    }

    /// Writes all of it and closes the pipe; a reader that has gone wanted no more.
    func write(_ data: Data) {
        signal(SIGPIPE, SIG_IGN)
        try? FileHandle(fileDescriptor: writer, closeOnDealloc: true).write(contentsOf: data)
    }

    /// Reads to the end on another thread, whose result the returned function waits for.
    func readAll() -> () -> Data {
        close(writer)
        let data = Monitor<Data?>(nil)
        let file = FileHandle(fileDescriptor: reader, closeOnDealloc: true)
        Thread.detachNewThread {
            let all = (try? file.readToEnd()) ?? Data()
            data.with { $0 = all }
        }
        return { data.wait { $0 } ?? Data() }
    }
}
