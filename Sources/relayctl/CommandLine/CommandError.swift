import Deployment
import Loopback

/// Why a command did not do what it was told: the one line for the operator, and whose fault it was.
struct CommandError: Error {
    enum Cause {
        /// The work failed: exit status 1.
        case failed
        /// The command line, or a file that it names, makes no sense: exit status 2.
        case badInput
    }

    let message: String
    let cause: Cause

    init(_ message: String, _ cause: Cause = .badInput) {
        self.message = message
        self.cause = cause
    }

    /// What any part of relayctl threw.
    init(_ error: any Error, _ context: Context) {
        switch error {
        case let error as CommandError: self = error
        case let error as any InputError: self.init("\(error)", .badInput)
        case let error as AWSError: self.init(error.explanation(context), .failed)
        default: self.init(explanation(of: error), .failed)
        }
    }

    var exitStatus: Int32 {
        cause == .failed ? 1 : 2
    }
}
