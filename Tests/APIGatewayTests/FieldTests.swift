import Foundation
import Testing

@testable import APIGateway

@Suite("An event's path")
struct PathTests {
    @Test(
        "A path is percent-decoded once, but for a slash",
        arguments: [
            ("/version", "/version"), ("/%76ersion", "/version"), ("/%76%65%72sion", "/version"), ("/%2576", "/%76"),
            ("/refer%2Fobservables", "/refer%2Fobservables"), ("/refer%2fobservables", "/refer%2fobservables"),
            ("/%252F", "/%2F"), ("/a+b%20c", "/a+b c"), ("/%C3%A9", "/é"), ("/%c3%a9", "/é"), ("/é", "/é"),
            ("/%", "/%"), ("/%4", "/%4"), ("/a%4", "/a%4"), ("/%zz", "/%zz"), ("/%7", "/%7"), ("/%%41", "/%A"),
            ("/%41%", "/A%"),
            ("/%FF", "/%FF"), ("/%41%C3", "/%41%C3"), ("/%00", "/\u{0}"), ("/%2e%2e/version", "/../version"), ("", ""),
            ("/", "/"),
            ("//version", "//version"), ("/version/", "/version/"), ("/%EF%BC%96", "/６"), ("/%６1", "/%６1"),
        ]
    )
    func percentDecoding(sent: String, path: String) throws {
        #expect(try request(Events.rest, ["path": sent, "pathParameters": nil]).path == path)
        if !sent.hasPrefix("//") {
            #expect(try request(Events.functionURL, ["rawPath": sent]).path == path)
            #expect(try request(Events.loadBalancer, ["path": sent]).path == path)
        }
        #expect(try request(Events.rest, ["pathParameters": ["proxy": sent]]).path == "/" + path)
    }

    @Test("Under /{proxy+} the path is what the proxy caught, without a custom domain's base path")
    func proxy() throws {
        let based = "/intel/v1/observe/observables"
        #expect(try request(Events.rest, ["path": based]).path == "/observe/observables")
        #expect(try request(Events.rest, ["path": based, "pathParameters": ["proxy": "version"]]).path == "/version")
        for parameters in [NSNull(), nil, [:], ["proxy": NSNull()], ["other": "version"], "proxy", []] as [Any?] {
            #expect(try request(Events.rest, ["path": based, "pathParameters": parameters]).path == based)
        }
        for resource in [NSNull(), nil, "/", "/{proxy}", "/{path+}", "/observe/{proxy+}", "/{proxy+}/"] as [Any?] {
            #expect(try request(Events.rest, ["path": based, "resource": resource]).path == based)
        }
    }

    @Test("Whatever the greedy parameter is called, it holds the path")
    func greedyParameter() throws {
        let changes: [String: Any] = [
            "path": "/intel/version", "resource": "/{any+}", "pathParameters": ["any": "version"],
        ]
        #expect(try request(Events.rest, changes).path == "/version")
    }

    @Test("A resource without a parameter holds the path, without a custom domain's base path")
    func ownResource() throws {
        let changes: [String: Any?] = ["path": "/api/version", "resource": "/version", "pathParameters": nil]
        #expect(try request(Events.rest, changes).path == "/version")
    }

    @Test("An HTTP API's payload 1.0 has the stage in its path, which goes")
    func payloadOne() throws {
        let changes: [String: Any?] = [
            "version": "1.0", "path": "/dev/version", "resource": "$default", "pathParameters": nil,
            "requestContext": ["stage": "dev"],
        ]
        #expect(try request(Events.rest, changes).path == "/version")
        #expect(try request(Events.rest, changes).gateway == .rest)
    }

    @Test("Several slashes at the beginning are one behind a function URL and a load balancer")
    func slashes() throws {
        #expect(try request(Events.functionURL, ["rawPath": "//version"]).path == "/version")
        #expect(try request(Events.loadBalancer, ["path": "///version"]).path == "/version")
    }

    @Test("A load balancer's path parameters and an HTTP API's resource mean nothing")
    func othersProxy() throws {
        let changes: [String: Any] = ["resource": "/{proxy+}", "pathParameters": ["proxy": "version"]]
        for event in [Events.http, Events.functionURL, Events.loadBalancer] {
            #expect(try request(event, changes).path == "/observe/observables")
        }
    }

    @Test(
        "An HTTP API's path loses its stage, and nothing else",
        arguments: [
            ("live", "/live/version", "/version"), ("live", "/live", "/"), ("live", "/live/", "/"),
            ("live", "/live/live/version", "/live/version"), ("live", "/version", "/version"),
            ("live", "/lively/version", "/lively/version"), ("live", "/Live/version", "/Live/version"),
            ("live", "live/version", "live/version"), ("live", "/x/live/version", "/x/live/version"), ("live", "", ""),
            ("$default", "/version", "/version"), ("$default", "/$default/version", "/$default/version"),
            ("live", "/live//version", "//version"), ("a", "/a/é%20%2F", "/é%20%2F"),
        ]
    )
    func stage(stage: String, rawPath: String, path: String) throws {
        var members = try Events.members(Events.http)
        var context = members["requestContext"] as? [String: Any] ?? [:]
        context["stage"] = stage
        members["requestContext"] = context
        members["rawPath"] = rawPath
        #expect(try request(JSONSerialization.data(withJSONObject: members)).path == path)
    }

