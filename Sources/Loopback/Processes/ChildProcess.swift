import Foundation

/// A process that was started here, in a process group of its own, and is waited for until it has ended.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum End: Sendable, Equatable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    /// What a process holds at a moment.
    package struct Holdings: Sendable {
        /// Bytes of memory.
        package var memory: Int
        /// Open descriptors.
        package var descriptors: Int
        /// Threads.
        package var threads: Int
        /// Pages of memory that were made ready so far without reading a disk (minor page faults).
        package var pageFaults: Int

        package init(memory: Int, descriptors: Int, threads: Int, pageFaults: Int = 0) {
            self.memory = memory
            self.descriptors = descriptors
            self.threads = threads
            self.pageFaults = pageFaults
        }
    }

    private struct State {
        var end: End?
        /// What ends it after this process, from the first time on that it is frozen.
        var heir: Guard?
        /// In bytes; known once it has ended.
        var peakMemory = 0
    }

    /// The process's number.
    package let id: pid_t
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
        let spawn = Spawn(
            executable: URL(fileURLWithPath: executable).path,
            environment: environment,
            output: output,
            errors: output,
            hasOwnGroup: true
        )
        let (id, remains) = try Remains.start(spawn) { _ = Foundation.kill(-$0, SIGKILL) }
        self.id = id
        Thread.detachNewThread { [self] in
            let (end, usage) = wait(for: id)
            Remains.remove(remains)
            let heir = state.with { state in
                state.end = end
                state.peakMemory = usage.ru_maxrss * 1024
                return state.heir
            }
            heir?.dismiss()
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
        return (status("VmHWM") ?? 0) * 1024
    }

    /// What it holds now; nil once it has ended.
    package var holdings: Holdings? {
        guard end == nil, let memory = status("VmRSS"), let threads = status("Threads"),
            let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").count,
            let pageFaults
        else { return nil }
        return Holdings(memory: memory * 1024, descriptors: descriptors, threads: threads, pageFaults: pageFaults)
    }

    /// The tenth field of its `stat` (proc(5)); the second, its name, ends with the last parenthesis.
    private var pageFaults: Int? {
        let stat = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        return fields.count > 8 ? Int(fields[8]) : nil
    }

    /// The number in that line of its status (proc(5)); nil if there is none.
    private func status(_ name: String) -> Int? {
        let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
        let line = status.utf8.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "\(name):".utf8) }
        return line.map(Substring.init)?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
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
        state.with { state in
            // Without a guard it is frozen all the same.
            if state.end == nil, state.heir == nil { state.heir = try? Guard(of: id) }
        }
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

    /// Waits for its end; nil if it still runs after `seconds`.
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
