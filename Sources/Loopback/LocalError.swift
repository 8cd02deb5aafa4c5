import Foundation

/// What went wrong on this side, in one line.
package struct LocalError: Error, CustomStringConvertible, Equatable {
    /// What, and where.
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// What errno says, in words.
package func systemMessage(_ code: Int32 = errno) -> String {
    String(cString: strerror(code))
}
