import Foundation

/// What this process must not leave behind when a signal ends it: temporary folders, some with keys in them, children,
/// and a terminal without its echo.
package enum Remains {
    private struct State: Sendable {
        var number = 0
        var actions: [Int: @Sendable () -> Void] = [:]
        /// Whether somebody waits for the signal in order to end in an orderly way.
        var isAwaited = false
        var signal: Int32?
        /// Whether this process is ending by a signal.
        var isEnding = false

        /// Returns the action's number; nil once this process is ending.
        mutating func add(_ action: @escaping @Sendable () -> Void) -> Int? {
            guard !isEnding else { return nil }
            number += 1
            actions[number] = action
            return number
        }
    }

    private static let state = Monitor(State())
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    /// Adds what a signal is to clear away first; `remove` takes it back.
    ///
    /// Does not return once this process is ending: what would be made then, nobody would clear away.
    package static func add(_ action: @escaping @Sendable () -> Void) -> Int {
        if let number = state.with({ $0.add(action) }) { return number }
        waitForEnd()
    }

    /// Starts a process and adds what ends it, with no signal in between.
    static func start(
        _ spawn: Spawn,
        endedBy end: @escaping @Sendable (pid_t) -> Void
    ) throws(LocalError) -> (id: pid_t, number: Int) {
        let started: Result<(pid_t, Int), LocalError>? = state.with { state in
            guard !state.isEnding else { return nil }
            return Result { () throws(LocalError) in
                let id = try spawn.start()
                return (id, state.add { end(id) } ?? 0)
            }
        }
        guard let started else { waitForEnd() }
        return try started.get()
    }

    private static func waitForEnd() -> Never {
        while true { pause() }
    }

    /// Takes back what was added. Does not return once this process is ending: whoever waited for a child that was ended
    /// would take it for a failure.
    package static func remove(_ number: Int) {
        let isEnding = state.with { state in
            state.actions[number] = nil
            return state.isEnding
        }
        if isEnding { waitForEnd() }
    }

    /// From now on a signal that ends this process clears away what there is. To be called before there are threads:
    /// they inherit that the signals wait for one of them.
    package static func watch() {
        signal(SIGPIPE, SIG_IGN)
        let awaited = set(signals.filter { !isIgnored($0) })
        withUnsafePointer(to: awaited) { _ = pthread_sigmask(SIG_BLOCK, $0, nil) }
        Thread.detachNewThread {
            var (set, number) = (awaited, Int32(0))
            while true {
                sigwait(&set, &number)
                let isAwaited = state.with { state in
                    state.signal = number
                    return state.isAwaited
                }
                if !isAwaited { end(by: number) }
            }
        }
    }

    /// From now on a signal does not end this process, but `waitForSignal`.
    package static func expectSignal() {
        state.with { $0.isAwaited = true }
    }

    /// Waits for a signal that came since it was expected.
    package static func waitForSignal() {
        _ = state.wait { $0.signal }
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        // SIG_IGN is the address 1, which is no function to Swift.
        return sigaction(signal, nil, &action) == 0 && unsafeBitCast(action.__sigaction_handler, to: Int.self) == 1
    }

    private static func set(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        return set
    }

    /// Clears away what there is, and ends as the signal would have ended this process.
    private static func end(by number: Int32) -> Never {
        let actions = state.with { state in
            defer { state.actions = [:] }
            state.isEnding = true
            return state.actions.sorted { $0.key > $1.key }.map(\.value)
        }
        for action in actions { action() }
        signal(number, SIG_DFL)
        withUnsafePointer(to: set([number])) { _ = pthread_sigmask(SIG_UNBLOCK, $0, nil) }
        kill(getpid(), number)
        exit(128 + number)
    }
}
