import Foundation
import HTTPClient
import JWT
import LocalLambda
import Loopback
import TestSupport
import Testing

@testable import Relay

@Suite("The keys of JWKS_HOST", .waits)
struct PlatformKeysTests {
    private static let failures: [(HTTPServer.Reply, KeysFailure)] = [
        (.response(500, [], Data("x".utf8)), .status(500)), (.response(404), .status(404)),
        (.response(204), .status(204)),
        (.response(200, [], Data("[]".utf8)), .unreadable), (.response(200, [], Data("<html>".utf8)), .unreadable),
        (.response(200), .unreadable), (.drop, .noConnection),
        (.response(200, [], Data(repeating: 0x20, count: 256 << 10 | 1)), .tooLarge),
    ]

    @Test("A host that does not answer with keys is told of, and not asked again at once", arguments: failures)
    func failure(reply: HTTPServer.Reply, failure: KeysFailure) throws {
        let host = try keysHost(reply, try keys("k"))
        defer { host.stop() }
        let served = try served(host)
        let token = try pair.get().token(id: "k", payload: claims())
        for _ in 0..<2 {
            #expect(try served.message(token) == "The keys of JWKS_HOST cannot be read: \(failure.reason)")
        }
        #expect(host.requests.count == 1)
    }

    @Test("A set of 256 KiB is read")
    func size() throws {
        let set = try keySet([pair.get().webKey(id: "k")])
        let padded = set + [UInt8](repeating: 0x20, count: (256 << 10) - set.count)
        let host = try keysHost(.response(200, [], Data(padded)))
        defer { host.stop() }
        #expect(try served(host).message(pair.get().token(id: "k", payload: claims())) == nil)
    }

    @Test("A redirect is not followed")
    func redirect() throws {
        let other = try keysHost()
        let host = try keysHost(.response(302, [.init("Location", other.origin + "/.well-known/jwks")]))
        defer {
            other.stop()
            host.stop()
        }
        let message = try served(host).message(pair.get().token(id: "k", payload: claims()))
        #expect(message == "The keys of JWKS_HOST cannot be read: it answered with status 302")
        #expect(other.requests.isEmpty)
    }

    @Test("A host that hangs costs three seconds, once")
    func hang() throws {
        let host = try keysHost(.hang)
        defer { host.stop() }
        let served = try served(host)
        let token = try pair.get().token(id: "k", payload: claims())
        func seconds() throws -> Double {
            let began = MonotonicTime.now
            #expect(try served.message(token) == "The keys of JWKS_HOST cannot be read: it did not answer in time")
            return MonotonicTime.now - began
        }
        #expect((2.9...6).contains(try seconds()))
        #expect(try seconds() < 2)
        let began = MonotonicTime.now
        #expect(try served.message(String(bearer.dropFirst(7))) == nil)
        #expect(MonotonicTime.now - began < 2)
    }

