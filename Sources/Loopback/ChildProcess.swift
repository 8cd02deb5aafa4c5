import Foundation

/// A process that was started here, in a process group of its own, and is waited for until it has ended.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum End: Sendable, Equatable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    private struct State {
        var end: End?
        /// In bytes; known once it has ended.
        var peakMemory = 0
    }

    private let id: pid_t
    private let state = Monitor(State())

    /// Starts the executable, without arguments.
    ///
    /// - Parameters:
    ///   - output: the descriptor that its standard output and error go to; nil: nowhere.
    ///   - whenEnded: called once, on a thread of its own.
    package init(
        executable: String,
        environment: [String: String],
        output: Int32?,
        whenEnded: @escaping @Sendable () -> Void
    ) throws {
        id = try spawn(executable, environment, output)
        Thread.detachNewThread { [self] in
            var status: Int32 = 0
            var usage = rusage()
            while wait4(id, &status, 0, &usage) < 0, errno == EINTR {}
            state.with { state in
                let signal = status & 0x7f
                state.end = signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
                state.peakMemory = usage.ru_maxrss * 1024
            }
            whenEnded()
        }
    }

    /// How it ended; nil while it runs.
    package var end: End? {
        state.with { $0.end }
    }

    /// The most memory that it held so far, in bytes.
    package var peakMemory: Int {
        if let peak = state.with({ $0.end == nil ? nil : $0.peakMemory }) { return peak }
        let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? 0) * 1024
    }

    /// Seconds of processor that it took so far, all threads together; 0 once it has ended.
    package var processorTime: Double {
        state.with { state in
            var clock = clockid_t()
            var time = timespec()
            guard state.end == nil, clock_getcpuclockid(id, &clock) == 0, clock_gettime(clock, &time) == 0 else {
                return 0
            }
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
    }

    /// Stops it where it is, as Lambda does between invocations.
    package func freeze() {
        send(SIGSTOP)
    }

    /// Lets it go on.
    package func thaw() {
        send(SIGCONT)
    }

    /// Ends it at once, and waits for that.
    package func kill() {
        send(SIGKILL)
        _ = state.wait(seconds: 10) { $0.end }
    }

    /// Waits for its end; nil where it still runs after `seconds`.
    package func waitForEnd(seconds: Double) -> End? {
        state.wait(seconds: seconds) { $0.end }
    }

    /// To the whole group, and under the lock: a number that was waited for may be another's.
    private func send(_ signal: Int32) {
        state.with { state in
            if state.end == nil { _ = Foundation.kill(-id, signal) }
        }
    }
}

extension ChildProcess.End: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .killed(let signal): "was ended by \(String(cString: strsignal(signal))) (signal \(signal))"
        }
    }
}

private func spawn(_ executable: String, _ environment: [String: String], _ output: Int32?) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for standard in [Int32(1), 2] {
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output, standard)
        } else {
            posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_WRONLY, 0)
        }
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    posix_spawnattr_setflags(&attributes, Int16(flags))

    let path = URL(fileURLWithPath: executable).path
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(path), nil]
    var variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    var id: pid_t = 0
    var code: Int32
    var attempts = 0
    repeat {
        code = inheritance.withLock { posix_spawn(&id, path, &actions, &attributes, &arguments, &variables) }
        attempts += 1
        // Somebody still holds the file open for writing: a linker, or a process between fork and exec.
    } while code == ETXTBSY && attempts < 40 && usleep(50_000) == 0
    guard code == 0 else { throw LocalError("can't start \(path): \(systemMessage(code))") }
    return id
}
