import Foundation

/// A client that sends what it is told, byte for byte.
package final class RawClient {
    private let descriptor: Int32

    package init(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr = in_addr(s_addr: INADDR_LOOPBACK.bigEndian)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    deinit {
        close(descriptor)
    }

    package func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// What comes until `isEnough`, the end of the connection, or so many seconds of silence.
    package func receive(patience: Int = 2, until isEnough: (String) -> Bool = { _ in false }) -> String {
        wait(seconds: patience)
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !isEnough(String(decoding: received, as: UTF8.self)) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer[..<count]
        }
        return String(decoding: received, as: UTF8.self)
    }

    /// Whether the server ends the connection within two seconds.
    package func isEnded() -> Bool {
        wait(seconds: 2)
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, 0) == 0
    }

    /// A whole exchange on a connection of its own, which the server ends.
    package static func exchange(_ port: Int, _ head: String, body: String = "") -> String {
        let client = RawClient(port: port)
        let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
        client.send(head + "\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + length + "\r\n" + body)
        return client.receive(patience: 20)
    }

    /// Has each receipt wait so long at most.
    private func wait(seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }
}
