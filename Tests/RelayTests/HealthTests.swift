import Foundation
import LocalLambda
import TestSupport
import Testing

@testable import Relay

@Suite("/health", .waits)
struct HealthTests {
    private func answer(_ ping: Scenario.Answers, seconds: Double = 20) throws -> (Served.Answer, [String]) {
        let served = try Served(Scenario(ping: ping))
        let answer = try served.send("POST", "/health", seconds: seconds)
        return (answer, served.asked)
    }

    @Test("It is well if SecurityTrails says so", arguments: [200, 201, 299])
    func well(status: Int) throws {
        let (answer, asked) = try answer([.json(["success": true, "more": [1, 2]], status: status)])
        #expect(answer.json == ["data": ["status": "ok"]])
        #expect(asked == ["GET ping"])
    }

    @Test("The request carries the key and says who asks")
    func request() throws {
        let served = try Served()
        _ = try served.send("POST", "/health", "not JSON")
        let request = try #require(served.standIn.requests.first)
        #expect(request["APIKEY"] == apiKey && request["Accept"] == "application/json")
        #expect(request["User-Agent"] == "securitytrails-relay/1.0.0" && request["Authorization"] == nil)
    }

    @Test(
        "Each status has its code, and what SecurityTrails said",
        arguments: [
            (400, "invalid argument"), (401, "unauthorized"), (404, "not found"), (402, "unknown"), (406, "unknown"),
            (418, "unknown"), (422, "unknown"), (500, "unknown"), (599, "unknown"), (301, "unknown"), (304, "unknown"),
        ]
    )
    func status(status: Int, code: String) throws {
        let (answer, asked) = try answer([.json(["message": "so it is"], status: status)])
        #expect(answer.codes == ["fatal \(code)"] && answer.data == nil)
        let text = status == 304 ? "304" : #"{"message":"so it is"}"#
        #expect(answer.messages == ["Unexpected response from SecurityTrails: \(text)"])
        #expect(asked.count == 1)
    }

    @Test("Without a body the status is told", arguments: ["", " ", "\n\t "])
    func blank(text: String) throws {
        for status in [400, 401, 404, 500] {
            let (answer, _) = try answer([.text(text, status: status)])
            #expect(answer.messages == ["Unexpected response from SecurityTrails: \(status)"])
        }
    }

