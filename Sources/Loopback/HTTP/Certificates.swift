import Foundation

/// An authority of its own and certificates for loopback, good ones and bad ones, made by the `openssl` command in a
/// temporary folder.
package final class Certificates: Sendable {
    /// What a server's certificate is like.
    package enum Kind: String, CaseIterable, Sendable {
        /// By the authority, for 127.0.0.1 and localhost.
        case good
        /// By the authority, for 127.0.0.1, and over since 2020.
        case expired
        /// For 127.0.0.1, by nobody but itself.
        case selfSigned = "self-signed"
        /// By the authority, for another host's name.
        case otherHost = "other-host"
    }

    /// The folder with all of it.
    package let folder: URL

    /// Makes all of them.
    package init() throws {
        folder = try temporaryFolder("certificates")
        do {
            // Certificates are public, and the keys are for their owner only: an executable of another user's may come in.
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
            try makeAuthority()
            try makeSigned(.good, names: "IP:127.0.0.1,DNS:localhost", from: "-days", "30")
            try makeSigned(.otherHost, names: "DNS:other.example", from: "-days", "30")
            try makeSigned(
                .expired,
                names: "IP:127.0.0.1,DNS:localhost",
                from: "-startdate",
                "20200101000000Z",
                "-enddate",
                "20200201000000Z"
            )
            try makeSelfSigned()
        } catch {
            remove()
            throw error
        }
    }

    /// The authority's certificate, for `SSL_CERT_FILE`.
    package var authority: String {
        path("ca.pem")
    }

    /// A folder with the authority's certificate under its hashed name, as a zip's `certs`, for `SSL_CERT_DIR`.
    package var authorityFolder: String {
        path("authorities")
    }

    /// A certificate of that kind and its key.
    package func identity(_ kind: Kind) -> TLSIdentity {
        TLSIdentity(certificate: path("\(kind.rawValue).pem"), key: path("\(kind.rawValue).key"))
    }

    /// Removes the folder.
    package func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    // MARK: - Making them

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    private func makeAuthority() throws {
        try openssl(
            ["req", "-x509", "-subj", "/CN=Local authority", "-days", "30"]
                + ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "subjectKeyIdentifier=hash"] + Self.newKey
                + ["-keyout", "ca.key", "-out", "ca.pem"]
        )
        try FileManager.default.createDirectory(atPath: authorityFolder, withIntermediateDirectories: false)
        try FileManager.default.copyItem(atPath: authority, toPath: authorityFolder + "/ca.pem")
        try openssl(["rehash", "authorities"])
        try write("", to: "index.txt")
        try write("1000\n", to: "serial.txt")
    }

    /// `openssl ca`, because only it takes any dates in every OpenSSL 3.
    private func makeSigned(_ kind: Kind, names: String, from dates: String...) throws {
        let name = kind.rawValue
        try write(
            """
            [ca]
            default_ca = local
            [local]
            new_certs_dir = .
            database = index.txt
            serial = serial.txt
            default_md = sha256
            policy = any
            x509_extensions = server
            [any]
            commonName = supplied
            [server]
            basicConstraints = CA:FALSE
            subjectAltName = \(names)
            """,
            to: "\(name).conf"
        )
        try openssl(["req", "-subj", "/CN=\(name)"] + Self.newKey + ["-keyout", "\(name).key", "-out", "\(name).csr"])
        try openssl(
            ["ca", "-batch", "-notext", "-config", "\(name).conf"]
                + ["-cert", "ca.pem", "-keyfile", "ca.key"]
                + ["-in", "\(name).csr", "-out", "\(name).pem"] + dates
        )
    }

    private func makeSelfSigned() throws {
        let name = Kind.selfSigned.rawValue
        try openssl(
            ["req", "-x509", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "30"]
                + Self.newKey + ["-keyout", "\(name).key", "-out", "\(name).pem"]
        )
    }

    private func openssl(_ arguments: [String]) throws {
        // What the machine's settings or the operator's say of certificates is for others.
        try Tool(name: "openssl").run(arguments, in: folder, environment: ["OPENSSL_CONF": "/dev/null"])
    }

    private func path(_ name: String) -> String {
        folder.appendingPathComponent(name).path
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }
}
