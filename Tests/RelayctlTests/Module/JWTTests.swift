import Deployment
import Foundation
import JWT
import LocalLambda
import Relay
import TestSupport
import Testing

@Suite("relayctl jwt")
struct JWTTests {
    let folder: ProjectFolder

    init() throws {
        folder = try ProjectFolder()
    }

    @Test(
        "The JWT, the SECRET_KEY, the console's page, XDR's pages and form, and SecureX's pages are printed in this order"
    )
    func order() throws {
        let outcome = try folder.relayctl("jwt", "dev", input: "anAPIkey\n")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines[0] == "The JWT for the SecurityTrails module is:")
        #expect(lines[2] == "The SECRET_KEY to validate the JWT is:")
        let console =
            "https://console.aws.amazon.com/lambda/home?region=us-east-1#/functions/tr-securitytrails-relay-dev"
            + "/edit/environment-variables?tab=configuration"
        #expect(lines[5] == "    " + console)
        let page = "security.cisco.com/settings/modules/available"
        #expect(lines[6].hasPrefix("In Cisco XDR, ") && lines[6].contains("Generic Serverless Relay"))
        #expect(lines[7] == "    US: https://securex.us.\(page)/86aad484-6344-42df-922d-916b9947ec47/new")
        #expect(lines[8] == "    EU: https://securex.eu.\(page)/a80c5f4a-74cc-4f4a-8934-571bee72acb5/new")
        #expect(lines[9] == "    APJC: https://securex.apjc.\(page)/bab9277c-221f-49f9-a56e-b62641ae348a/new")
        #expect(lines[11].hasPrefix("    URL: https://") && lines[12] == "    Authorization bearer token: the JWT")
        #expect(lines[13].hasPrefix("In SecureX, "))
        #expect(lines[14] == "    US: https://securex.us.\(page)/80b90eb0-a856-4251-b857-ab9ebdf917ae/new")
        #expect(lines[15] == "    EU: https://securex.eu.\(page)/6bb4e5c7-baad-415b-9ce8-e9dddc715b4e/new")
        #expect(lines[16] == "    APJC: https://securex.apjc.\(page)/0c411bb0-6c96-44a6-afbf-f3d483046d2d/new")
        #expect(lines.count == 17)

