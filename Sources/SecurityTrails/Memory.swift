import HTTPClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The answers that a process remembers, for all of its threads. An answer is found under a keyed hash of the API key and
/// the request: no customer gets another's, and no key is kept.
///
/// `@unchecked Sendable`: everything but `lock` is only touched while it is held.
package final class Memory: @unchecked Sendable {
    /// Whose answers, and to what.
    private struct Name: Hashable {
        let key: Digest
        let request: Digest
    }

    /// 128 bits of SipHash, with a key that each process makes for itself.
    struct Digest: Hashable {
        private let low: Int
        private let high: Int

        init(key: String) {
            self.init { $0.combine(key) }
        }

        fileprivate init(_ hash: (inout Hasher) -> Void) {
            var first = Hasher()
            var second = Hasher()
            first.combine(0)
            second.combine(1)
            hash(&first)
            hash(&second)
            low = first.finalize()
            high = second.finalize()
        }
    }

    private struct Entry {
        let name: Name
        let response: APIResponse
        let end: MonotonicTime
        /// The neighbours in the order of their last use.
        var older: Int?
        var newer: Int?

        /// Bytes that it holds, its place in the tables included.
        var size: Int { response.body.count + 256 }
    }

    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var entries: [Entry?] = []
    private var free: [Int] = []
    private var places: [Name: Int] = [:]
    private var underWay: Set<Name> = []
    private var oldest: Int?
    private var newest: Int?
    private var size = 0

    /// A memory of nothing yet.
    package init() {
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// Bytes that the answers take.
    package var bytes: Int {
        locked { size }
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }

    // MARK: - One invocation's part

    /// What one invocation sees of the memory: the answers to its API key.
    final class Share {
        /// What there is to do about a request.
        enum Claim {
            /// Ask; nobody else does.
            case ours
            /// Wait; another thread asks.
            case underWay
            /// Nothing; this is the answer.
            case known(APIResponse)
        }

        private let memory: Memory
        private let key: Digest
        private let lifetime: Double
        private let capacity: Int
        private var claims: Set<Name> = []

        /// - Parameters:
        ///   - lifetime: seconds for which an answer is kept.
        ///   - capacity: bytes that the whole memory may hold.
        init(_ memory: Memory, key: Digest, lifetime: Double, capacity: Int) {
            self.memory = memory
            self.key = key
            self.lifetime = lifetime
            self.capacity = capacity
        }

        private func name(_ request: APIRequest) -> Name {
            Name(key: key, request: Digest { $0.combine(request) })
        }

        /// The answer to a request, if it is known.
        func recall(_ request: APIRequest) -> APIResponse? {
            let name = name(request)
            return memory.locked { memory.recall(name) }
        }

        /// Says who is to ask. What was claimed is settled later, or released.
        func claim(_ request: APIRequest) -> Claim {
            let name = name(request)
            return memory.locked {
                if let response = memory.recall(name) { return .known(response) }
                guard memory.underWay.insert(name).inserted else { return .underWay }
                claims.insert(name)
                return .ours
            }
        }

        /// Ends a claim, with the answer if it may be given again.
        func settle(_ request: APIRequest, with response: APIResponse?) {
            let name = name(request)
            guard claims.remove(name) != nil else { return }
            memory.locked {
                memory.underWay.remove(name)
                if let response { memory.keep(response, name, until: .now + lifetime, capacity: capacity) }
            }
        }

        /// Ends all claims.
        func releaseAll() {
            guard !claims.isEmpty else { return }
            memory.locked { memory.underWay.subtract(claims) }
            claims = []
        }

        /// Forgets every answer to this key.
        func forget() {
            memory.locked {
                for name in memory.places.keys where name.key == key { memory.remove(name) }
            }
        }
    }

    // MARK: - The table, in the order of last use

    private func recall(_ name: Name) -> APIResponse? {
        guard let place = places[name], let entry = entries[place] else { return nil }
        guard entry.end > .now else {
            remove(name)
            return nil
        }
        unlink(place)
        link(place)
        return entry.response
    }

    private func keep(_ response: APIResponse, _ name: Name, until end: MonotonicTime, capacity: Int) {
        remove(name)
        let entry = Entry(name: name, response: response, end: end)
        guard entry.size <= capacity else { return }
        while size + entry.size > capacity, let oldest, let name = entries[oldest]?.name { remove(name) }
        let place = free.popLast() ?? entries.count
        if place == entries.count { entries.append(entry) } else { entries[place] = entry }
        places[name] = place
        size += entry.size
        link(place)
    }

    private func remove(_ name: Name) {
        guard let place = places.removeValue(forKey: name) else { return }
        size -= entries[place]?.size ?? 0
        unlink(place)
        entries[place] = nil
        free.append(place)
    }

    private func link(_ place: Int) {
        entries[place]?.older = newest
        entries[place]?.newer = nil
        if let newest { entries[newest]?.newer = place } else { oldest = place }
        newest = place
    }

    private func unlink(_ place: Int) {
        let (older, newer) = (entries[place]?.older, entries[place]?.newer)
        if let older { entries[older]?.newer = newer } else { oldest = newer }
        if let newer { entries[newer]?.older = older } else { newest = older }
    }
}
