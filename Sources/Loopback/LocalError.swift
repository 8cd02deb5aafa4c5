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

/// Any error in one line. Foundation's own hold what is to be said in their fields only: the file's path and the system's
/// reason, or where a value to decode is.
package func explanation(of error: any Error) -> String {
    if let error = error as? DecodingError { return explanation(ofDecoding: error) }
    let fields = (error as NSError).userInfo
    let path = (fields[NSFilePathErrorKey] as? String).map { $0 + ": " } ?? ""
    let cause = (fields[NSUnderlyingErrorKey] as? any Error ?? error) as NSError
    switch cause.domain {
    case NSPOSIXErrorDomain: return path + systemMessage(Int32(truncatingIfNeeded: cause.code))
    case NSCocoaErrorDomain: return path + error.localizedDescription
    default: return path + "\(error)"
    }
}

private func explanation(ofDecoding error: DecodingError) -> String {
    let context: DecodingError.Context
    switch error {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found),
        .dataCorrupted(let found):
        context = found
    @unknown default: return "\(error)"
    }
    let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    let reason = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
    return (path.isEmpty ? "" : path + ": ") + (reason ?? context.debugDescription)
}