        let (token, secret) = (lines[1].dropFirst(4), lines[3].dropFirst(4))
        #expect(secret.wholeMatch(of: /[A-Za-z0-9]{64}/) != nil)
        #expect(try verified(String(token), secret: String(secret)).key == "anAPIkey")
        #expect(token.hasPrefix("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."))
    }

    @Test("JSON says the same, and a time to live adds exp and iat")
    func json() throws {
        let before = Int(Date().timeIntervalSince1970)
        let printed = try summary(try folder.relayctl("jwt", "dev", "--json", "--ttl", "90d", input: "anAPIkey\n"))
        #expect(printed.stage == "dev" && printed.function == "tr-securitytrails-relay-dev")
        let claims = try verified(printed.jwt, secret: try #require(printed.secretKey))
        let issued = try #require(claims.iat)
        #expect(claims.exp == issued + 90 * 86_400)
        #expect((before...before + 60).contains(issued))
        let expires = try Date(try #require(printed.expires), strategy: .iso8601)
        #expect(Int(expires.timeIntervalSince1970) == claims.exp)
        #expect(Set(printed.moduleCreationPages.keys) == ["us", "eu", "apjc"])
        #expect(Set(printed.genericRelayCreationPages.keys) == ["us", "eu", "apjc"])
    }

    @Test("Without a time to live the JWT carries the key and nothing else")
    func claimsAlone() throws {
        let printed = try summary(try folder.relayctl("jwt", "dev", "--json", input: "anAPIkey\n"))
        let payload = try CompactSerialization.verify(
            printed.jwt,
            secret: try #require(printed.secretKey),
            now: Date().timeIntervalSince1970
        )
        let claims = try JSONDecoder().decode([String: String].self, from: Data(payload))
        #expect(claims == ["key": "anAPIkey"] && printed.expires == nil)
    }

    @Test("Values come from a file or from standard input as JSON", arguments: ["credentials.json", "-"])
    func credentials(path: String) throws {
        let text = "{\"key\": \"anAPIkey\"}"
        try folder.write(text, to: "credentials.json")
        let printed = try summary(try folder.relayctl("jwt", "dev", "--json", "-f", path, input: text))
        #expect(try verified(printed.jwt, secret: try #require(printed.secretKey)).key == "anAPIkey")
    }

    @Test(
        "An existing key signs, from a file or a line of standard input, and is not printed",
        arguments: [true, false]
    )
    func existingSecret(fromFile: Bool) throws {
        let secret = "an existing SECRET_KEY"
        try folder.write(secret + "\n", to: "secret.txt")
        let path = fromFile ? "secret.txt" : "-"
        let input = "anAPIkey\n" + (fromFile ? "" : secret + "\n")
        let printed = try summary(try folder.relayctl("jwt", "dev", "--json", "--secret-file", path, input: input))
        #expect(try verified(printed.jwt, secret: secret).key == "anAPIkey")
        #expect(printed.secretKey == nil)
        let text = try folder.relayctl("jwt", "dev", "--secret-file", path, input: input).output
        #expect(!text.contains(secret) && text.contains("the one that the function has"))
    }

    @Test("A key that is shorter than HS256 asks for is warned about, and signs all the same", arguments: [31, 32])
    func weakSecret(size: Int) throws {
        try folder.write(String(repeating: "s", count: size) + "\n", to: "secret.txt")
        let outcome = try folder.relayctl("jwt", "dev", "--secret-file", "secret.txt", input: "anAPIkey\n")
        let warning = "warning: the SECRET_KEY has 31 bytes; HS256 asks for 32 or more (RFC 7518, section 3.2)\n"
        #expect(outcome.status == 0 && outcome.errors == (size < 32 ? warning : ""))
    }

    @Test("An API key whose JWT would not fit into a request's headers is refused")
    func longKey() throws {
        let outcome = try folder.relayctl("jwt", "dev", input: String(repeating: "k", count: 6144) + "\n")
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("relayctl jwt: the JWT would have 8287 bytes, and API Gateway takes 10240 "))
        #expect(try folder.relayctl("jwt", "dev", input: String(repeating: "k", count: 6000) + "\n").status == 0)
    }

    @Test("Secrets come from a pipe that a path names, and from no file that is absent or too large to be one")
    func otherFiles() throws {
        let files = #"-f <(echo '{"key": "anAPIkey"}') --secret-file <(echo aSecret)"#
        let made = try folder.bash("$0 jwt dev --json " + files)
        #expect(try verified(try summary(made).jwt, secret: "aSecret").key == "anAPIkey")
        for (path, message) in [
            ("absent", "no such file"), (".", "can't be read: Is a directory"), ("/dev/zero", "is larger than 1 MB"),
        ] {
            for option in ["-f", "--secret-file"] {
                let outcome = try folder.relayctl("jwt", "dev", option, path, input: "anAPIkey\n")
                #expect(outcome.status == 2)
                #expect(outcome.errors == "relayctl jwt: \(path): \(message)\n")
            }
        }
    }

    @Test(
        "Values that can't be used are one line and status 2",
        arguments: [
            ("", [], "standard input has no line: SecurityTrails API Key"),
            ("  \n", [], "empty: SecurityTrails API Key"),
            ("{\"key\": 1}", ["-f", "-"], "standard input: key: takes a string that is not empty"),
            ("{\"key\": \"\"}", ["-f", "-"], "standard input: key: takes a string that is not empty"),
            ("{\"kye\": \"x\"}", ["-f", "-"], "standard input: unknown field 'kye'; did you mean 'key'?"),
            ("{}", ["-f", "-"], "standard input: key: is missing (SecurityTrails API Key)"),
            ("[]", ["-f", "-"], "standard input: takes an object, {\"key\": \"…\"}"),
            ("{\"key\":\n  x}", ["-f", "-"], "standard input:2:3: unexpected character"),
            (
                "кey\n", [],
                "the relay would refuse this JWT: Invalid authentication credentials; "
                    + "an API key holds only visible ASCII characters"
            ),
            ("x\n", ["-f", "-", "--secret-file", "-"], "--file and --secret-file can't both be standard input"),
            ("x\n", ["--secret-file", "empty"], "empty: takes one line, the SECRET_KEY"),
            ("x\n", ["--secret-file", "two"], "two: takes one line, the SECRET_KEY"),
        ] as [(String, [String], String)]
    )
    func refusals(input: String, options: [String], message: String) throws {
        try folder.write("\n", to: "empty")
        try folder.write("a\nb\n", to: "two")
        let outcome = try folder.run(["jwt", "dev"] + options, input: input)
        #expect(outcome.status == 2 && outcome.output.isEmpty)
        #expect(outcome.errors == "relayctl jwt: \(message)\n")
    }

    @Test("--check says what the relay would say, and shows no key")
    func check() throws {
        let made = try summary(try folder.relayctl("jwt", "dev", "--json", input: "anAPIkey\n"))
        let secret = try #require(made.secretKey)
        func verdict(_ token: String, _ secret: String) throws -> Outcome {
            let outcome = try folder.relayctl("jwt", "--check", input: "\(token)\n\(secret)\n")
            #expect(outcome.errors.isEmpty && !outcome.output.contains("anAPIkey"))
            return outcome
        }
        let accepted = try verdict(made.jwt, secret)
        #expect(accepted.status == 0 && accepted.output == "The relay accepts this JWT.\n")

        let now = Date().timeIntervalSince1970
        let refusals: [(token: String, secret: String, error: AuthorizationError)] = [
            (made.jwt, "another", .token(.notVerified)),
            ("a.b", secret, .token(.malformed)),
            (made.jwt + " x", secret, .wrongType),
            (CompactSerialization.sign(["kye": "x"], secret: "s"), "s", .noKey),
            (CompactSerialization.sign(["key": "a b"], secret: "s"), "s", .badKey),
            (
                CompactSerialization.sign(claims: Array(#"{"exp":\#(now - 100)}"#.utf8), secret: "s"), "s",
                .token(.expired)
            ),
            (
                CompactSerialization.sign(claims: Array(#"{"nbf":\#(now + 100)}"#.utf8), secret: "s"), "s",
                .token(.notYetValid)
            ),
        ]
        for (token, secret, error) in refusals {
            let refused = try verdict(token, secret)
            #expect(refused.status == 1 && refused.output == "Authorization failed: \(error.message)\n")
        }
        let json = try folder.relayctl("jwt", "dev", "--check", "--json", input: "a.b\nx\n")
        #expect(json.status == 1 && json.output.contains("\"accepted\" : false"))
        #expect(try folder.relayctl("jwt", "--check", "--ttl", "1d").status == 2)
    }

    @Test("Files from Windows, with a byte order mark and CRLF, are read like any other")
    func windows() throws {
        try folder.write("\u{FEFF}{\"key\":\r\n\"anAPIkey\"}\r\n", to: "credentials.json")
        try folder.write("\u{FEFF}aSecret\r\n", to: "secret.txt")
        let words = ["jwt", "dev", "--json", "-f", "credentials.json", "--secret-file", "secret.txt"]
        #expect(try verified(try summary(folder.run(words)).jwt, secret: "aSecret").key == "anAPIkey")
    }

    @Test("--check verifies the platform's tokens with the keys of JWKS_HOST, and asks for no SECRET_KEY")
    func checkOfPlatform() throws {
        let pair = try RSAKeyPair(bits: 2048)
        let keys = Data(try keySet([pair.webKey(id: "k")]))
        let host = try ScriptedServer([], afterwards: .response(200, [], keys))
        defer { host.stop() }
        func verdict(_ id: String, _ words: [String], audience: String = "aud") throws -> Outcome {
            let payload = #"{"key":"anAPIkey","aud":"\#(audience)","exp":4000000000}"#
            return try folder.run(["jwt", "--check"] + words, input: try pair.token(id: id, payload: payload) + "\n")
        }
        let named = ["--jwks-host", host.origin, "--audience", "aud"]
        let accepted = try verdict("k", named)
        #expect(accepted.output == "The relay accepts this JWT.\n")
        #expect(accepted.status == 0)
        let other = try verdict("k", named, audience: "other")
        #expect(other.output == "Authorization failed: Wrong configuration-token-audience\n")
        #expect(other.status == 1)
        #expect(try verdict("x", named).output.hasSuffix(": kid from JWT header not found in API response\n"))

        let unnamed = try verdict("k", [])
        #expect(unnamed.status == 2)
        #expect(unnamed.errors.hasSuffix("name JWKS_HOST and TOKEN_AUDIENCE with --jwks-host and --audience\n"))
        #expect(try verdict("k", ["--audience", "aud"]).errors.hasSuffix("so JWKS_HOST must be set too\n"))

        let variables = #"{"JWKS_HOST": "\#(host.origin)", "TOKEN_AUDIENCE": "aud"}"#
        try folder.write(
            #"{"dev": {"project_name": "p", "role_name": "r", "aws_region": "us-east-1", "aws_environment_variables": \#(variables)}}"#,
            to: "zappa_settings.json"
        )
        #expect(try verdict("k", ["dev"]).output == "The relay accepts this JWT.\n")
    }

    @Test("A file with secrets that others can read is warned about")
    func openFile() throws {
        try folder.write("{\"key\": \"x\"}", to: "credentials.json", mode: 0o644)
        let outcome = try folder.relayctl("jwt", "dev", "-f", "credentials.json")
        #expect(outcome.status == 0)
        #expect(outcome.errors == "warning: others can read this file; chmod 600 credentials.json\n")
        let shared = try folder.relayctl("jwt", "dev", "-f", "deploy")
        #expect(shared.status == 2)
        #expect(shared.errors == "relayctl jwt: deploy: can't be read: Is a directory\n")
    }
}

/// The claims of relayctl's JWT.
struct Claims: Decodable {
    let key: String
    let exp: Int?
    let iat: Int?
}

/// The claims, as the relay's own verification finds them.
func verified(_ token: String, secret: String) throws -> Claims {
    let payload = try CompactSerialization.verify(token, secret: secret, now: Date().timeIntervalSince1970)
    return try JSONDecoder().decode(Claims.self, from: Data(payload))
}

/// What `relayctl jwt --json` prints.
struct Summary: Decodable {
    let stage: String
    let function: String
    let jwt: String
    let expires: String?
    let secretKey: String?
    let genericRelayCreationPages: [String: String]
    let moduleCreationPages: [String: String]
}

func summary(_ outcome: Outcome) throws -> Summary {
    try #require(outcome.status == 0, "\(outcome.errors)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Summary.self, from: Data(outcome.output.utf8))
}
