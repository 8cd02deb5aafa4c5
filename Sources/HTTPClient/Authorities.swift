#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension HTTPOptions.Authorities {
    /// The certificate authorities of this process, the first of these that is there: what the environment names
    /// (`SSL_CERT_FILE`, then `SSL_CERT_DIR`), a hashed folder `certs` beside the executable, and the bundles of Amazon
    /// Linux and of Debian.
    ///
    /// - Parameter folder: the executable's folder, with a slash at its end.
    package init(environment: [String: String], folder: String = executableFolder()) {
        let candidates: [HTTPOptions.Authorities] =
            [environment["SSL_CERT_FILE"]].compactMap(\.self).filter { !$0.isEmpty }.map { .bundle($0) }
            + [environment["SSL_CERT_DIR"]].compactMap(\.self).filter { !$0.isEmpty }.map { .folder($0) }
            + [
                .folder(folder + "certs"),
                .bundle("/etc/pki/tls/certs/ca-bundle.crt"),
                .bundle("/etc/ssl/certs/ca-certificates.crt"),
            ]
        self = candidates.first(where: \.isThere) ?? .none
    }

    private var isThere: Bool {
        switch self {
        case .bundle(let path), .folder(let path): access(path, R_OK) == 0
        case .none: false
        }
    }
}

/// The folder of the executable that runs, with a slash at its end.
package func executableFolder() -> String {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &path, path.count)
    let end = path.prefix(max(count, 0)).lastIndex(of: CChar(UInt8(ascii: "/")))
    return end.map { String(decoding: path[...$0].map(UInt8.init(bitPattern:)), as: UTF8.self) } ?? "./"
}
