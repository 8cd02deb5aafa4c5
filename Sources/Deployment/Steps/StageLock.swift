import Foundation
import Loopback

/// Keeps two commands of this user from changing the same relay at once, on this machine. It ends with the instance, or
/// with the process.
final class StageLock {
    private let folder: String
    private let path: String
    private let file: Int32
    private let remains: Int

    /// Takes the lock, or says who holds it.
    ///
    /// - Parameters:
    ///   - name: of what is locked, as part of a file's name.
    ///   - command: what it is locked for.
    ///   - temporaryFolder: where this user has a folder for locks.
    init(_ name: String, for command: String, in temporaryFolder: String) throws(AWSError) {
        let folder = "\(temporaryFolder)/relayctl-\(getuid())"
        let path = "\(folder)/\(name).lock"
        file = try Self.lockedFile(path, in: folder)
        let holder = Array("\(getpid()) \(command)".utf8)
        _ = ftruncate(file, 0)
        _ = write(file, holder, holder.count)
        remains = Remains.add { Self.remove(path, folder) }
        (self.folder, self.path) = (folder, path)
    }

    deinit {
        Remains.remove(remains)
        Self.remove(path, folder)
        close(file)
    }

    private static func lockedFile(_ path: String, in folder: String) throws(AWSError) -> Int32 {
        while true {
            try make(folder)
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            // Whoever held it last may just be removing the folder.
            if file < 0, errno == ENOENT { continue }
            guard file >= 0 else { throw .blocked("can't lock the stage: \(path): \(systemMessage())") }
            if flock(file, LOCK_EX | LOCK_NB) != 0 {
                defer { close(file) }
                throw .blocked("\(holder(file)) is changing the stage; run this again when it has ended")
            }
            if isSame(file, path) { return file }
            // It was removed by whoever held it, between the opening and the locking.
            close(file)
        }
    }

    private static func make(_ folder: String) throws(AWSError) {
        _ = mkdir(folder, 0o700)
        var status = stat()
        guard lstat(folder, &status) == 0 else {
            // It was removed meanwhile, or can't be made.
            if errno == ENOENT, mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
            throw .blocked("can't lock the stage: \(folder): \(systemMessage())")
        }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(), status.st_mode & 0o022 == 0 else {
            throw .blocked("can't lock the stage: \(folder) is not a folder of this user only; remove it")
        }
    }

    /// Who holds the lock, as the file says.
    private static func holder(_ file: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = pread(file, &buffer, buffer.count, 0)
        let words = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { return "another relayctl" }
        return "'relayctl \(words[1].description.printable())' (process \(words[0].description.printable()))"
    }

    private static func isSame(_ file: Int32, _ path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        return fstat(file, &opened) == 0 && lstat(path, &named) == 0 && opened.st_ino == named.st_ino
            && opened.st_dev == named.st_dev
    }

    /// While the lock is held; the folder stays as long as it has others.
    private static func remove(_ path: String, _ folder: String) {
        unlink(path)
        rmdir(folder)
    }
}
