/// How a client connects: the same for all of its requests.
package struct HTTPOptions: Sendable {
    /// Where certificate authorities are.
    package enum Authorities: Sendable, Equatable {
        /// A file of PEM certificates, read whole before the first connection.
        case bundle(String)
        /// A folder of certificates under their hashed names, of which only what is needed is read.
        case folder(String)
        /// Nowhere; no server can be verified.
        case none
    }

    /// Seconds until a connection stands, name resolution and TLS handshake included; nil: libcurl's own 300.
    package var connectTimeout: Double?
    /// Bytes of a decoded body; more is an error.
    package var bodyLimit: Int
    /// Seconds after which an idle connection is no longer trusted to be alive.
    package var idleConnectionLifetime: Int
    /// Whether HTTPS_PROXY, NO_PROXY and the like are followed; to loopback they never are.
    package var usesProxyOfEnvironment: Bool
    /// What certificates are verified with.
    package var authorities: Authorities
    /// The `User-Agent`; nil: none is sent.
    package var userAgent: String?
    /// Whether compressed bodies are asked for (gzip).
    package var acceptsCompressed: Bool

    /// Options for plain exchanges on a trusted network.
    package init(
        connectTimeout: Double? = nil,
        bodyLimit: Int,
        idleConnectionLifetime: Int = 118,
        usesProxyOfEnvironment: Bool = false,
        authorities: Authorities = .none,
        userAgent: String? = nil,
        acceptsCompressed: Bool = false
    ) {
        self.connectTimeout = connectTimeout
        self.bodyLimit = bodyLimit
        self.idleConnectionLifetime = idleConnectionLifetime
        self.usesProxyOfEnvironment = usesProxyOfEnvironment
        self.authorities = authorities
        self.userAgent = userAgent
        self.acceptsCompressed = acceptsCompressed
    }
}
