import HTTPClient
import JSON

/// What the platform's own tokens are held against: JWKS_HOST and TOKEN_AUDIENCE.
package struct Platform: Sendable {
    /// The host as it is configured, in lower case.
    private let name: String
    /// The host, with its port if there is one.
    private let authority: String
    /// Where its keys are.
    let keysURL: String
    /// Whom its tokens are for.
    let audience: String
    /// What the host's certificate is verified with.
    let authorities: HTTPOptions.Authorities

    /// What the environment says; nil if it names neither the host nor the audience.
    package init?(environment: [String: String]) throws(Configuration.Invalid) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        switch (value("JWKS_HOST"), value("TOKEN_AUDIENCE")) {
        case (nil, nil): return nil
        case (_?, nil): throw .init(message: "JWKS_HOST is set, so TOKEN_AUDIENCE must be set too")
        case (nil, _?): throw .init(message: "TOKEN_AUDIENCE is set, so JWKS_HOST must be set too")
        case (let host?, let audience?):
            try self.init(host: host, audience: audience, HTTPOptions.Authorities(environment: environment))
        }
    }

    private init(
        host: String,
        audience: String,
        _ authorities: HTTPOptions.Authorities
    ) throws(Configuration.Invalid) {
        let isPlain = host.hasPrefix("http://")
        guard let url = HTTPAddress(isPlain ? host : "https://" + host), url.path == "/",
            host.utf8.dropFirst(isPlain ? 7 : 0).allSatisfy(Self.isOfHost),
            !isPlain || Configuration.isLoopback(url.host)
        else { throw .init(message: "JWKS_HOST takes a host name, such as visibility.amp.cisco.com") }
        name = host.lowercased()
        authority = (url.host + (url.port.map { ":\($0)" } ?? "")).lowercased()
        keysURL = "\(url.scheme)://\(authority)/.well-known/jwks"
        self.audience = audience
        self.authorities = authorities
    }

    /// What host names, addresses and ports are made of.
    private static func isOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._:[]".utf8.contains(byte)
        }
    }

    /// Whether a token's claims name this host for the keys, or none.
    func isKeysHost(in claims: [UInt8]) -> Bool {
        let isSame = try? JSONReader.read(claims) { reader throws(JSONError) in
            guard try reader.enterObject() else { return false }
            var isSame = true
            while let claim = try reader.nextMember() {
                guard claim == "jwks_host" else { continue }
                let host = try reader.string()?.lowercased()
                isSame = host == name || host == authority
            }
            return isSame
        }
        return isSame ?? false
    }
}
