import APIGateway
import CTIM
import HTTPClient
import JWT
import SecurityTrails

extension Relay {
    /// Does once what an invocation does, on an event of its own and without a connection: what is set up lazily (JSON
    /// coding, HMAC, UUIDs) is then set up during init, when Lambda gives a small function far more of a processor.
    package func warmUp() {
        let event = Array(
            """
            {"resource":"/{proxy+}","path":"/refer/observables","httpMethod":"POST","headers":{"Accept":"*/*"},\
            "multiValueHeaders":{"Accept":["*/*"]},"pathParameters":{"proxy":"refer/observables"},\
            "requestContext":{"stage":"warm-up"},"body":"[{\\"type\\":\\"domain\\",\\"value\\":\\"example.com\\"}]",\
            "isBase64Encoded":false}
            """.utf8
        )
        _ = try? answer(event, began: .now, deadline: nil)
        _ = try? Authorization(secretKey: Self.warmUpSecret).caller(ofToken: Self.warmUpToken, until: .now)
        var body = ResponseBody(for: .rest)
        let observable = Observable(.domain, "example.com")
        let now = Sighting.timestamp()
        let sightings = Client.exampleAnswers.compactMap { Sighting(observable, $0, configuration.sightings, now: now) }
        _ = body.bytes { Self.write(sightings, to: &$0, within: $1) }
    }

    /// A token that lets nobody in, and what it is signed with: no invocation signs, so init does not either.
    static let warmUpSecret = "warm-up"
    static let warmUpToken =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJrZXkiOiJ3YXJtLXVwIn0.6xqd44QzJQjerCc-MmN1IawxGadFvYNdQBzM_0Wx8sM"
}
