import Loopback

/// What is wrong with a settings file.
package enum SettingsError: InputError, Equatable {
    /// The file is not there or can't be read.
    case unreadable(String)
    /// The file is not JSON.
    case malformed(file: String, JSONC.SyntaxError)
    /// There is no such stage; nearest is one that may have been meant.
    case noSuchStage(file: String, nearest: String?, stages: [String])
    /// A key's value can't be used. The key is a path from the file's root, which begins with the stage, if any.
    case invalid(file: String, key: [String], reason: String)

    /// The one line.
    package var description: String { text.printable() }

    private var text: String {
        switch self {
        case .unreadable(let reason): reason
        case .malformed(let file, let error):
            "\(file):\(error.line):\(error.column): \(error.reason)"
        case .noSuchStage(let file, let nearest, let stages):
            "\(file): no such stage" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
                + " (there is \(stages.joined(separator: ", ")))"
        case .invalid(let file, let key, let reason):
            ([file] + key).joined(separator: ": ") + ": " + reason
        }
    }
}
