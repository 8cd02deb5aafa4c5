import CCurl
import COpenSSL

/// One libcurl easy handle and what its callbacks write to: set up once, then used for one request after the other.
final class Transfer {
    /// Bytes of header lines that are kept; a response with more is refused.
    private static let headerLimit = 64 * 1024

    let handle: UnsafeMutableRawPointer
    /// When the request went out on a connection that stands; nil until then.
    private(set) var sentAt: MonotonicTime?
    private let options: HTTPOptions
    private let watchdog: Watchdog
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var sentHeaders: [String] = []
    private var requestBody: [UInt8] = []
    private var unsent: HTTPBodyStream.Rest?
    private var headers = HTTPHeaders()
    /// The coding fields that came.
    private var codings: Set<String> = []
    private var body: [UInt8] = []
    private var received = 0
    /// Takes a success's body in the place of the response.
    var sink: ((UnsafeRawBufferPointer) -> Bool)?
    private var isTooLarge = false
    private var isSigned = false
    private var progress: ((Int, Int) -> Void)?

    init(_ options: HTTPOptions, _ watchdog: Watchdog) throws(HTTPError) {
        Self.initializeLibcurl
        guard let handle = curl_easy_init() else { throw .client("libcurl made no handle") }
        self.handle = handle
        self.options = options
        self.watchdog = watchdog
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        setUp()
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// What is done once in a process. OpenSSL sets itself up, without what it and libcurl would load for others: a
    /// configuration file, which is not ours, engines, the table in which `EVP_get_cipherbyname` looks, which nobody asks
    /// (TLS fetches its ciphers from the provider), and the texts of errors, which libssl loads before its first
    /// connection. That is more than a millisecond of a cold start.
    static let initializeLibcurl: Void = {
        let left = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS
        _ = OPENSSL_init_crypto(UInt64(left), nil)
        _ = curl_global_init(Int(CURL_GLOBAL_NOTHING))
    }()

    // MARK: - Setting up

    /// The options that no request changes.
    private func setUp() {
        set(CURLOPT_ERRORBUFFER, errorText)
        set(CURLOPT_PRIVATE, context)
        set(CURLOPT_NOSIGNAL, 1)
        // The path goes out as it was built, and redirects are the caller's to judge: an answer never says where the
        // next request goes.
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)

        ccurl_set_data_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Transfer.of(context)?.receive(headerLine: UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        set(CURLOPT_HEADERDATA, context)
        ccurl_set_data_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Transfer.of(context)?.receive(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        set(CURLOPT_WRITEDATA, context)
        ccurl_set_prereq_callback(handle) { context, _, _, _, _ in
            Transfer.of(context)?.goOut() ?? CURL_PREREQFUNC_ABORT
        }
        set(CURLOPT_PREREQDATA, context)
        ccurl_set_socket_callback(handle) { context, socket, _ in
            Transfer.of(context)?.watchdog.add(socket)
            return CURL_SOCKOPT_OK
        }
        set(CURLOPT_SOCKOPTDATA, context)

        if let timeout = options.connectTimeout { set(CURLOPT_CONNECTTIMEOUT_MS, Int(timeout * 1000)) }
        set(CURLOPT_MAXAGE_CONN, options.idleConnectionLifetime)
        // Without it a resolver thread that still waits for a name server is joined, whatever the timeout.
        set(CURLOPT_QUICK_EXIT, 1)
        if let userAgent = options.userAgent { set(CURLOPT_USERAGENT, userAgent) }
        if options.acceptsCompressed { set(CURLOPT_ACCEPT_ENCODING, "gzip") }
        setUpTLS()
    }

    private func setUpTLS() {
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        // libcurl has authorities built in, which would be loaded beside ours.
        set(CURLOPT_CAINFO, nil as String?)
        set(CURLOPT_CAPATH, nil as String?)
        switch options.authorities {
        case .bundle(let file): set(CURLOPT_CAINFO, file)
        case .folder(let folder): set(CURLOPT_CAPATH, folder)
        case .none: break
        }
    }

    /// What libcurl hands to the callbacks.
    private var context: UnsafeMutableRawPointer {
        Unmanaged.passUnretained(self).toOpaque()
    }

    private func set(_ option: CURLoption, _ value: Int) {
        ccurl_set_long(handle, option, value)
    }

    private func set(_ option: CURLoption, _ value: String?) {
        ccurl_set_string(handle, option, value)
    }

    private func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
        ccurl_set_pointer(handle, option, value)
    }

    // MARK: - A request

    /// Takes on a request. What the handle sends stays alive in `self` until the next one.
    func prepare(_ request: HTTPRequest) {
        sentAt = nil
        headers.removeAll()
        codings.removeAll()
        body = []
        received = 0
        isTooLarge = false
        errorText.pointee = 0

        set(CURLOPT_URL, request.url)
        // No proxy knows the way to this machine. Without a list of ours, NO_PROXY's counts.
        let usesProxy = options.usesProxyOfEnvironment && !HTTPAddress.isLoopback(url: request.url)
        set(CURLOPT_NOPROXY, usesProxy ? nil : "*")
        // Over TLS the handshake tells whether a connection can be shared, and it is worth waiting for. Without, only the
        // first answer would, and a server that hangs would hold up everybody.
        set(CURLOPT_PIPEWAIT, request.url.hasPrefix("https:") ? 1 : 0)
        switch request.method {
        case .get: sendNoBody()
        case .delete: sendNoBody(method: "DELETE")
        case .post(let bytes): send(body: bytes)
        case .put(let bytes): send(body: bytes, method: "PUT")
        case .postStream(let stream): send(stream)
        case .putStream(let stream): send(stream, method: "PUT")
        }
        if request.headers != sentHeaders || headerList == nil {
            send(headers: request.headers, removingExpect: request.signature == nil || AWSSignature.toleratesRemovals)
        }
        if isSigned || request.signature != nil { sign(request.signature) }
    }

    /// `method` is sent in the place of libcurl's own word, GET.
    private func sendNoBody(method: String? = nil) {
        // The last body would be signed, though it is not sent.
        set(CURLOPT_POSTFIELDS, nil as UnsafeMutableRawPointer?)
        set(CURLOPT_HTTPGET, 1)
        set(CURLOPT_CUSTOMREQUEST, method)
        requestBody = []
        unsent = nil
    }

    /// `method` is sent in the place of libcurl's own word, POST.
    private func send(body: [UInt8], method: String? = nil) {
        requestBody = body
        unsent = nil
        ccurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        set(CURLOPT_CUSTOMREQUEST, method)
        // libcurl reads the array's own memory: it is not changed before the next request takes its place.
        requestBody.withUnsafeBytes { bytes in
            set(CURLOPT_POSTFIELDS, bytes.baseAddress.map(UnsafeMutableRawPointer.init(mutating:)) ?? context)
        }
    }

    /// The same, with a body that libcurl asks for.
    private func send(_ stream: HTTPBodyStream, method: String? = nil) {
        requestBody = []
        unsent = HTTPBodyStream.Rest(stream)
        ccurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(stream.count))
        set(CURLOPT_POSTFIELDS, nil as UnsafeMutableRawPointer?)
        set(CURLOPT_CUSTOMREQUEST, method)
        ccurl_set_read_callback(handle) { bytes, size, count, context in
            Transfer.of(context)?.unsent?.move(to: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
                ?? Int(CURL_READFUNC_ABORT)
        }
        set(CURLOPT_READDATA, context)
    }

    private func sign(_ signature: AWSSignature?) {
        isSigned = signature != nil
        set(CURLOPT_AWS_SIGV4, signature?.scope)
        set(CURLOPT_USERNAME, signature?.accessKeyID)
        set(CURLOPT_PASSWORD, signature?.secretAccessKey)
        // Newer versions of libcurl sign no path as it is; if it holds nothing to encode, it goes out so anyway.
        set(CURLOPT_PATH_AS_IS, isSigned ? 0 : 1)
        // What can't be removed is not waited for.
        set(CURLOPT_EXPECT_100_TIMEOUT_MS, 1)
    }

    private func send(headers: [String], removingExpect: Bool) {
        curl_slist_free_all(headerList)
        // A body of over a megabyte would wait a second for a "100 Continue" that nobody sends.
        headerList = removingExpect ? curl_slist_append(nil, "Expect:") : nil
        for line in headers { headerList = curl_slist_append(headerList, line) }
        sentHeaders = headers
        set(CURLOPT_HTTPHEADER, headerList.map(UnsafeMutableRawPointer.init))
    }

    /// The response or the error of a request that ended with `code`.
    func finish(_ code: CURLcode) -> Result<HTTPResponse, HTTPError> {
        guard code == CURLE_OK else { return .failure(error(code)) }
        var wait: curl_off_t = 0
        ccurl_get_offset(handle, CURLINFO_RETRY_AFTER, &wait)
        let response = HTTPResponse(
            status: status,
            headers: headers,
            body: body,
            retryAfter: wait > 0 ? Double(wait) : nil
        )
        body = []
        return .success(response)
    }

    private var status: Int {
        var status = 0
        ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    /// Lets go of a response that nobody waits for.
    func discard() {
        body = []
        requestBody = []
        unsent = nil
    }

    /// Tells `progress` how many bytes of the body are sent; nil: nobody.
    func report(to progress: ((_ sent: Int, _ total: Int) -> Void)?) {
        self.progress = progress
        set(CURLOPT_NOPROGRESS, progress == nil ? 1 : 0)
        guard progress != nil else { return }
        ccurl_set_progress_callback(handle) { context, _, _, total, sent in
            if total > 0 { Transfer.of(context)?.progress?(Int(sent), Int(total)) }
            return 0
        }
        set(CURLOPT_XFERINFODATA, context)
    }

    private func error(_ code: CURLcode) -> HTTPError {
        let text = errorText.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
        switch code {
        case _ where isTooLarge:
            return .bodyTooLarge
        case _ where code == CURLE_OPERATION_TIMEDOUT || watchdog.hasEndedRequests:
            return sentAt == nil ? .connectTimedOut(text) : .answerTimedOut(text)
        case CURLE_COULDNT_RESOLVE_HOST:
            return .cannotResolve(text)
        case CURLE_COULDNT_RESOLVE_PROXY:
            return .cannotResolve("the proxy's name was not found")
        case CURLE_COULDNT_CONNECT:
            return .cannotConnect(text)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_INVALIDCERTSTATUS:
            return .certificate(certificateFault(code))
        case CURLE_ABORTED_BY_CALLBACK where unsent?.isCutShort == true:
            return .client("the body ended too early")
        case CURLE_ABORTED_BY_CALLBACK:
            return .connectionLost("the connection ended before the answer began")
        case CURLE_UNSUPPORTED_PROTOCOL where sentAt != nil:
            return .connectionLost(text)
        case CURLE_OUT_OF_MEMORY:
            // What libcurl says of a line without end.
            return .connectionLost("the answer's header is too large")
        case CURLE_FAILED_INIT, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION,
            CURLE_NOT_BUILT_IN, CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
            return .client(text)
        default:
            return .connectionLost(text)
        }
    }

    /// What is wrong with a certificate, without names or paths.
    private func certificateFault(_ code: CURLcode) -> String {
        guard code != CURLE_SSL_CACERT_BADFILE else { return "the certificate authorities can't be read" }
        var result = 0
        ccurl_get_long(handle, CURLINFO_SSL_VERIFYRESULT, &result)
        switch Int32(result) {
        case X509_V_OK: return "the certificate is for another host"
        case X509_V_ERR_CERT_HAS_EXPIRED: return "the certificate has expired"
        case X509_V_ERR_CERT_NOT_YET_VALID: return "the certificate is not valid yet"
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "the certificate is self-signed"
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return "no known authority has issued the certificate"
        default: return "the certificate is not valid"
        }
    }

    // MARK: - What libcurl calls

    /// The transfer that a callback's or a handle's pointer stands for.
    static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Notes when the request goes out. It does so once: libcurl would send it again, unasked, if a connection that
    /// was kept alive ended before an answer began; whether to try again is the caller's to say.
    private func goOut() -> Int32 {
        guard sentAt == nil else { return CURL_PREREQFUNC_ABORT }
        sentAt = .now
        return CURL_PREREQFUNC_OK
    }

    /// Returns the bytes taken; anything but all of them ends the transfer.
    private func receive(headerLine line: UnsafeRawBufferPointer) -> Int {
        // The header of an interim response or of a proxy's answer is not the response's.
        if line.starts(with: "HTTP/".utf8) {
            headers.removeAll()
            codings.removeAll()
        }
        guard headers.count + line.count <= Self.headerLimit, takesCoding(of: line), takesLength(of: line) else {
            return 0
        }
        headers.append(line: line)
        return line.count
    }

    /// Whether a body comes in a form that is worth decoding. Layers of compression unpack a few kilobytes to gigabytes,
    /// which libcurl does before anybody can count them: one `gzip` and `chunked` are all that is taken.
    private func takesCoding(of line: UnsafeRawBufferPointer) -> Bool {
        if let coding = HTTPHeaders.value(of: line, named: "Content-Encoding") {
            return codings.insert("content").inserted && ["gzip", "identity"].contains(coding.lowercased())
        }
        if let coding = HTTPHeaders.value(of: line, named: "Transfer-Encoding") {
            return codings.insert("transfer").inserted && coding.lowercased() == "chunked"
        }
        return true
    }

    /// Whether a body's length can be read. libcurl takes one of too many digits for none, and would not see that a body is
    /// cut short.
    private func takesLength(of line: UnsafeRawBufferPointer) -> Bool {
        guard let length = HTTPHeaders.value(of: line, named: "Content-Length") else { return true }
        return Int(length).map { $0 >= 0 } ?? false
    }

    private func receive(body piece: UnsafeRawBufferPointer) -> Int {
        received += piece.count
        guard received <= options.bodyLimit else {
            isTooLarge = true
            return 0
        }
        if let sink, (200..<300).contains(status) { return sink(piece) ? piece.count : 0 }
        body.append(contentsOf: piece)
        return piece.count
    }
}
