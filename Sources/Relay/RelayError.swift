import JSON
import SecurityTrails

/// An error as SecureX and Cisco XDR show it to the analyst.
struct RelayError: Error, Hashable {
    /// How bad it is.
    enum Severity: String {
        /// Something is missing from the answer.
        case fatal
        /// The answer stands, and could be more.
        case warning
    }

    /// What it is about, from a fixed list.
    enum Code: String {
        case authorization = "authorization error"
        case invalidArgument = "invalid argument"
        case unauthorized = "unauthorized"
        case notFound = "not found"
        case tooManyRequests = "too many requests"
        case unavailable = "unavailable"
        case unknown = "unknown"
        case keyError = "key error"
        case responseTooLarge = "response too large"
        case relationsLimited = "relations limited"
        case unprocessedObservables = "unprocessed observables"
        case unprocessedPages = "unprocessed pages"
    }

    let severity: Severity
    let code: Code
    let message: String

    init(_ code: Code, _ message: String, severity: Severity = .fatal) {
        self.severity = severity
        self.code = code
        self.message = message
    }

    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("type", severity.rawValue)
            $0.member("code", code.rawValue)
            $0.member("message", message)
        }
    }
}

extension RelayError {
    /// The caller is not let in, or SecurityTrails does not let the caller's key in.
    static func notAuthorized(_ reason: String) -> RelayError {
        RelayError(.authorization, "Authorization failed: \(reason)")
    }

    /// What a failure at SecurityTrails means to the caller.
    init(_ failure: Failure) {
        switch failure {
        case .refused(let reason):
            self = .notAuthorized(reason)
        case .unexpected(let status, let text):
            let code: Code =
                switch status {
                case 400: .invalidArgument
                case 401: .unauthorized
                case 404: .notFound
                case 429: .tooManyRequests
                default: .unknown
                }
            self.init(code, "Unexpected response from SecurityTrails: \(text)")
        case .tooLarge:
            self.init(.unknown, "Unexpected response from SecurityTrails: an answer of more than 2 MiB")
        case .unavailable(let reason):
            self.init(.unavailable, reason)
        case .certificate(let reason):
            self.init(.unknown, "Unable to verify SSL certificate: \(reason)")
        case .unreadable:
            self.init(.keyError, "The data structure of SecurityTrails has changed. The module is broken.")
        }
    }

    /// Values that SecurityTrails cannot be asked about.
    static func impossible(_ values: [String]) -> RelayError {
        let message = "No value of its type, not looked up: \(list(values))"
        return RelayError(.invalidArgument, message, severity: .warning)
    }

    /// Values that were not asked about, or not answered for, because the asking had ended.
    static func unprocessed(_ values: [String]) -> RelayError {
        let message = "Not looked up, or not completely, because the search ended early: \(list(values))"
        return RelayError(.unprocessedObservables, message, severity: .warning)
    }

    /// Related values that a sighting is not related to, because there are too many.
    static func limited(_ related: Int, of all: Int, _ what: String, _ options: SightingOptions) -> RelayError {
        let rest = options.hasTable ? "the table has the others" : "the others are left out"
        let message = "\(what.prefix(scalars: 300)): \(related) of \(all) are shown as relations; \(rest)"
        return RelayError(.relationsLimited, message, severity: .warning)
    }

    /// Pages that were not read.
    static func unprocessed(pages: Int, of value: String) -> RelayError {
        let message =
            "There are \(pages) page(s) left unprocessed for \(value). "
            + "Please contact support@securitytrails.com to download the data"
        return RelayError(.unprocessedPages, message, severity: .warning)
    }

    /// The answer was cut.
    static let responseTooLarge = RelayError(
        .responseTooLarge,
        "The answer is larger than AWS Lambda takes and was cut; ask for fewer observables at a time",
        severity: .warning
    )

    /// The first 20 values and how many more there are, in 1,000 characters at most.
    private static func list(_ values: [String]) -> String {
        let named = values.prefix(20).map { $0.unicodeScalars.count <= 45 ? $0 : $0.prefix(scalars: 44) + "…" }
        let more = values.count - named.count
        return named.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}

extension String {
    /// The first so many Unicode scalars, which are what "characters" means in the contract.
    func prefix(scalars count: Int) -> String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(count)))
    }
}
