import COpenSSL
import Foundation

/// A certificate and its private key, as PEM files: who a server says it is.
package struct TLSIdentity: Sendable {
    /// The certificate, and those between it and the authority.
    package let certificate: String
    /// The private key.
    package let key: String

    /// Paths of two PEM files.
    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// A version of TLS, as its records have it (RFC 8446, section 4.2.1).
package enum TLSVersion: Int, Sendable {
    case tls12 = 0x0303
    case tls13 = 0x0304
}

/// The server's side of TLS, by libssl.
///
/// `@unchecked Sendable`: the context is complete after init, and libssl counts its references atomically.
final class TLSContext: @unchecked Sendable {
    private let context: OpaquePointer

    /// - Parameters:
    ///   - http2: whether HTTP/2 is agreed on with a peer that speaks it.
    ///   - newest: the version of TLS that is agreed on with a peer that speaks it.
    init(_ identity: TLSIdentity, http2: Bool = false, newest: TLSVersion = .tls13) throws {
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw LocalError("libssl has no TLS server")
        }
        self.context = context
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, newest.rawValue, nil)
        guard SSL_CTX_use_certificate_chain_file(context, identity.certificate) == 1,
            SSL_CTX_use_PrivateKey_file(context, identity.key, SSL_FILETYPE_PEM) == 1
        else { throw LocalError("\(identity.certificate) and its key can't be read as PEM") }
        guard http2 else { return }
        let select: SSL_CTX_alpn_select_cb_func = { _, selected, count, offered, offeredCount, _ in
            var name: UnsafeMutablePointer<UInt8>?
            let mine: [UInt8] = [2] + Array("h2".utf8)
            let code = SSL_select_next_proto(&name, count, offered, offeredCount, mine, UInt32(mine.count))
            // What is agreed on stands in what the peer offered.
            guard code != OPENSSL_NPN_NEGOTIATED else {
                selected?.pointee = UnsafePointer(name)
                return SSL_TLSEXT_ERR_OK
            }
            return SSL_TLSEXT_ERR_NOACK
        }
        SSL_CTX_set_alpn_select_cb(context, select, nil)
    }

    deinit {
        SSL_CTX_free(context)
    }

    /// Does the handshake on a connected socket; nil if the peer will not have us.
    func accept(_ descriptor: Int32) -> TLSSession? {
        guard let ssl = SSL_new(context) else { return nil }
        guard SSL_set_fd(ssl, descriptor) == 1, SSL_accept(ssl) == 1 else {
            SSL_free(ssl)
            return nil
        }
        return TLSSession(ssl)
    }
}

/// One connection's TLS, used by that connection's thread only.
final class TLSSession {
    private let ssl: OpaquePointer

    init(_ ssl: OpaquePointer) {
        self.ssl = ssl
    }

    deinit {
        SSL_free(ssl)
    }

    /// Whether bytes were decrypted already, so that the socket may have nothing more.
    var hasPending: Bool {
        SSL_pending(ssl) > 0
    }

    func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        var count = 0
        return SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count) == 1 ? count : 0
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var count = 0
        return bytes.isEmpty || SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count) == 1
    }

    /// Negotiates again, which TLS 1.3 has no more: then it sends a session ticket.
    func negotiateAgain() -> Bool {
        if SSL_version(ssl) == TLSVersion.tls13.rawValue {
            return SSL_new_session_ticket(ssl) == 1 && SSL_do_handshake(ssl) == 1
        }
        // The first sends the wish, the second waits for the peer's part.
        guard SSL_renegotiate(ssl) == 1, SSL_do_handshake(ssl) == 1 else { return false }
        return SSL_do_handshake(ssl) == 1
    }

    /// Says goodbye, without waiting for the peer's.
    func close() {
        SSL_shutdown(ssl)
    }
}
