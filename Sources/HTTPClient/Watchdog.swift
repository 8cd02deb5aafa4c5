#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Ends what libcurl cannot end: while it takes in something endless, as empty HTTP/2 frames or a proxy's answer to
/// CONNECT, one call of `curl_multi_perform` does not return and looks at no timeout. The watchdog is a thread that shuts
/// the sockets down when their time is over. It is started with the first request, and is not woken for the next ones:
/// it sleeps until the earliest moment that could count, and looks then.
///
/// `@unchecked Sendable`: all of its state is read and written under the mutex.
final class Watchdog: @unchecked Sendable {
    /// Seconds that libcurl's own timeouts have to end a request first.
    private static let grace = 0.2

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// The sockets that were opened, each with the number that tells it from a later one of the same descriptor.
    private var sockets: [Int32: ino_t] = [:]
    /// When the requests that are under way must have ended; nil if there are none.
    private var moment: MonotonicTime?
    /// Until when the thread sleeps; nil if only a signal wakes it.
    private var wakesAt: MonotonicTime?
    private var hasShutDown = false
    private var isStarted = false
    private var isOver = false

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// A request has so many seconds from now. Of several the longest counts.
    func watch(seconds: Double) {
        let end = MonotonicTime.now + (seconds + Self.grace)
        locked {
            if moment == nil { hasShutDown = false }
            let end = max(moment ?? end, end)
            moment = end
            if !isStarted {
                isStarted = start()
            } else if wakesAt.map({ $0 > end }) ?? true {
                pthread_cond_signal(condition)
            }
        }
    }

    /// No request is under way.
    func rest() {
        locked { moment = nil }
    }

    /// Whether it has ended the requests that are under way.
    var hasEndedRequests: Bool {
        var result = false
        locked { result = hasShutDown }
        return result
    }

    /// A socket was opened.
    func add(_ descriptor: Int32) {
        guard let number = Self.number(of: descriptor) else { return }
        locked { sockets[descriptor] = number }
    }

    /// Ends the thread.
    func stop() {
        locked {
            isOver = true
            pthread_cond_signal(condition)
        }
    }

    private func locked(_ body: () -> Void) {
        pthread_mutex_lock(mutex)
        body()
        pthread_mutex_unlock(mutex)
    }

    private static func number(of descriptor: Int32) -> ino_t? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status.st_ino : nil
    }

    private func start() -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, 64 << 10)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let watchdog = Unmanaged.passRetained(self)
        let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
            context.map { Unmanaged<Watchdog>.fromOpaque($0).takeRetainedValue().run() }
            return nil
        }
        guard pthread_create(&thread, &attributes, body, watchdog.toOpaque()) == 0 else {
            watchdog.release()
            return false
        }
        return true
    }

    private func run() {
        locked {
            while !isOver {
                wakesAt = moment
                guard let end = moment else {
                    pthread_cond_wait(condition, mutex)
                    continue
                }
                guard end <= .now else {
                    var time = end.timespec
                    pthread_cond_timedwait(condition, mutex, &time)
                    continue
                }
                shutDownAll()
                // A request that waited for one of these connections may open another.
                moment = .now + Self.grace
            }
        }
    }

    private func shutDownAll() {
        for (descriptor, number) in sockets where Self.number(of: descriptor) == number {
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
        sockets = [:]
        hasShutDown = true
    }
}
