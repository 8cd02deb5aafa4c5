import Foundation

/// A small HTTP/1.1 server on loopback: a thread a connection, blocking, and only as much of HTTP as a Runtime API, a
/// stand-in and a gateway need. Whatever the peer does, sizes and times are bounded.
package final class HTTPServer: Sendable {
    /// Says what to do with a request. Several run at once, one a connection.
    package typealias Handler = @Sendable (Request) -> Reply

    /// The bounds of what a peer may send, in bytes and seconds.
    package struct Limits: Sendable {
        /// Bytes of a request's line and header fields.
        package var head = 65_536
        /// Bytes of a request's body.
        package var body = 64 << 20
        /// Seconds from a request's first byte to its last.
        package var request = 30.0
        /// Seconds that a connection may be silent between two requests; nil: for ever.
        package var idle: Double? = 120

        /// The usual bounds.
        package init() {}
    }

    private struct State {
        var isStopped = false
        var open: [Int: Int32] = [:]
        var accepted = 0
        var threads = 0
    }

    /// The names of this machine to itself.
    package static let loopbackNames = ["localhost", "127.0.0.1", "[::1]"]

    /// The port that it listens on.
    package let port: Int
    private let listener: Int32
    private let tls: TLSContext?
    private let limits: Limits
    private let http2: Bool
    private let hosts: [String]
    private let handler: Handler
    private let state = Monitor(State())

    /// Starts a server on 127.0.0.1.
    ///
    /// - Parameters:
    ///   - port: 0 for any that is free.
    ///   - tls: who the server says it is; nil: plain HTTP.
    ///   - http2: TLS agrees on HTTP/2, of which nothing is read: the handler is called for each connection, and answers
    ///     with frames.
    ///   - newestTLS: the version that is agreed on with a peer that speaks it.
    ///   - hosts: the names that a `Host` field may have, without port; others are answered 421. A page in a browser
    ///     can make its own name resolve to this machine, and would else be served here.
    package init(
        port: Int = 0,
        tls identity: TLSIdentity? = nil,
        http2: Bool = false,
        newestTLS: TLSVersion = .tls13,
        hosts: [String] = loopbackNames,
        limits: Limits = Limits(),
        handler: @escaping Handler
    ) throws {
        tls = try identity.map { try TLSContext($0, http2: http2, newest: newestTLS) }
        self.http2 = http2
        // libssl writes with write(2), which would end this process when a peer has gone.
        if tls != nil { signal(SIGPIPE, SIG_IGN) }
        (listener, self.port) = try listen(port: port)
        self.hosts = hosts.map { $0.lowercased() }
        self.limits = limits
        self.handler = handler
        startThread { $0.acceptConnections() }
    }

    /// `http://127.0.0.1:PORT`, or https.
    package var origin: String {
        "\(tls == nil ? "http" : "https")://127.0.0.1:\(port)"
    }

    /// How many connections were opened so far.
    package var connectionCount: Int {
        state.with { $0.accepted }
    }

    /// Waits until no connection is open on this side; false if one still is after `seconds`.
    package func waitForNoConnection(seconds: Double = 20) -> Bool {
        state.wait(seconds: seconds) { $0.open.isEmpty ? true : nil } ?? false
    }

    /// Ends every connection and waits until their threads have ended.
    package func stop() {
        let wasRunning = state.with { state in
            defer { state.isStopped = true }
            for descriptor in state.open.values { shutdown(descriptor, Int32(SHUT_RDWR)) }
            return !state.isStopped
        }
        guard wasRunning else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        _ = state.wait(seconds: 10) { $0.threads == 0 ? true : nil }
    }

    /// Ends every connection that is open now; others can be opened.
    package func endConnections() {
        state.with { state in
            for descriptor in state.open.values { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Sleeps; false if the server was stopped meanwhile.
    package func sleep(_ seconds: Double) -> Bool {
        state.wait(seconds: seconds) { $0.isStopped ? true : nil } == nil
    }

    // MARK: - Threads

    private func startThread(_ body: @escaping @Sendable (HTTPServer) -> Void) {
        state.with { $0.threads += 1 }
        Thread.detachNewThread { [self] in
            body(self)
            state.with { $0.threads -= 1 }
        }
    }

    private func acceptConnections() {
        while true {
            let descriptor = accept(listener)
            if descriptor >= 0 {
                admit(descriptor)
            } else if state.with({ $0.isStopped }) {
                break
            } else if errno != EINTR, errno != ECONNABORTED {
                // Out of descriptors: some will be free again.
                _ = sleep(0.1)
            }
        }
        close(listener)
    }

    private func admit(_ descriptor: Int32) {
        set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, to: Int32(1))
        // What poll does not bound: a peer that takes nothing, or stops inside a TLS record.
        let patience = timeval(tv_sec: 30, tv_usec: 0)
        set(descriptor, SOL_SOCKET, SO_SNDTIMEO, to: patience)
        set(descriptor, SOL_SOCKET, SO_RCVTIMEO, to: patience)
        let number: Int? = state.with { state in
            guard !state.isStopped else { return nil }
            state.accepted += 1
            state.open[state.accepted] = descriptor
            return state.accepted
        }
        guard let number else {
            close(descriptor)
            return
        }
        startThread { server in
            server.serve(descriptor, number)
            // Closed under the lock: stop() must never shut down a number that was given to another file.
            server.state.with { state in
                state.open[number] = nil
                close(descriptor)
            }
        }
    }

    // MARK: - One connection

    private func serve(_ descriptor: Int32, _ number: Int) {
        guard let connection = Connection(descriptor, tls: tls) else { return }
        guard !http2 else {
            let parts = RequestReader.Parts(method: "PRI", target: "*", version: "HTTP/2.0", headers: [])
            _ = answer(parts, with: handler(Request(method: "PRI", target: "*", connection: number)), on: connection)
            return
        }
        var reader = RequestReader(connection, limits: limits)
        do throws(RequestReader.Refusal) {
            while let parts = try reader.next() {
                try checkHost(of: parts)
                let request = Request(
                    method: parts.method,
                    target: parts.target,
                    headers: parts.headers,
                    body: parts.body,
                    connection: number,
                    isConnected: { isConnected(descriptor) }
                )
                guard answer(parts, with: handler(request), on: connection) else { return }
            }
        } catch {
            let text = Data((error.message + "\n").utf8)
            let response = Response(status: error.status, headers: [Field("Content-Type", "text/plain")], body: text)
            _ = connection.write(response.head(keepAlive: false) + text)
        }
        connection.close()
    }

    /// A client of HTTP/1.0 need not name the host; a browser is none.
    private func checkHost(of parts: RequestReader.Parts) throws(RequestReader.Refusal) {
        let values = parts.values("host")
        if values.isEmpty, parts.version == "HTTP/1.0" { return }
        guard values.count == 1, let name = hostName(values[0]), hosts.contains(name.lowercased()) else {
            let names = hosts.joined(separator: ", ")
            throw RequestReader.Refusal(status: 421, message: "The Host is not one of \(names).")
        }
    }

    /// The name in `NAME` or `NAME:PORT`; nil for anything else. Without a regular expression, for it is called often.
    private func hostName(_ value: String) -> String? {
        let end = value.lastIndex { $0 == "]" }.map { value.index(after: $0) } ?? value.firstIndex(of: ":")
        let name = value[..<(end ?? value.endIndex)]
        let port = value[name.endIndex...]
        let isAddress = name.hasPrefix("[") && name.hasSuffix("]")
        let inner = isAddress ? name.dropFirst().dropLast() : name
        guard !inner.isEmpty, inner.allSatisfy({ isAddress ? $0.isHexDigit || $0 == ":" || $0 == "." : $0 != "[" }),
            port.isEmpty
                || port.first == ":" && (1...5).contains(port.count - 1)
                    && port.dropFirst().allSatisfy({ ("0"..."9").contains($0) })
        else { return nil }
        return String(name)
    }

    /// Carries the reply out; false if the connection ends with it.
    private func answer(_ parts: RequestReader.Parts, with reply: Reply, on connection: Connection) -> Bool {
        guard reply.delay <= 0 || sleep(reply.delay) else { return false }
        switch reply.action {
        case .respond(let response):
            return send(response, to: parts, on: connection)
        case .send(let bytes, let keepAlive):
            return connection.write(bytes) && keepAlive
        case .flood(let head, let piece, let pause):
            var isTaken = connection.write(head)
            while isTaken { isTaken = connection.write(piece) && (pause == 0 || sleep(pause)) }
            return false
        case .handshakes:
            while connection.isOpen, connection.negotiateAgain() {}
            return false
        case .drop:
            return false
        case .hang:
            connection.waitForEnd()
            return false
        }
    }

    private func send(_ response: Response, to parts: RequestReader.Parts, on connection: Connection) -> Bool {
        var keepAlive = parts.keepAlive
        if case .stated = response.framing { keepAlive = false }
        let head = response.head(keepAlive: keepAlive, confirms: parts.version == "HTTP/1.0")
        guard response.hasBody, parts.method != "HEAD" else { return connection.write(head) && keepAlive }

        switch (response.framing, response.pace) {
        case (.chunked(let size), _):
            guard connection.write(head) else { return false }
            for piece in response.body.pieces(of: size) {
                let chunk = Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
                guard connection.write(chunk), sleep(response.pace?.pause ?? 0) else { return false }
            }
            return connection.write(Array("0\r\n\r\n".utf8)) && keepAlive
        case (_, let pace?):
            guard connection.write(head) else { return false }
            for piece in response.body.pieces(of: pace.bytes) {
                guard connection.write(Array(piece)), sleep(pace.pause) else { return false }
            }
            return keepAlive
        case (_, nil):
            return connection.write(head + response.body) && keepAlive
        }
    }
}

extension Data {
    /// The bytes in pieces of `size`, the last one shorter.
    fileprivate func pieces(of size: Int) -> [Data] {
        stride(from: 0, to: count, by: Swift.max(1, size)).map { start in
            dropFirst(start).prefix(Swift.max(1, size))
        }
    }
}
