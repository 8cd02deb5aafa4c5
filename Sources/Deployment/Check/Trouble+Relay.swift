import Loopback

/// The errors that the relay itself answers with.
extension Trouble {
    /// - Parameters:
    ///   - code: the error's code.
    ///   - message: its message.
    package init(code: String, message: String) {
        seen = "\(code): \(message.prefix(1_000))"
        let rows = code == "authorization error" ? Self.refusals : Self.failures.filter { $0.code == code }.map(\.row)
        let text = message.hasPrefix(Self.refusal) ? message.dropFirst(Self.refusal.count) : message[...]
        meaning =
            rows.first { text.hasPrefix($0.beginning) }?.meaning
            ?? "docs/errors.md lists what the relay can answer."
    }

    private typealias Row = (beginning: String, meaning: String)
    private static let refusal = "Authorization failed: "

    /// Why the relay lets a caller not in.
    private static let refusals: [Row] = [
        (
            "Authorization header is missing",
            "Something between removes the header Authorization: a proxy, or a gateway before the REST API."
        ),
        ("Wrong authorization type", "What was entered is more than the JWT: enter only the JWT, without 'Bearer'."),
        ("Wrong JWT structure", "This is no JWT; often it was cut when it was copied: copy all of it, with both dots."),
        (
            "Failed to decode JWT with provided key",
            "The JWT and the function's SECRET_KEY do not belong together: 'relayctl jwt STAGE --set' makes both."
        ),
        (
            "Wrong JWT payload structure",
            "The JWT has no API key in it, or its exp or nbf is no number: make one with 'relayctl jwt STAGE --set'."
        ),
        (
            "Invalid authentication credentials",
            "The API key in the JWT has a character that no key has: copy the key again, and make another JWT with "
                + "'relayctl jwt STAGE --secret-file -'."
        ),
        ("<SECRET_KEY> is missing", "The function has no SECRET_KEY: 'relayctl jwt STAGE --set' sets one."),
        ("The JWT has expired", "Make a new one: 'relayctl jwt STAGE --secret-file -'."),
        ("The JWT is not valid yet", "Its nbf is in the future: wait, or sign it again."),
        ("kid from JWT header not found", "The platform's keys do not contain this token's: check JWKS_HOST."),
        (
            "Wrong configuration-token-audience",
            "Set TOKEN_AUDIENCE to the module type's configuration-token-audience, and run 'relayctl update STAGE'."
        ),
        ("Wrong jwks_host in JWT payload", "Set custom_jwks_host of the module type to the function's JWKS_HOST."),
        (
            "The keys of JWKS_HOST cannot be read",
            "The message says why; the relay tries again after a minute. Check JWKS_HOST."
        ),
        // SecurityTrails refused the key, in its own words.
        (
            "",
            "SecurityTrails refused the API key: it was revoked, the account is suspended, or the plan lacks this "
                + "lookup. Look at the account."
        ),
    ]

    /// What went wrong behind the relay.
    private static let failures: [(code: String, row: Row)] = [
        (
            "unauthorized",
            (
                "",
                "SecurityTrails has no such API key: create one, then 'relayctl jwt STAGE --secret-file -' makes its JWT."
            )
        ),
        (
            "too many requests",
            (
                "Unexpected response from SecurityTrails: You've exceeded the usage limits",
                "The month's queries are used up: a larger plan, or fewer lookups (docs/variables.md)."
            )
        ),
        ("too many requests", ("", "Too many queries at once: set REQUESTS_PER_SECOND, or try again later.")),
        ("not found", ("", "SECURITYTRAILS_API_URL of the function is wrong: remove it.")),
        (
            "unknown",
            (
                "Unable to verify SSL certificate",
                "A proxy opens TLS, or the zip's certificate authorities are too old: set SSL_CERT_FILE, or run "
                    + "'relayctl package' and 'relayctl update STAGE'."
            )
        ),
        ("unknown", ("", "Trouble at SecurityTrails: try again later.")),
        (
            "unavailable",
            (
                "SecurityTrails cannot be reached",
                "The function finds no way to SecurityTrails: check its HTTPS_PROXY, and its VPC's way to the internet."
            )
        ),
        (
            "unavailable",
            (
                "SecurityTrails did not answer in time",
                "Try again; raise the function's timeout if it is a few seconds."
            )
        ),
        ("unavailable", ("SecurityTrails dropped the connection", "Try again.")),
        (
            "unavailable",
            ("SecurityTrails cannot be asked", "A fault of the function's environment: look at its log at DEBUG.")
        ),
        ("key error", ("", "SecurityTrails' answer could not be read; if this stays, report it.")),
        ("invalid argument", ("", "SecurityTrails answered 400: try again later.")),
    ]
}