    @Test("A host that trickles costs no more, and none costs more than the invocation has")
    func slow() throws {
        let slow = HTTPServer.Reply.Action.respond(
            HTTPServer.Response(status: 200, body: Data(count: 10_000), pace: .init(bytes: 10, pause: 0.1))
        )
        let host = try keysHost(.init(slow))
        defer { host.stop() }
        let platform = try platform(host.origin)
        for (end, limit) in [(10.0, 4.5), (0.5, 2), (-1, 0.5)] {
            let began = MonotonicTime.now
            #expect(throws: AuthorizationError.noKeys(.noAnswerInTime)) {
                try PlatformKeys().key("k", of: platform, until: .now + end)
            }
            #expect(MonotonicTime.now - began < limit)
        }
    }

    @Test("A host that is not there is told of")
    func nobody() throws {
        let host = try keysHost()
        let origin = host.origin
        host.stop()
        #expect(throws: AuthorizationError.noKeys(.noConnection)) {
            try PlatformKeys().key("k", of: platform(origin), until: .now + 5)
        }
    }

    @Test("Over https the host's certificate is verified")
    func certificates() throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        for kind in Certificates.Kind.allCases {
            let host = try keysHost(tls: certificates.identity(kind))
            defer { host.stop() }
            let variables = [
                "JWKS_HOST": host.address, "TOKEN_AUDIENCE": audience, "SSL_CERT_FILE": certificates.authority,
            ]
            let platform = try #require(try Platform(environment: variables))
            if kind == .good {
                #expect(throws: Never.self) { try PlatformKeys().key("k", of: platform, until: .now + 5) }
            } else {
                #expect(throws: AuthorizationError.noKeys(.certificate)) {
                    try PlatformKeys().key("k", of: platform, until: .now + 5)
                }
                #expect(host.requests.isEmpty)
            }
        }
    }

    /// A clock that is set by hand.
    private final class Clock: Sendable {
        private let time = Monitor(MonotonicTime.now)
        var now: MonotonicTime { time.with { $0 } }
        func pass(_ seconds: Double) { time.with { $0 = $0 + seconds } }
    }

    @Test("They are kept for an hour, and asked for again for an unknown kid, at most once a minute")
    func times() throws {
        let host = try keysHost(keys("a"), keys("b"), keys("b"), .response(500), keys("c"))
        defer { host.stop() }
        let platform = try platform(host.origin)
        let clock = Clock()
        let keys = PlatformKeys { clock.now }
        func error(_ id: String) -> AuthorizationError? {
            do throws(AuthorizationError) {
                _ = try keys.key(id, of: platform, until: .now + 5)
                return nil
            } catch {
                return error
            }
        }
        #expect(error("a") == nil)
        #expect(error("b") == .unknownKey)
        clock.pass(59)
        #expect(error("b") == .unknownKey)
        #expect(host.requests.count == 1)
        clock.pass(2)
        #expect(error("b") == nil)
        #expect(error("a") == .unknownKey)
        #expect(host.requests.count == 2)
        clock.pass(3598)
        #expect(error("b") == nil)
        #expect(host.requests.count == 2)
        clock.pass(3)
        #expect(error("b") == nil)
        #expect(host.requests.count == 3)
        // A fetch that fails leaves what is known.
        clock.pass(61)
        #expect(error("x") == .noKeys(.status(500)))
        #expect(error("b") == nil)
        #expect(error("x") == .noKeys(.status(500)))
        #expect(host.requests.count == 4)
        clock.pass(61)
        #expect(error("x") == .unknownKey)
        #expect(error("b") == .unknownKey)
        #expect(error("c") == nil)
        #expect(host.requests.count == 5)
    }

    @Test("Threads that need them at once ask once, and one that knows its key does not wait")
    func threads() throws {
        let set = Data(try keySet([pair.get().webKey(id: "k")]))
        let host = try keysHost(
            .response(200, [], set),
            .init(.respond(HTTPServer.Response(status: 200, body: set)), after: 1)
        )
        defer { host.stop() }
        let platform = try platform(host.origin)
        let clock = Clock()
        let keys = PlatformKeys { clock.now }
        let failed = Monitor(0)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            if (try? keys.key("k", of: platform, until: .now + 5)) == nil { failed.with { $0 += 1 } }
        }
        #expect(failed.with { $0 } == 0)
        #expect(host.requests.count == 1)

        clock.pass(100)
        let known = Monitor(0.0)
        DispatchQueue.concurrentPerform(iterations: 2) { index in
            if index == 0 {
                _ = try? keys.key("unknown", of: platform, until: .now + 5)
            } else {
                usleep(200_000)
                let began = MonotonicTime.now
                if (try? keys.key("k", of: platform, until: .now + 5)) != nil {
                    known.with { $0 = MonotonicTime.now - began }
                }
            }
        }
        #expect((0.000_000_1..<0.5).contains(known.with { $0 }))
        #expect(host.requests.count == 2)
    }
}

@Suite("JWKS_HOST and TOKEN_AUDIENCE", .waits)
struct PlatformVariablesTests {
    private func error(_ host: String?, _ audience: String?) -> String? {
        var variables: [String: String] = [:]
        variables["JWKS_HOST"] = host
        variables["TOKEN_AUDIENCE"] = audience
        do {
            _ = try Configuration(environment: variables)
            return nil
        } catch {
            return error.message
        }
    }

    @Test("One without the other is an error of init; both empty is neither")
    func both() {
        #expect(error("a.example", nil) == "JWKS_HOST is set, so TOKEN_AUDIENCE must be set too")
        #expect(error("a.example", "") == "JWKS_HOST is set, so TOKEN_AUDIENCE must be set too")
        #expect(error(nil, "x") == "TOKEN_AUDIENCE is set, so JWKS_HOST must be set too")
        #expect(error("", "x") == "TOKEN_AUDIENCE is set, so JWKS_HOST must be set too")
        #expect(error("", "") == nil)
    }

    @Test(
        "JWKS_HOST is a host, or a loopback address over http",
        arguments: [
            ("visibility.amp.cisco.com", "https://visibility.amp.cisco.com/.well-known/jwks"),
            ("Visibility.EU.amp.cisco.com", "https://visibility.eu.amp.cisco.com/.well-known/jwks"),
            ("keys.example:8443", "https://keys.example:8443/.well-known/jwks"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/.well-known/jwks"),
            ("http://[::1]:8080", "http://[::1]:8080/.well-known/jwks"),
            ("http://localhost:8080", "http://localhost:8080/.well-known/jwks"),
        ]
    )
    func hosts(host: String, url: String) throws {
        #expect(try platform(host).keysURL == url)
    }

    @Test(
        "Anything else is an error of init that does not quote it",
        arguments: [
            "https://visibility.amp.cisco.com", "http://visibility.amp.cisco.com", "http://10.0.0.1",

            "http://127.999.1", "http://127.0.0.1.evil.example", "http://localhost.evil.example", "//evil.example",
            "a.example/path", "a.example/", "a.example?x", "a.example#x", "user@a.example", "user:hidden@a.example",
            "a example", " a.example", "a.example\n", "a\u{0}.example", "é.example", "a%2eexample",
            "http://127.0.0.1/x",
            "a.example,b.example", "http://", ":8080", "a.example:99999", "ftp://a.example", "file:///etc/passwd",
        ]
    )
    func noHosts(host: String) {
        #expect(error(host, "x") == "JWKS_HOST takes a host name, such as visibility.amp.cisco.com")
    }
}
