import Foundation

/// An error in one line. Foundation's own hold what is to be said in their fields alone: the file's path and the
/// system's reason.
package func explanation(of error: any Error) -> String {
    let path = (error as NSError).userInfo[NSFilePathErrorKey] as? String
    return (path.map { $0 + ": " } ?? "") + reason(of: error)
}

/// The same without the path.
func reason(of error: any Error) -> String {
    let cause = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error ?? error) as NSError
    switch cause.domain {
    case NSPOSIXErrorDomain: return String(cString: strerror(Int32(truncatingIfNeeded: cause.code)))
    case NSCocoaErrorDomain: return error.localizedDescription
    default: return "\(error)"
    }
}
