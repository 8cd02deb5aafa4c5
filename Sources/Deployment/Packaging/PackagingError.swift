/// Why there is no zip.
package struct PackagingError: Error, CustomStringConvertible {
    /// What and where, in a line; an audit's findings follow, a line each.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
