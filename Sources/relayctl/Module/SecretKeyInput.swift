extension Context {
    /// A SECRET_KEY that is in use: a file's bytes as they are, but for the line break that editors put at the end.
    func secretKey(from path: String) throws -> String {
        if path == "-" { return try secret("SECRET_KEY") }
        let text = try secretFile(path).text()
        let secret = text.hasSuffix("\n") ? String(text.dropLast()) : text
        guard !secret.isEmpty, !secret.contains(where: \.isNewline) else {
            throw CommandError("\(path): takes one line, the SECRET_KEY")
        }
        return secret
    }

    /// https://www.rfc-editor.org/rfc/rfc7518#section-3.2
    func warnOfWeakness(_ secret: String) {
        let size = secret.utf8.count
        guard size < 32 else { return }
        say("warning: the SECRET_KEY has \(size) bytes; HS256 asks for 32 or more (RFC 7518, section 3.2)")
    }
}
