import Foundation
import Loopback
import Testing

@Suite("relayctl keeps secrets")
struct SecretsTests {
    let folder: ProjectFolder
    /// What must never turn up where it does not belong.
    private let secret = "sEcReT0123456789abcdefghijklmnopqrstuvwxyz"

    init() throws {
        folder = try ProjectFolder()
    }

    @Test("No error message repeats a secret, wherever it was put by mistake")
    func errorMessages() throws {
        try folder.write(secret + "\n" + secret, to: "two-lines.txt")
        try folder.write("{\"key\": \(secret)}", to: "unquoted.json")
        try folder.write("{\"key\": [\"\(secret)\"]}", to: "list.json")
        try folder.write("{\"key\": \"\(secret)\", \"kye\": \"\(secret)\"}", to: "unknown.json")
        try folder.write(
            "{\"dev\": {\"aws_environment_variables\": {\"SECRET_KEY\": \"\(secret)\"}}}",
            to: "zappa_secret.json"
        )
        let mistakes: [[String]] = [
            ["jwt", secret], ["jwt", "dev", secret], ["jwt", "dev", "--key=\(secret)"], ["jwt", "dev", "-k\(secret)"],
            ["jwt", "dev", "--json=\(secret)"], ["jwt", "dev", "--ttl", secret], ["jwt", "dev", "--key", secret],
            ["jwt", "dev", "-f", "unquoted.json"], ["jwt", "dev", "-f", "list.json"],
            ["jwt", "dev", "-f", "unknown.json"], ["jwt", "dev", "--secret-file", "two-lines.txt"],
            ["jwt", "dev", "-f", "two-lines.txt"], ["policies", "dev", "--account", secret],
            ["module", "dev", "--url", secret],
        ]
        for words in mistakes {
            let outcome = try folder.run(words, input: secret + "\u{1}\n")
            #expect(outcome.status == 2, "\(words)")
            #expect(!(outcome.errors + outcome.output).contains(secret), "\(words)")
        }
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("zappa_settings.json"))
        try FileManager.default.copyItem(
            at: folder.url.appendingPathComponent("zappa_secret.json"),
            to: folder.url.appendingPathComponent("zappa_settings.json")
        )
        let outcome = try folder.relayctl("jwt", "dev", input: "x\n")
        #expect(outcome.status == 2 && !outcome.errors.contains(secret))
    }

    @Test("No file is written, and neither arguments nor environment hold a secret while relayctl has it")
    func filesAndArguments() throws {
        let before = try files()
        let stdin = Pipe()
        let (process, output, _) = try folder.start(
            ["jwt", "dev", "--secret-file", "-"],
            input: stdin.fileHandleForReading
        )
        try stdin.fileHandleForWriting.write(contentsOf: Data("\(secret)\n".utf8))
        // It has read the key by now, or will before it ends; it waits for the second line.
        for _ in 0..<20 {
            for name in ["cmdline", "environ"] {
                let text = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(process.processIdentifier)/\(name)"))
                #expect(!String(decoding: text, as: UTF8.self).contains(secret))
            }
            usleep(5_000)
        }
        try stdin.fileHandleForWriting.write(contentsOf: Data("\(secret)\n".utf8))
        try stdin.fileHandleForWriting.close()
        #expect(try output.fileHandleForReading.readToEnd()?.isEmpty == false)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try files() == before)
    }

    @Test("On a terminal nothing that is entered is shown, an empty line asks again, and the echo comes back")
    func noEcho() throws {
        let terminal = try Terminal()
        let (process, output, errors) = try folder.start(["jwt", "dev", "--json"], input: terminal.device)
        let prompt = "Enter: SecurityTrails API Key: "
        var prompts = ""
        // The terminal forgets what is typed before its echo is off, which is after the prompt.
        for answer in ["\n", secret + "\n"] {
            repeat {
                let text = errors.fileHandleForReading.availableData
                prompts += String(decoding: text, as: UTF8.self)
            } while !prompts.hasSuffix(prompt) && process.isRunning
            terminal.type(answer)
        }
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        prompts += String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(prompts == "\(prompt)\n\(prompt)\n")
        let outcome = Outcome(status: 0, output: String(decoding: printed, as: UTF8.self), errors: "")
        let made = try summary(outcome)
        #expect(try verified(made.jwt, secret: try #require(made.secretKey)).key == secret)
        #expect(!terminal.shown.contains(secret))
        #expect(terminal.echoes)
    }

    @Test(
        "A signal during the question ends relayctl and puts the terminal's echo back",
        arguments: [SIGINT, SIGTERM, SIGHUP]
    )
    func signals(number: Int32) throws {
        let terminal = try Terminal()
        let (process, _, _) = try folder.start(["jwt", "dev"], input: terminal.device)
        #expect(terminal.waitForEcho(false))
        kill(process.processIdentifier, number)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == number)
        #expect(terminal.echoes)
    }

    @Test("A signal leaves no temporary folder and no child behind", arguments: [SIGINT, SIGTERM])
    func remains(number: Int32) throws {
        let temporary = try temporaryFolder("remains")
        defer { try? FileManager.default.removeItem(at: temporary) }
        let (process, output, _) = try folder.start(
            [
                "replay", "--tls", "--repeat", "1000000", "--exec", built("bootstrap").path,
                project.appendingPathComponent("Tests/Events/rest-version.json").path,
            ],
            input: .nullDevice,
            environment: ["TMPDIR": temporary.path]
        )
        _ = output.fileHandleForReading.availableData
        func isChild(_ id: String) -> Bool {
            let parent = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8).split(separator: ")").last?
                .split(separator: " ")[1]
            return parent == "\(process.processIdentifier)"
        }
        func children() -> [String] {
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc").filter(isChild)) ?? []
        }
        let end = Date(timeIntervalSinceNow: 10)
        while children().isEmpty, Date() < end { usleep(20_000) }
        let left = children()
        #expect(left.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path).count == 1)
        kill(process.processIdentifier, number)
        process.waitUntilExit()
        #expect(process.terminationStatus == number)
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == [])
        func isRunning(_ id: String) -> Bool {
            (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)).map { !$0.contains(") Z ") } ?? false
        }
        for _ in 0..<250 where left.contains(where: isRunning) { usleep(20_000) }
        #expect(!left.contains(where: isRunning))
    }

    private func files() throws -> Set<String> {
        Set(try FileManager.default.subpathsOfDirectory(atPath: folder.url.path))
    }
}

