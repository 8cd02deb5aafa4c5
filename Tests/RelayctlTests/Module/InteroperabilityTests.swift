import Foundation
import HTTPClient
import JWT
import Relay
import TestSupport
import Testing

/// The libraries that implement JWT independently of this project, where Python has them.
///
/// `issue` makes a pair of keys and prints a JWK set and, on the next line, an RS256 token for the audience `aud`. `accept`
/// verifies such a token with a JWK set, and prints its `key`.
private struct Implementation {
    let module: String
    let sign: String
    let verify: String
    let issue: String
    let accept: String
}

private let implementations: [Implementation] = [
    Implementation(
        module: "jwt",
        sign: "import jwt; print(jwt.encode({'key': key}, secret, algorithm='HS256'))",
        verify: "import jwt; print(jwt.decode(token, secret, algorithms=['HS256'])['key'])",
        issue: """
            import json, jwt
            from cryptography.hazmat.primitives.asymmetric import rsa
            pair = rsa.generate_private_key(65537, 2048)
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(pair.public_key())) | {'kid': 'k', 'use': 'sig'}
            print(json.dumps({'keys': [public]}))
            print(jwt.encode(claims, pair, algorithm='RS256', headers={'kid': 'k'}))
            """,
        accept: """
            import jwt
            public = next(k for k in jwt.PyJWKSet.from_json(keys).keys if k.key_id == jwt.get_unverified_header(token)['kid'])
            print(jwt.decode(token, public, algorithms=['RS256'], audience='aud')['key'])
            """
    ),
    Implementation(
        module: "authlib",
        sign: "from authlib.jose import jwt; print(jwt.encode({'alg': 'HS256'}, {'key': key}, secret).decode())",
        verify: "from authlib.jose import JsonWebToken as J; print(J(['HS256']).decode(token, secret)['key'])",
        issue: """
            import json
            from authlib.jose import JsonWebKey, jwt
            pair = JsonWebKey.generate_key('RSA', 3072, {'kid': 'k'}, is_private=True)
            print(json.dumps({'keys': [pair.as_dict(is_private=False)]}))
            print(jwt.encode({'alg': 'RS256', 'kid': 'k'}, claims, pair).decode())
            """,
        accept: """
            import json
            from authlib.jose import JsonWebKey, JsonWebToken
            token = JsonWebToken(['RS256']).decode(
                token, JsonWebKey.import_key_set(json.loads(keys)), claims_options={'aud': {'essential': True, 'value': 'aud'}})
            token.validate()
            print(token['key'])
            """
    ),
    Implementation(
        module: "joserfc",
        sign:
            "from joserfc import jwt, jwk; print(jwt.encode({'alg': 'HS256'}, {'key': key}, jwk.OctKey.import_key(secret)))",
        verify:
            "from joserfc import jwt, jwk; print(jwt.decode(token, jwk.OctKey.import_key(secret)).claims['key'])",
        issue: """
            import json
            from joserfc import jwk, jwt
            pair = jwk.RSAKey.generate_key(2048, {'kid': 'k', 'use': 'sig', 'alg': 'RS256'})
            print(json.dumps({'keys': [pair.as_dict(private=False)]}))
            print(jwt.encode({'alg': 'RS256', 'kid': 'k'}, claims, pair))
            """,
        accept: """
            import json
            from joserfc import jwk, jwt
            token = jwt.decode(token, jwk.KeySet.import_key_set(json.loads(keys)), algorithms=['RS256'])
            jwt.JWTClaimsRegistry(aud={'essential': True, 'value': 'aud'}).validate(token.claims)
            print(token.claims['key'])
            """
    ),
]

private let installed = implementations.filter { (try? python("import \($0.module)", input: "")) != nil }

@Suite("relayctl's JWT and others' libraries (PyJWT, Authlib, joserfc: those that python3 has)", .waits)
struct InteroperabilityTests {
    private let key = "anAPIkey"
    private let read = "import sys; key, secret, token = sys.stdin.read().split('\\n')[:3]; "

