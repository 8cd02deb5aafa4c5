import Foundation
import HTTPClient
import Relay
import Testing

/// The libraries that implement JWT independently of this project, where Python has them.
private let implementations: [(module: String, sign: String, verify: String)] = [
    (
        "jwt",
        "import jwt; print(jwt.encode({'key': key}, secret, algorithm='HS256'))",
        "import jwt; print(jwt.decode(token, secret, algorithms=['HS256'])['key'])"
    ),
    (
        "authlib",
        "from authlib.jose import jwt; print(jwt.encode({'alg': 'HS256'}, {'key': key}, secret).decode())",
        "from authlib.jose import JsonWebToken as J; print(J(['HS256']).decode(token, secret)['key'])"
    ),
    (
        "joserfc",
        "from joserfc import jwt, jwk; print(jwt.encode({'alg': 'HS256'}, {'key': key}, jwk.OctKey.import_key(secret)))",
        "from joserfc import jwt, jwk; print(jwt.decode(token, jwk.OctKey.import_key(secret)).claims['key'])"
    ),
]

private let installed = implementations.filter { (try? python("import \($0.module)", input: "")) != nil }

@Suite("relayctl's JWT and others' libraries (PyJWT, Authlib, joserfc: those that python3 has)")
struct InteroperabilityTests {
    private let key = "anAPIkey"
    private let read = "import sys; key, secret, token = sys.stdin.read().split('\\n')[:3]; "

    @Test("They accept relayctl's JWT", .enabled(if: !installed.isEmpty), arguments: installed.map(\.module))
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

    @Test("The relay accepts theirs", .enabled(if: !installed.isEmpty), arguments: installed.map(\.module))
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
