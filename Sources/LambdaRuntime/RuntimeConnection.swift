import HTTPClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One exchange after the other with the Runtime API, in HTTP/1.1 (RFC 9112) over a connection that is kept alive. An
/// exchange takes two calls to the system: the request goes out with one, and what has come back comes in with one.
final class RuntimeConnection {
    /// What came back.
    struct Response {
        let status: Int
        let headers: HeaderLines
        let body: [UInt8]
    }

    /// Why there is no response.
    struct Lost: Error {
        let reason: String
    }

    /// Bytes of a response's header at most.
    private static let headLimit = 64 << 10
    /// Seconds for which a call to the system waits at most; an exchange that may last longer calls again.
    private static let patience = 10

    private let address: Address
    private let bodyLimit: Int
    private var descriptor: Int32 = -1
    /// What has come in, and which part of it was not read yet. Only what is used of it takes memory.
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: headLimit, alignment: 16)
    private var unread = 0..<0

    /// A connection that is opened with the first exchange.
    ///
    /// - Parameter bodyLimit: bytes of a response's body at most.
    init(_ address: Address, bodyLimit: Int) {
        self.address = address
        self.bodyLimit = bodyLimit
    }

    deinit {
        disconnect()
        buffer.deallocate()
    }

    /// Sends a request and waits for the whole response.
    ///
    /// - Parameters:
    ///   - headers: lines, each with its CRLF.
    ///   - body: what is posted; nil for GET.
    ///   - timeout: seconds; nil: as long as it takes.
    func exchange(_ path: String, headers: String, body: [UInt8]?, timeout: Double?) throws(Lost) -> Response {
        if descriptor < 0 { descriptor = try connect() }
        let end = timeout.map { MonotonicTime.now + $0 }
        var head =
            "\(body == nil ? "GET" : "POST") \(address.path)/\(path) HTTP/1.1\r\nHost: \(address.authority)\r\n\(headers)"
        if let body { head += "Content-Length: \(body.count)\r\n" }
        head += "\r\n"
        do throws(Lost) {
            let isSent = try send(head, body ?? [])
            let response = try receive(until: end)
            if !isSent { disconnect() }
            return response
        } catch {
            disconnect()
            throw error
        }
    }

    // MARK: - The socket

    private func connect() throws(Lost) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, address.port, &hints, &found)
        guard code == 0 else { throw Lost(reason: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(found) }
        var failure = ENOENT
        var next = found
        while let candidate = next?.pointee {
            next = candidate.ai_next
            let descriptor = socket(candidate.ai_family, candidate.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
            var (on, patience) = (Int32(1), timeval(tv_sec: Self.patience, tv_usec: 0))
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
            }
            if Glibc.connect(descriptor, candidate.ai_addr, candidate.ai_addrlen) == 0 { return descriptor }
            failure = errno
            close(descriptor)
        }
        throw Lost(reason: Self.reason(failure))
    }

    private static func reason(_ code: Int32) -> String {
        code == EAGAIN ? "no answer in time" : String(cString: strerror(code))
    }

    private func disconnect() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        unread = 0..<0
    }

    /// Sends both texts. Returns whether all of it went out: if the API wants no more, it may have answered already.
    private func send(_ head: String, _ body: [UInt8]) throws(Lost) -> Bool {
        var head = head
        let code = head.withUTF8 { head in
            body.withUnsafeBytes { body -> Int32 in
                var sent = 0
                while sent < head.count + body.count {
                    let inHead = min(sent, head.count)
                    var parts = (
                        Self.part(of: UnsafeRawBufferPointer(head), from: inHead),
                        Self.part(of: body, from: sent - inHead)
                    )
                    let count = withUnsafeMutableBytes(of: &parts) { parts in
                        var message = msghdr()
                        message.msg_iov = parts.baseAddress?.assumingMemoryBound(to: iovec.self)
                        message.msg_iovlen = 2
                        return sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
                    }
                    if count < 0, errno != EINTR { return errno }
                    sent += max(0, count)
                }
                return 0
            }
        }
        if code == 0 { return true }
        guard [EPIPE, ECONNRESET, EAGAIN].contains(code) else { throw Lost(reason: Self.reason(code)) }
        return false
    }

    private static func part(of bytes: UnsafeRawBufferPointer, from start: Int) -> iovec {
        let rest = UnsafeMutableRawBufferPointer(mutating: UnsafeRawBufferPointer(rebasing: bytes[start...]))
        return iovec(iov_base: rest.baseAddress, iov_len: rest.count)
    }

    /// Reads what has come into the memory, and waits for something if nothing has. Returns how many bytes it was.
    private func read(into memory: UnsafeMutableRawBufferPointer, until end: MonotonicTime?) throws(Lost) -> Int {
        while true {
            if let end, end <= .now { throw Lost(reason: Self.reason(EAGAIN)) }
            let count = recv(descriptor, memory.baseAddress, memory.count, 0)
            if count > 0 { return count }
            let code = errno
            guard count < 0 else { throw Lost(reason: "it closed the connection") }
            guard code == EINTR || code == EAGAIN else { throw Lost(reason: Self.reason(code)) }
        }
    }

    /// Adds what has come to the unread bytes.
    private func fill(until end: MonotonicTime?) throws(Lost) {
        if unread.isEmpty { unread = 0..<0 }
        if unread.upperBound == buffer.count {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[unread]))
            unread = 0..<unread.count
        }
        guard unread.count < buffer.count else { throw Lost(reason: "its header is larger than \(buffer.count) bytes") }
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer[unread.upperBound...])
        unread = unread.lowerBound..<(unread.upperBound + (try read(into: room, until: end)))
    }

    // MARK: - The response

    private func receive(until end: MonotonicTime?) throws(Lost) -> Response {
        var head: HeaderLines
        repeat { head = try receiveHead(until: end) } while (100..<200).contains(head.status)
        let body: [UInt8]
        if head.status == 204 || head.status == 304 {
            body = []
        } else if head["Transfer-Encoding"]?.lowercased() == "chunked" {
            body = try receiveChunks(until: end)
        } else if let text = head["Content-Length"] {
            guard text.first?.isNumber == true, let length = Int(text), length <= bodyLimit else {
                throw Lost(reason: "Content-Length is \(text)")
            }
            body = try take(length, until: end)
        } else {
            throw Lost(reason: "the length of its answer is not stated")
        }
        let connection = head["Connection"]?.lowercased()
        if connection == "close" || head.isOld && connection != "keep-alive" { disconnect() }
        return Response(status: head.status, headers: head, body: body)
    }

    private func receiveHead(until end: MonotonicTime?) throws(Lost) -> HeaderLines {
        var searched = 0
        while true {
            if let length = UnsafeRawBufferPointer(buffer)[unread].endOfHead(from: searched) {
                let head = HeaderLines([UInt8](buffer[unread].prefix(length)))
                unread = (unread.lowerBound + length)..<unread.upperBound
                guard let head else { throw Lost(reason: "its answer is no HTTP") }
                return head
            }
            searched = unread.count
            try fill(until: end)
        }
    }

    private func receiveChunks(until end: MonotonicTime?) throws(Lost) -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let digits = try takeLine(until: end).prefix { $0 != ";" && $0 != " " }
            // `Int` takes a sign.
            guard digits.first?.isHexDigit == true, let size = Int(digits, radix: 16), size <= bodyLimit - body.count
            else {
                throw Lost(reason: "a chunk of its answer has no size")
            }
            if size == 0 { break }
            body += try take(size, until: end)
            guard try takeLine(until: end).isEmpty else { throw Lost(reason: "a chunk of its answer has no end") }
        }
        while try !takeLine(until: end).isEmpty {}
        return body
    }

    /// So many bytes: those that are there already, and the others straight from the socket.
    private func take(_ count: Int, until end: MonotonicTime?) throws(Lost) -> [UInt8] {
        var failure: Lost?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
            let known = min(count, unread.count)
            let memory = UnsafeMutableRawBufferPointer(bytes)
            memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[unread].prefix(known)))
            unread = (unread.lowerBound + known)..<unread.upperBound
            filled = known
            do throws(Lost) {
                while filled < count {
                    filled += try read(
                        into: UnsafeMutableRawBufferPointer(rebasing: memory[filled..<count]),
                        until: end
                    )
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    private func takeLine(until end: MonotonicTime?) throws(Lost) -> String {
        while true {
            if let index = UnsafeRawBufferPointer(buffer)[unread].firstLineFeed {
                let line = String(decoding: buffer[unread.lowerBound..<index], as: UTF8.self)
                unread = (index + 1)..<unread.upperBound
                return line.hasSuffix("\r") ? String(line.dropLast()) : line
            }
            try fill(until: end)
        }
    }
}