    @Test(
        "They accept relayctl's JWT",
        .enabled(if: !installed.isEmpty, "python3 has neither PyJWT nor Authlib"),
        arguments: installed.map(\.module)
    )
    func accepted(module: String) throws {
        let library = try #require(installed.first { $0.module == module })
        let printed = try summary(
            try ProjectFolder().relayctl("jwt", "dev", "--json", "--ttl", "1h", input: key + "\n")
        )
        let secret = try #require(printed.secretKey)
        #expect(try python(read + library.verify, input: "\n\(secret)\n\(printed.jwt)\n") == key)
        #expect(throws: (any Error).self) {
            try python(read + library.verify, input: "\n\(secret.lowercased())\n\(printed.jwt)\n")
        }
    }

    @Test(
        "Their RS256 tokens and keys are read",
        .enabled(if: !installed.isEmpty, "python3 has neither PyJWT nor Authlib"),
        arguments: installed.map(\.module)
    )
    func readsTheirKeys(module: String) throws {
        let library = try #require(installed.first { $0.module == module })
        let claims = "import time; claims = {'key': '\(key)', 'aud': 'aud', 'exp': int(time.time()) + 600}\n"
        let lines = try python(claims + library.issue, input: "").split(separator: "\n").map(String.init)
        try #require(lines.count == 2)
        let keys = try #require(KeySet(json: Array(lines[0].utf8)))
        let token = try Token(lines[1])
        let id = try #require(token.keyID)
        let key = try #require(keys[id])
        let read = try token.claims(signedFor: key)
        try read.check(audience: "aud", now: Date().timeIntervalSince1970)
        #expect(String(decoding: read.json, as: UTF8.self).contains(self.key))
        let others = try #require(KeySet(json: try keySet([RSAKeyPair(bits: 2048).webKey(id: "k")]))?["k"])
        #expect(throws: JWTError.notVerified) { try token.claims(signedFor: others) }
    }

    @Test(
        "They read RS256 tokens and keys as the tests write them",
        .enabled(if: !installed.isEmpty, "python3 has neither PyJWT nor Authlib"),
        arguments: installed.map(\.module)
    )
    func readOurKeys(module: String) throws {
        let library = try #require(installed.first { $0.module == module })
        let pair = try RSAKeyPair(bits: 2048)
        let keys = String(decoding: try keySet([pair.webKey(id: "other"), pair.webKey(id: "k")]), as: UTF8.self)
        func accepted(_ token: String) throws -> String {
            let input = "import sys; keys, token = sys.stdin.read().split('\\n')[:2]\n"
            return try python(input + library.accept, input: "\(keys)\n\(token)\n")
        }
        let expiry = Int(Date().timeIntervalSince1970) + 600
        let payload = #"{"key":"\#(key)","aud":"aud","exp":\#(expiry)}"#
        #expect(try accepted(pair.token(id: "k", payload: payload)) == key)
        #expect(throws: (any Error).self) { try accepted(RSAKeyPair(bits: 2048).token(id: "k", payload: payload)) }
    }

    @Test(
        "The relay accepts theirs",
        .enabled(if: !installed.isEmpty, "python3 has neither PyJWT nor Authlib"),
        arguments: installed.map(\.module)
    )
    func accepts(module: String) throws {
        let library = try #require(installed.first { $0.module == module })
        let secret = String(repeating: "aZ09", count: 16)
        let token = try python(read + library.sign, input: "\(key)\n\(secret)\n\n")
        #expect(try Authorization(secretKey: secret).caller(ofToken: token, until: .now).key == key)
        #expect(throws: AuthorizationError.token(.notVerified)) {
            try Authorization(secretKey: secret + "x").caller(ofToken: token, until: .now)
        }
    }
}

/// Runs a Python program; throws where it fails. Returns the line that it printed.
func python(_ program: String, input: String) throws -> String {
    let process = Process()
    let (stdin, stdout) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program]
    process.environment = hermeticEnvironment
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = FileHandle.nullDevice
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines)
}