    @Test("Without a stage, an HTTP API's path is taken as it is")
    func noStage() throws {
        for stage in [NSNull(), nil, 5] as [Any?] {
            #expect(try request(Events.json(Events.http, context: "stage", stage)).path == "/live/observe/observables")
        }
    }
}

@Suite("An event's headers")
struct HeaderTests {
    static let names = ["Authorization", "authorization", "AUTHORIZATION", "aUtHoRiZaTiOn"]

    @Test("The header is found in any case, and in both forms", arguments: names)
    func name(name: String) throws {
        for event in [Events.http, Events.functionURL, Events.loadBalancer] {
            #expect(try request(event, ["headers": [name: "x"]]).authorization == ["x"])
        }
        #expect(try request(Events.rest, ["headers": [name: "x"], "multiValueHeaders": nil]).authorization == ["x"])
        for event in [Events.rest, Events.loadBalancerMultiValue] {
            #expect(try request(event, ["multiValueHeaders": [name: ["x", "y"]]]).authorization == ["x", "y"])
        }
    }

    @Test("The same name in two cases is two values")
    func twice() throws {
        let headers = ["Authorization": "x", "authorization": "y"]
        #expect(try request(Events.loadBalancer, ["headers": headers]).authorization.sorted() == ["x", "y"])
        let multiValue = ["Authorization": ["x"], "AUTHORIZATION": ["y", "z"]]
        let request = try request(Events.rest, ["multiValueHeaders": multiValue])
        #expect(request.authorization.sorted() == ["x", "y", "z"])
    }

    @Test("Multi-value headers go before single ones, which count if there are none")
    func precedence() throws {
        let single = ["Authorization": "single"]
        let both = try request(Events.rest, ["headers": single, "multiValueHeaders": ["authorization": ["multi"]]])
        #expect(both.authorization == ["multi"])
        for absent in [NSNull(), nil] as [Any?] {
            #expect(
                try request(Events.rest, ["headers": single, "multiValueHeaders": absent]).authorization == ["single"]
            )
        }
        #expect(try request(Events.rest, ["headers": NSNull()]).authorization == ["Bearer a.b.c"])
        #expect(try request(Events.rest, ["headers": nil, "multiValueHeaders": nil]).authorization == [])
    }

    @Test("Other headers are not looked at, whatever they hold")
    func others() throws {
        let odd: [String: Any] = [
            "": "x", "authorization ": "x", "x-authorization": "x", "authorizatión": "x", "proxy-authorization": "x",
            "a": NSNull(), "b": 5, "c": [NSNull()], "d": ["e": "f"], "authorization": "right",
        ]
        for event in [Events.http, Events.functionURL, Events.loadBalancer] {
            #expect(try request(event, ["headers": odd]).authorization == ["right"])
        }
    }

    @Test("A value that is null, empty or no text is none")
    func noValue() throws {
        for value in [NSNull(), [], 5] as [Any] {
            #expect(try request(Events.rest, ["multiValueHeaders": ["Authorization": value]]).authorization == [])
        }
    }
}

@Suite("An event's module instance")
struct ModuleInstanceTests {
    @Test("The header is read in any case, and in both forms")
    func header() throws {
        #expect(try request(Events.http, ["headers": ["x-module-instance-id": "m"]]).moduleInstanceID == "m")
        let multiValue = ["X-Module-Instance-Id": ["m", "n"]]
        #expect(try request(Events.rest, ["multiValueHeaders": multiValue]).moduleInstanceID == "m")
        #expect(try request(Events.rest, ["multiValueHeaders": ["a": ["b"]]]).moduleInstanceID == nil)
    }
}

@Suite("An event's body")
struct BodyTests {
    @Test(
        "A body is the text, or what its base64 stands for",
        arguments: [
            ("[]", false, "[]"), ("", false, ""), ("é🧭\u{0}", false, "é🧭\u{0}"), ("W10=", false, "W10="),
            ("W10=", true, "[]"), ("", true, ""), ("w6k=", true, "é"), ("77u/W10=", true, "\u{FEFF}[]"),
            ("W10", true, nil), ("!", true, nil), ("[]", true, nil), ("-_-_", true, nil), ("é", true, nil),
        ] as [(String, Bool, String?)]
    )
    func body(text: String, isBase64: Bool, body: String?) throws {
        for event in [Events.rest, Events.http, Events.functionURL, Events.loadBalancer, Events.loadBalancerMultiValue]
        {
            let request = try request(event, ["body": text, "isBase64Encoded": isBase64])
            #expect(request.body == body.map { Array($0.utf8) })
        }
    }

    @Test("Base64 may stand for bytes that are no text")
    func bytes() throws {
        #expect(try request(Events.rest, ["body": "/wD+", "isBase64Encoded": true]).body == [0xFF, 0x00, 0xFE])
    }

    @Test("Without a body there is none, whatever is said of its encoding")
    func absent() throws {
        for flag in [NSNull(), nil, true, false] as [Any?] {
            for body in [NSNull(), nil] as [Any?] {
                #expect(try request(Events.rest, ["body": body, "isBase64Encoded": flag]).body == nil)
            }
        }
        for flag in [NSNull(), nil] as [Any?] {
            #expect(try request(Events.http, ["body": "W10=", "isBase64Encoded": flag]).body == Array("W10=".utf8))
        }
    }
}
