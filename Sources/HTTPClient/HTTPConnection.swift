import CCurl

/// One exchange at a time with one server, over a connection that is kept alive.
public final class HTTPConnection {
    private let transfer: Transfer

    /// A connection that is opened with the first exchange.
    public init(_ options: HTTPOptions) throws(HTTPError) {
        transfer = try Transfer(options)
    }

    /// Sends the request and waits for the whole response, `timeout` seconds at most; nil: as long as it takes.
    public func exchange(_ request: HTTPRequest, timeout: Double?) throws(HTTPError) -> HTTPResponse {
        transfer.prepare(request)
        ccurl_set_long(transfer.handle, CURLOPT_TIMEOUT_MS, timeout.map { Int($0 * 1000) } ?? 0)
        return try transfer.finish(curl_easy_perform(transfer.handle)).get()
    }
}