    @Test(
        "403 is an authorization error, in SecurityTrails' words",
        arguments: [
            (#"{"message":"Subscribe first"}"#, "Subscribe first"), (#"{"message":""}"#, #"{"message":""}"#),
            (#"{"message":null}"#, #"{"message":null}"#), (#"{"message":5}"#, #"{"message":5}"#),
            (#"["no"]"#, #"["no"]"#),
            ("Forbidden", "Forbidden"), ("<html>no</html>", "<html>no</html>"), ("{}", "{}"),
            ("", "SecurityTrails refused the key (403)"), (" \n", "SecurityTrails refused the key (403)"),
        ]
    )
    func refused(body: String, reason: String) throws {
        let (answer, asked) = try answer([.text(body, status: 403)])
        #expect(answer.codes == ["fatal authorization error"])
        #expect(answer.messages == ["Authorization failed: \(reason)"])
        #expect(asked.count == 1)
    }

    @Test("A success that is not said to be one is an error")
    func noSuccess() throws {
        for body in [#"{"success":false}"#, #"{"success":"true"}"#, #"{"success":1}"#, #"{"success":null}"#, "{}"] {
            let (answer, _) = try answer([.text(body)])
            #expect(answer.codes.count == 1 && answer.codes[0].hasPrefix("fatal "))
            #expect(answer.data == nil)
        }
        for body in ["", "OK", "[]", "true", "null", #"{"success":true"#, "<html></html>"] {
            let (answer, _) = try answer([.text(body)])
            #expect(answer.codes == ["fatal key error"])
            #expect(answer.messages == ["The data structure of SecurityTrails has changed. The module is broken."])
        }
    }

    @Test("What is sent along is quoted up to 1,000 characters, whole ones")
    func quoted() throws {
        let (answer, _) = try answer([.text(String(repeating: "🧭", count: 5_000), status: 500)])
        let start = "Unexpected response from SecurityTrails: "
        let message = try #require(answer.messages.first)
        #expect(message == start + String(repeating: "🧭", count: 1_000))
    }

    @Test("The key is never told, wherever SecurityTrails repeats it")
    func key() throws {
        let bodies = [
            "key \(apiKey) is bad", apiKey, apiKey + apiKey, "\(apiKey)\u{301}",
            String(repeating: "x", count: 990) + apiKey,
            #"{"message":"\#(apiKey)"}"#, "\u{301}\(apiKey)\u{200D}", "\r\(apiKey)\n",
        ]
        for body in bodies {
            for status in [400, 401, 403, 404, 500] {
                let (answer, _) = try answer([.text(body, status: status)])
                #expect(Data(answer.text.utf8).range(of: Data("***".utf8)) != nil)
            }
        }
    }

    @Test("Any text that SecurityTrails sends is quoted in valid JSON")
    func oddTexts() throws {
        for text in ["\"\\\n\u{0}\u{1F}", "é\u{2028}", #"{"a":"\u0000"}"#] {
            let (answer, _) = try answer([.text(text, status: 500)])
            #expect(answer.messages == ["Unexpected response from SecurityTrails: \(text)"])
        }
        var latin = Scenario.Answer.text("caf\u{E9}", status: 500)
        latin.encoding = "latin-1"
        #expect(try answer([latin]).0.codes == ["fatal unknown"])
    }

    @Test("429 is asked once more, and is then too many requests")
    func tooMany() throws {
        let tooMany = Scenario.Answer.json(["message": "slow down"], status: 429, headers: ["Retry-After": "1"])
        let (once, asked) = try answer([tooMany, .json(["success": true])])
        #expect(once.json == ["data": ["status": "ok"]] && asked.count == 2)
        let (twice, askedTwice) = try answer([tooMany])
        #expect(twice.codes == ["fatal too many requests"] && askedTwice.count == 2)
        #expect(twice.messages == [#"Unexpected response from SecurityTrails: {"message":"slow down"}"#])
    }

    @Test("A dropped connection and a gateway's error are tried once more")
    func retried() throws {
        for failure in [Scenario.Answer.drop, .text("", status: 502), .text("", status: 503), .text("", status: 504)] {
            let (answer, asked) = try answer([failure, .json(["success": true])])
            #expect(answer.json == ["data": ["status": "ok"]] && asked.count == 2)
        }
    }

    @Test("No connection, a dropped or truncated answer and a timeout are unavailable")
    func unavailable() throws {
        var truncated = Scenario.Answer.json(["success": true])
        truncated.contentLength = 500
        for failure in [Scenario.Answer.drop, truncated] {
            let (answer, asked) = try answer([failure])
            #expect(answer.codes == ["fatal unavailable"] && asked.count == 2)
        }
        let (late, _) = try answer([.hang], seconds: 0.4)
        #expect(late.codes == ["fatal unavailable"])
        let nobody = try Served(Scenario(), ["SECURITYTRAILS_API_URL": "http://127.0.0.1:1/v1/"])
        let relayAnswer = try? nobody.send("POST", "/health")
        #expect(relayAnswer?.codes == ["fatal unavailable"])
    }

    @Test("A redirect is not followed")
    func redirect() throws {
        let other = try StandInSecurityTrails()
        defer { other.stop() }
        let (answer, _) = try answer([.text("", status: 302, headers: ["Location": other.baseURL + "ping"])])
        #expect(
            answer.codes == ["fatal unknown"] && answer.messages == ["Unexpected response from SecurityTrails: 302"]
        )
        #expect(other.connectionCount == 0)
    }
}
