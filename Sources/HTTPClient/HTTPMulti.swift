import CCurl

/// A request under way in an `HTTPMulti`.
package final class Exchange {
    fileprivate let transfer: Transfer
    /// What was asked for.
    package let request: HTTPRequest
    /// Whether it has ended, in whatever way.
    package private(set) var isOver = false
    private var endedAt: MonotonicTime?

    fileprivate init(_ transfer: Transfer, _ request: HTTPRequest) {
        self.transfer = transfer
        self.request = request
    }

    /// When the request went out on a connection that stands; nil until then.
    package var sentAt: MonotonicTime? {
        isOver ? endedAt : transfer.sentAt
    }

    fileprivate func end() {
        endedAt = transfer.sentAt
        isOver = true
    }
}

/// Requests in parallel on one thread: one curl multi handle. Easy handles, connections and TLS sessions are kept from
/// request to request, and requests share a connection if the server speaks HTTP/2.
package final class HTTPMulti {
    private let multi: UnsafeMutableRawPointer
    private let share: UnsafeMutableRawPointer
    private let options: HTTPOptions
    private let watchdog = Watchdog()
    private var idle: [Transfer] = []
    private var underWay: [UnsafeMutableRawPointer: Exchange] = [:]

    /// A client of nothing yet.
    ///
    /// - Parameter connections: how many are open at most, idle ones included.
    package init(_ options: HTTPOptions, connections: Int) throws(HTTPError) {
        Transfer.initializeLibcurl
        guard let multi = curl_multi_init(), let share = curl_share_init() else {
            throw .client("libcurl made no handle")
        }
        self.multi = multi
        self.share = share
        self.options = options
        ccurl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections)
        ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections)
        // A multi handle shares names and connections; TLS sessions only a share does. One thread: no locks.
        ccurl_share_set_long(share, CURLSHOPT_SHARE, Int(CURL_LOCK_DATA_SSL_SESSION.rawValue))
        // The first transfer sets libcurl up, which is better done now than for the first request.
        idle.append(try makeTransfer())
    }

    deinit {
        cancelAll()
        idle = []
        curl_multi_cleanup(multi)
        watchdog.stop()
        curl_share_cleanup(share)
    }

    /// How many requests are under way.
    package var count: Int {
        underWay.count
    }

    /// Whether a request under way has gone out: its server was reached.
    package var hasSent: Bool {
        underWay.values.contains { $0.sentAt != nil }
    }

    /// Starts a request; it goes on whenever `wait` is called. `timeout` is in seconds, for the whole exchange.
    package func start(_ request: HTTPRequest, timeout: Double) throws(HTTPError) -> Exchange {
        let transfer: Transfer
        if let idle = idle.popLast() { transfer = idle } else { transfer = try makeTransfer() }
        transfer.prepare(request)
        ccurl_set_long(transfer.handle, CURLOPT_TIMEOUT_MS, max(1, Int(timeout * 1000)))
        let code = curl_multi_add_handle(multi, transfer.handle)
        guard code == CURLM_OK else { throw .client(String(cString: curl_multi_strerror(code))) }
        watchdog.watch(seconds: timeout)
        let exchange = Exchange(transfer, request)
        underWay[transfer.handle] = exchange
        return exchange
    }

    /// Lets the requests go on, until one or more have ended or the moment has come, and hands over those that ended.
    package func wait(until moment: MonotonicTime) throws(HTTPError) -> [(Exchange, Result<HTTPResponse, HTTPError>)] {
        while true {
            var running: Int32 = 0
            let code = curl_multi_perform(multi, &running)
            guard code == CURLM_OK else { throw .client(String(cString: curl_multi_strerror(code))) }
            let ended = takeEnded()
            let rest = moment - .now
            guard ended.isEmpty, rest > 0 else { return ended }
            curl_multi_poll(multi, nil, 0, Int32(min(rest * 1000, 60_000).rounded(.up)), nil)
        }
    }

    /// Drops every request that is under way.
    package func cancelAll() {
        for exchange in underWay.values {
            release(exchange)
        }
    }

    private func takeEnded() -> [(Exchange, Result<HTTPResponse, HTTPError>)] {
        var ended: [(Exchange, Result<HTTPResponse, HTTPError>)] = []
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let exchange = underWay[handle]
            else { continue }
            ended.append((exchange, exchange.transfer.finish(ccurl_result(message))))
            release(exchange)
        }
        return ended
    }

    private func release(_ exchange: Exchange) {
        exchange.end()
        curl_multi_remove_handle(multi, exchange.transfer.handle)
        underWay[exchange.transfer.handle] = nil
        if underWay.isEmpty { watchdog.rest() }
        exchange.transfer.discard()
        idle.append(exchange.transfer)
    }

    private func makeTransfer() throws(HTTPError) -> Transfer {
        let transfer = try Transfer(options, watchdog)
        ccurl_set_pointer(transfer.handle, CURLOPT_SHARE, share)
        return transfer
    }
}
