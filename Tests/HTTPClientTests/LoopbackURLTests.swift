import HTTPClient
import Testing

@Suite("A URL of this machine")
struct LoopbackURLTests {
    @Test(
        "Is known by its host",
        arguments: [
            "http://127.0.0.1/", "https://127.0.0.1:8080/a", "http://127.255.0.9", "HTTP://LOCALHOST:1/",
            "http://[::1]/",
            "http://[0:0:0:0:0:0:0:1]:9/", "http://localhost?a",
        ]
    )
    func loopback(url: String) {
        #expect(HTTPAddress.isLoopback(url: url))
    }

    @Test(
        "Any other is none",
        arguments: [
            "https://api.securitytrails.com/v1/", "http://127.0.0.1.example/", "http://127.0.0.1@a.example/",
            "http://localhost.example/", "http://128.0.0.1/", "http://127.1/", "http://[::2]/", "http://[::1].example/",
            "https://a.example/?http://127.0.0.1/", "127.0.0.1", "",
        ]
    )
    func other(url: String) {
        #expect(!HTTPAddress.isLoopback(url: url))
    }
}