/// A pseudo-terminal: the device that a program sees, and the operator's side of it.
final class Terminal {
    let device: FileHandle
    private let operatorSide: Int32
    private var text = ""

    /// Linux's own way (pts(4)): Swift does not see the functions that POSIX has for it.
    init() throws {
        let (unlock, number): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
        var (locked, device): (Int32, Int32) = (0, 0)
        operatorSide = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK)
        guard operatorSide >= 0, ioctl(operatorSide, unlock, &locked) == 0, ioctl(operatorSide, number, &device) == 0
        else { throw POSIXError(.ENXIO) }
        let descriptor = open("/dev/pts/\(device)", O_RDWR | O_NOCTTY)
        guard descriptor >= 0 else { throw POSIXError(.ENXIO) }
        self.device = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    deinit {
        close(operatorSide)
    }

    var echoes: Bool {
        var settings = termios()
        return tcgetattr(device.fileDescriptor, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    func resize(columns: Int) {
        var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(device.fileDescriptor, UInt(TIOCSWINSZ), &size)
    }

    /// Whether the echo is this within five seconds.
    func waitForEcho(_ on: Bool) -> Bool {
        for _ in 0..<1000 where echoes != on { usleep(5_000) }
        return echoes == on
    }

    /// Types the keys that answer a question, whose answer is not shown unless it echoes.
    func type(_ keys: String, echoing: Bool = false) {
        // The settings change between two questions; what is typed meanwhile would be flushed.
        usleep(50_000)
        _ = waitForEcho(echoing)
        _ = Array(keys.utf8).withUnsafeBytes { write(operatorSide, $0.baseAddress, $0.count) }
    }

    /// Everything that the terminal has shown.
    var shown: String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(operatorSide, &buffer, buffer.count)
            guard count > 0 else { return text }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
    }
}
