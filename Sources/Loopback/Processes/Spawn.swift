import Foundation
import Synchronization

/// Held while a process is started, and while a descriptor exists that the process must not inherit.
let inheritance = Mutex(())

/// What a new process is made of.
struct Spawn {
    /// The path of the executable.
    var executable: String
    var arguments: [String] = []
    var environment: [String: String]
    /// The descriptors that become its three streams; nil: /dev/null.
    var input: Int32?
    var output: Int32?
    var errors: Int32?
    /// Whether it is the first of a process group of its own, which Ctrl-C does not reach.
    var hasOwnGroup = false

    /// Starts it, with no signal blocked or ignored, and returns its number.
    func start() throws(LocalError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (standard, descriptor) in [input, output, errors].enumerated() {
            if let descriptor {
                posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(standard))
            } else {
                let mode = standard == 0 ? O_RDONLY : O_WRONLY
                posix_spawn_file_actions_addopen(&actions, Int32(standard), "/dev/null", mode, 0)
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
        let group = hasOwnGroup ? POSIX_SPAWN_SETPGROUP : 0
        posix_spawnattr_setflags(&attributes, Int16(group | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
        var variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in words + variables { free(pointer) } }
        var id: pid_t = 0
        var code: Int32
        var attempts = 0
        repeat {
            code = inheritance.withLock { _ in posix_spawn(&id, executable, &actions, &attributes, &words, &variables) }
            attempts += 1
            // Somebody still holds the file open for writing: a linker, or a process between fork and exec.
        } while code == ETXTBSY && attempts < 40 && usleep(50_000) == 0
        guard code == 0 else { throw LocalError("can't start \(executable): \(systemMessage(code))") }
        return id
    }
}

/// Waits for the end of a process.
func wait(for id: pid_t) -> (end: ChildProcess.End, usage: rusage) {
    var status: Int32 = 0
    var usage = rusage()
    while wait4(id, &status, 0, &usage) < 0, errno == EINTR {}
    let signal = status & 0x7f
    return (signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal), usage)
}
