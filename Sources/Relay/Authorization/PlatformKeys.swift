import HTTPClient
import JWT

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The keys of the platform's host, for all of a process's threads. They are fetched with the first token that needs one,
/// again after an hour, and again for a token that names an unknown one; whatever came of it, no sooner than a minute
/// after the last time.
///
/// `@unchecked Sendable`: what changes is only touched while `lock` is held.
package final class PlatformKeys: @unchecked Sendable {
    /// Seconds for which keys are kept.
    private static let lifetime = 3600.0
    /// Seconds from one fetch to the next.
    private static let pause = 60.0
    /// Seconds that a fetch takes at most.
    private static let timeout = 3.0
    /// Bytes of an answer that are read at most.
    private static let sizeLimit = 256 << 10

    private let now: @Sendable () -> MonotonicTime
    private let lock = Lock()
    /// Held while keys are fetched: one thread fetches, those that need it wait, and the others go on.
    private let fetching = Lock()
    private var keys: (set: KeySet, fetched: MonotonicTime)?
    private var lastFetch: (began: MonotonicTime, failure: KeysFailure?)?

    /// No keys yet.
    ///
    /// - Parameter now: the clock.
    package init(now: @escaping @Sendable () -> MonotonicTime = { .now }) {
        self.now = now
    }

    /// The key of an id.
    func key(
        _ id: String,
        of platform: Platform,
        until end: MonotonicTime
    ) throws(AuthorizationError) -> RSAPublicKey {
        if let key = lock.locked({ known(id) }) { return key }
        fetching.lock()
        defer { fetching.unlock() }
        // Another thread may have fetched it meanwhile.
        if let key = lock.locked({ known(id) }) { return key }
        if let last = lock.locked({ lastFetch }), now() - last.began < Self.pause {
            throw last.failure.map { .noKeys($0) } ?? .unknownKey
        }
        let began = now()
        let fetched = fetch(platform, timeout: min(Self.timeout, end - .now))
        return try lock.locked { () throws(AuthorizationError) in
            switch fetched {
            case .success(let set):
                keys = (set, began)
                lastFetch = (began, nil)
                guard let key = set[id] else { throw .unknownKey }
                return key
            case .failure(let failure):
                lastFetch = (began, failure)
                throw .noKeys(failure)
            }
        }
    }

    private func known(_ id: String) -> RSAPublicKey? {
        guard let keys, now() - keys.fetched < Self.lifetime else { return nil }
        return keys.set[id]
    }

    /// Over a connection of its own: an hour later it would be gone.
    private func fetch(_ platform: Platform, timeout: Double) -> Result<KeySet, KeysFailure> {
        guard timeout > 0 else { return .failure(.noAnswerInTime) }
        let options = HTTPOptions(
            connectTimeout: timeout,
            bodyLimit: Self.sizeLimit,
            usesProxyOfEnvironment: true,
            authorities: platform.authorities,
            userAgent: "securitytrails-relay/\(relayVersion)"
        )
        let response: HTTPResponse
        do throws(HTTPError) {
            let request = HTTPRequest(.get, platform.keysURL, headers: ["Accept: application/json"])
            response = try HTTPConnection(options).exchange(request, timeout: timeout)
        } catch {
            return .failure(KeysFailure(error))
        }
        guard response.status == 200 else { return .failure(.status(response.status)) }
        guard let set = KeySet(json: response.body) else { return .failure(.unreadable) }
        return .success(set)
    }
}

extension KeysFailure {
    fileprivate init(_ error: HTTPError) {
        self =
            switch error {
            case .connectTimedOut, .answerTimedOut: .noAnswerInTime
            case .certificate: .certificate
            case .bodyTooLarge: .tooLarge
            default: .noConnection
            }
    }
}

/// A mutex.
private final class Lock {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func lock() {
        pthread_mutex_lock(mutex)
    }

    func unlock() {
        pthread_mutex_unlock(mutex)
    }

    func locked<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        lock()
        defer { unlock() }
        return try body()
    }
}
