import CCurl

/// One exchange at a time with one server, over a connection that is kept alive.
package final class HTTPConnection {
    private let transfer: Transfer
    private let watchdog = Watchdog()

    /// A connection that is opened with the first exchange.
    package init(_ options: HTTPOptions) throws(HTTPError) {
        transfer = try Transfer(options, watchdog)
    }

    deinit {
        watchdog.stop()
    }

    /// Sends the request and waits for the whole response, `timeout` seconds at most; nil: as long as it takes.
    ///
    /// - Parameters:
    ///   - progress: told, again and again, how many bytes of the body are sent, and of how many.
    ///   - sink: handed the pieces of a success's body, which is then not in the response; false ends the exchange.
    package func exchange(
        _ request: HTTPRequest,
        timeout: Double?,
        progress: ((_ sent: Int, _ total: Int) -> Void)? = nil,
        sink: ((UnsafeRawBufferPointer) -> Bool)? = nil
    ) throws(HTTPError) -> HTTPResponse {
        transfer.prepare(request)
        if let progress { transfer.report(to: progress) }
        transfer.sink = sink
        defer {
            if progress != nil { transfer.report(to: nil) }
            transfer.sink = nil
            watchdog.rest()
        }
        ccurl_set_long(transfer.handle, CURLOPT_TIMEOUT_MS, timeout.map { Int($0 * 1000) } ?? 0)
        if let timeout { watchdog.watch(seconds: timeout) }
        return try transfer.finish(curl_easy_perform(transfer.handle)).get()
    }
}
