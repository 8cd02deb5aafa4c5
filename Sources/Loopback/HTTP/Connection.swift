import Foundation

/// A socket that a peer is at the other end of, with TLS or without: bytes in, bytes out, each within a time.
final class Connection {
    private let descriptor: Int32
    private let tls: TLSSession?

    /// Does the TLS handshake if there is a context; nil if that fails.
    init?(_ descriptor: Int32, tls context: TLSContext?) {
        self.descriptor = descriptor
        guard let context else {
            tls = nil
            return
        }
        guard let session = context.accept(descriptor) else { return nil }
        tls = session
    }

    /// Appends what comes within `seconds` (nil: whenever it comes) to the buffer. False: nothing came.
    func read(into buffer: inout [UInt8], seconds: Double?) -> Bool {
        guard tls?.hasPending == true || isReadable(within: seconds) else { return false }
        let piece = [UInt8](unsafeUninitializedCapacity: 65_536) { piece, count in
            let bytes = UnsafeMutableRawBufferPointer(piece)
            count = max(0, tls?.read(bytes) ?? recv(descriptor, bytes.baseAddress, bytes.count, 0))
        }
        buffer += piece
        return !piece.isEmpty
    }

    /// Sends all of it; false if the peer is gone or takes nothing for 30 s.
    func write(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { rest in
            if let tls { return tls.write(rest) }
            var rest = rest[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard sent > 0 else { return false }
                rest = rest.dropFirst(sent)
            }
            return true
        }
    }

    /// Whether the peer is still there.
    var isOpen: Bool {
        isConnected(descriptor)
    }

    /// Has TLS negotiate again, or hand out a session ticket; false without TLS, and if the peer will not.
    func negotiateAgain() -> Bool {
        tls?.negotiateAgain() ?? false
    }

    func close() {
        tls?.close()
    }

    /// Waits until the peer has gone.
    func waitForEnd() {
        var wanted = pollfd(fd: descriptor, events: peerHasGone, revents: 0)
        while poll(&wanted, 1, -1) < 0, errno == EINTR {}
    }

    private func isReadable(within seconds: Double?) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = seconds.map { Int32(min(max($0, 0) * 1000, 1e9)) } ?? -1
        while true {
            let ready = poll(&wanted, 1, milliseconds)
            if ready >= 0 || errno != EINTR { return ready > 0 }
        }
    }
}

/// POLLRDHUP of poll(2), which glibc declares for _GNU_SOURCE only.
private let peerHasGone: Int16 = 0x2000

/// Whether the peer of a connected socket is still there.
func isConnected(_ descriptor: Int32) -> Bool {
    var wanted = pollfd(fd: descriptor, events: peerHasGone, revents: 0)
    return poll(&wanted, 1, 0) == 0
}

/// Waits for a connection; negative, with errno, where there is none.
func accept(_ listener: Int32) -> Int32 {
    var wanted = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
    guard poll(&wanted, 1, -1) > 0 else { return -1 }
    return inheritance.withLock { _ in
        let descriptor = accept(listener, nil, nil)
        if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        return descriptor
    }
}

/// A socket that listens on loopback, and its port.
func listen(port: Int) throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw LocalError("no socket: \(systemMessage())") }
    set(descriptor, SOL_SOCKET, SO_REUSEADDR, to: Int32(1))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
    address.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            var length = size
            return bind(descriptor, generic, size) == 0 && listen(descriptor, 128) == 0
                && getsockname(descriptor, generic, &length) == 0
        }
    }
    guard bound else {
        let message = systemMessage()
        close(descriptor)
        throw LocalError("can't listen on 127.0.0.1:\(port): \(message)")
    }
    return (descriptor, Int(in_port_t(bigEndian: address.sin_port)))
}

/// Sets an option of a socket.
func set<Value>(_ descriptor: Int32, _ level: Int32, _ option: Int32, to value: Value) {
    withUnsafePointer(to: value) { pointer in
        _ = setsockopt(descriptor, level, option, pointer, socklen_t(MemoryLayout<Value>.size))
    }
}
