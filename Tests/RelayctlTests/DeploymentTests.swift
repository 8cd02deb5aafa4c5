import Foundation
import Testing

/// The stage `dev` on a stand-in for AWS, which checks every signature, the policy and the state of the function.
@Suite("relayctl deploy on a stand-in for AWS (moto)", .enabled(if: AWSStandIn.isAvailable))
struct DeploymentTests {
    private let aws: AWSStandIn
    private let folder: ProjectFolder
    private let policy: Policy
    private let function = "tr-securitytrails-relay-dev"

    init() throws {
        aws = try AWSStandIn()
        folder = try ProjectFolder(environment: [
            "AWS_ENDPOINT_URL": aws.url, "AWS_ACCESS_KEY_ID": "AKIDPLAIN",
            "AWS_SECRET_ACCESS_KEY": "plain/Secret+Key",
        ])
        try #require(try folder.relayctl("policies", "dev", "--account", "123456789012").status == 0)
        let rendered = folder.url.appendingPathComponent("aws/rendered/ZappaLambdaDeploymentPolicy.json")
        policy = try JSONDecoder().decode(Policy.self, from: Data(contentsOf: rendered))
        try zip("first")
        try aws.set(.init(reset: true, policy: policy))
    }

    @Test("The life cycle under the rendered policy alone; a second deploy and a dry run change nothing")
    func lifeCycle() throws {
        try aws.set(.init(reset: true, policy: policy, busy: 0.2))
        let plan = try deploy("--dry-run")
        #expect(plan.status == 0 && plan.output.isEmpty && plan.errors.contains("create"))
        #expect(try aws.record().calls.allSatisfy { !$0.changes })

        let first = try deploy()
        #expect(first.status == 0, "\(first.errors)")
        #expect(
            first.output.wholeMatch(of: /https:\/\/[a-z0-9]+\.execute-api\.us-east-1\.amazonaws\.com\/dev\n/) != nil
        )
        let deployed = try aws.record().state
        let made = try #require(deployed.functions[function])
        #expect(made.runtime == "provided.al2023" && made.memorySize == 512 && made.timeout == 30)
        #expect(made.permissions == ["apigateway.amazonaws.com arn:aws:execute-api:us-east-1:123456789012:API/*"])
        #expect(deployed.apis.map(\.name) == [function])
        #expect(deployed.apis.first?.routes.keys.sorted() == ["/", "/{proxy+}"])
        #expect(deployed.apis.first?.stages.keys.sorted() == ["dev"])
        #expect(deployed.logs == ["/aws/lambda/\(function)": 30])

        try aws.set(.init(policy: policy))
        let second = try deploy()
        #expect(second.status == 0 && second.output == first.output)
        #expect(try aws.record().calls.filter(\.changes).isEmpty)

        try zip("second")
        let update = try folder.relayctl("update", "dev", "--no-verify")
        #expect(update.status == 0, "\(update.errors)")
        var updated = deployed
        updated.functions[function]?.codeSha256 = try aws.record().state.functions[function]?.codeSha256 ?? ""
        #expect(try aws.record().state == updated && updated != deployed)

        let status = try folder.relayctl("status", "dev")
        #expect(status.status == 0 && status.output.contains("(the packaged zip)"))
        #expect(status.output.contains(first.output.trimmingCharacters(in: .newlines)))
        #expect(status.output.contains("SECRET_KEY  not set"))

        let removal = try folder.relayctl("undeploy", "dev", "--yes", "--remove-logs")
        #expect(removal.status == 0, "\(removal.errors)")
        #expect(try aws.record().state == .init(functions: [:], apis: [], logs: [:]))
        #expect(try folder.relayctl("undeploy", "dev", "--yes").status == 0)
        #expect(try folder.relayctl("status", "dev").status == 1)
    }

    @Test("The policy allows what is called and nothing more; without any one action the life cycle fails, naming it")
    func everyAction() throws {
        let (failure, calls) = try lifeCycle(policy)
        #expect(failure == nil)
        let asked = Set(calls.flatMap(\.actions)).subtracting(["sts:GetCallerIdentity"])
        #expect(policy.actions.subtracting(asked) == notCalled)
        for action in policy.actions.subtracting(notCalled).sorted() {
            let failure = try #require(try lifeCycle(policy.without(action)).failure, "\(action)")
            #expect(failure.contains(action), "\(action): \(failure)")
        }
    }

    /// AWS asks for it where a function that has tags is read; the stand-in does not.
    private let notCalled: Set<String> = ["lambda:ListTags"]

    @Test("Killed after each of its calls in turn and run again, deploy ends in the same state")
    func killed() throws {
        try expectStatus(0, try deploy())
        let (expected, calls) = (try aws.record().state, try aws.record().calls.count)
        for call in 1...calls {
            try aws.set(.init(reset: true, policy: policy, faults: [String(call): "hang"]))
            let (process, _, _) = try folder.start(["deploy", "dev", "--no-verify"], input: .nullDevice)
            while try aws.record().calls.count < call, process.isRunning { usleep(10_000) }
            usleep(20_000)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            try aws.set(.init(policy: policy))
            try expectStatus(0, try deploy())
            #expect(try aws.record().state == expected, "killed after call \(call)")
        }
    }

    @Test(
        "With each call answered once by an error, or dropped before or after it took effect, it ends in the same state",
        arguments: ["429", "500", "409", "drop", "lose"]
    )
    func faults(fault: String) throws {
        try expectStatus(0, try deploy())
        let (expected, calls) = (try aws.record().state, try aws.record().calls)
        for (index, call) in calls.enumerated() where fault != "409" || call.actions[0].hasPrefix("lambda:") {
            try aws.set(.init(reset: true, policy: policy, faults: [String(index + 1): fault]))
            try expectStatus(0, try deploy())
            #expect(try aws.record().state == expected, "\(fault) for call \(index + 1), \(call.actions)")
        }
    }

    @Test("SECRET_KEY and another variable set by hand survive an update that sets one of the settings'")
    func variables() throws {
        try expectStatus(0, try deploy())
        try aws.set(.init(policy: policy, variables: ["SECRET_KEY": "by hand", "OTHER": "x"]))
        try settings(#""memory_size": 256, "aws_environment_variables": {"NUMBER_OF_PAGES": "2"}"#)
        let update = try folder.relayctl("update", "dev", "--no-verify")
        try expectStatus(0, update)
        #expect(
            update.errors.contains("environment variables that were set by hand stay: LOG_LEVEL, OTHER, SECRET_KEY")
        )
        #expect(!update.errors.contains("by hand\""))
        let made = try #require(try aws.record().state.functions[function])
        #expect(
            made.environment == ["SECRET_KEY": "by hand", "OTHER": "x", "LOG_LEVEL": "INFO", "NUMBER_OF_PAGES": "2"]
        )
        #expect(made.memorySize == 256)
        #expect(try folder.relayctl("status", "dev").output.contains("SECRET_KEY  set\n"))
    }

    @Test("jwt --set puts a new SECRET_KEY on the function, keeps what is there, and shows no key")
    func setSecretKey() throws {
        let url = try deploy().output.trimmingCharacters(in: .newlines)
        try aws.set(.init(policy: policy, busy: 0.2, variables: ["OTHER": "x"]))
        let outcome = try folder.relayctl("jwt", "dev", "--set", input: "anAPIkey\n")
        try expectStatus(0, outcome)
        let variables = try #require(try aws.record().state.functions[function]?.environment)
        let secret = try #require(variables["SECRET_KEY"])
        #expect(variables == ["SECRET_KEY": secret, "OTHER": "x", "LOG_LEVEL": "INFO"])
        #expect(!(outcome.output + outcome.errors).contains(secret))
        let token = try #require(outcome.output.split(separator: "\n").dropFirst().first).trimmingCharacters(
            in: .whitespaces
        )
        #expect(try verified(token, secret: secret).key == "anAPIkey")
        #expect(outcome.output.contains("URL: \(url)\n"))
        let status = try folder.relayctl("status", "dev", "--json")
        #expect(status.output.contains("\"hasSecretKey\" : true") && !status.output.contains(secret))
    }

    @Test("jwt --set without a function changes nothing and prints no JWT")
    func setSecretKeyWithoutFunction() throws {
        let outcome = try folder.relayctl("jwt", "dev", "--set", input: "anAPIkey\n")
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("there is no function \(function); deploy it first"))
        #expect(try aws.record().calls.allSatisfy { !$0.changes })
    }

    @Test("Rollback puts a version's code back, by number or by count, and says which there are")
    func rollback() throws {
        var hashes: [String] = []
        for code in ["one", "two", "three"] {
            try zip(code)
            try expectStatus(0, try deploy())
            hashes.append(try aws.record().state.functions[function]?.codeSha256 ?? "")
        }
        func codeAfter(_ words: String...) throws -> String? {
            try expectStatus(0, try folder.run(["rollback", "dev"] + words))
            return try aws.record().state.functions[function]?.codeSha256
        }
        #expect(Set(hashes).count == 3)
        #expect(try codeAfter() == hashes[1])
        #expect(try codeAfter("-n", "2") == hashes[0])
        #expect(try codeAfter("--to", "3") == hashes[2])
        try aws.set(.init(policy: policy))
        #expect(try codeAfter("--to", "3") == hashes[2])
        #expect(try aws.record().calls.allSatisfy { !$0.changes })
        let missing = try folder.relayctl("rollback", "dev", "--to", "9")
        #expect(missing.status == 1 && missing.errors.contains("no version 9 is published; there is 1, 2, 3"))
        #expect(try folder.relayctl("rollback", "dev", "-n", "3").status == 1)
    }

    @Test("Only the newest versions are kept")
    func retainedVersions() throws {
        try settings(#""num_retained_versions": 2"#)
        // No more of them: moto would give a fourth the number of the third.
        for code in ["one", "two", "three"] {
            try zip(code)
            try expectStatus(0, try deploy())
        }
        #expect(try folder.relayctl("status", "dev").output.contains("versions    2, 3\n"))
    }

    @Test("tail lays out text and JSON records, filters them, and counts as status does")
    func tail() throws {
        try expectStatus(0, try deploy())
        try aws.set(
            .init(
                policy: policy,
                log: [
                    "2026-01-01T00:00:00.000Z\tabc-1\tINFO\tPOST /version 200, 0 upstream requests",
                    #"{"timestamp":"x","level":"ERROR","message":"no answer","requestId":"abc-2","errors":["a","b"],"n":2}"#,
                    "REPORT RequestId: abc-1\tDuration: 1.2 ms",
                ]
            )
        )
        let lines = try folder.relayctl("tail", "dev", "--once").output.split(separator: "\n").map { $0.dropFirst(13) }
        #expect(
            lines == [
                "INFO  POST /version 200, 0 upstream requests  abc-1",
                "ERROR no answer  requestId=abc-2  errors=[a, b]  n=2",
                "      REPORT RequestId: abc-1  Duration: 1.2 ms",
            ]
        )
        let filtered = try folder.relayctl("tail", "dev", "--once", "--filter", "ERROR").output
        #expect(filtered.split(separator: "\n").count == 1)
        #expect(try folder.relayctl("status", "dev").output.contains("last hour: 1 invocations, 1 errors"))
    }

    @Test("The original how-to's policy is enough for all but the log group, which is a warning")
    func originalPolicy() throws {
        let original = Policy(statements: [
            .init(
                actions: ["AttachRolePolicy", "GetRole", "CreateRole", "PassRole", "PutRolePolicy"].map { "iam:" + $0 },
                resources: ["arn:aws:iam::123456789012:role/*ZappaLambdaExecutionRole"]
            ),
            .init(
                actions: ["DELETE", "GET", "PATCH", "POST", "PUT"].map { "apigateway:" + $0 }
                    + [
                        "AddPermission", "CreateFunction", "DeleteFunction", "GetFunction", "GetFunctionConfiguration",
                        "GetPolicy", "InvokeFunction", "ListVersionsByFunction", "RemovePermission",
                        "UpdateFunctionCode", "UpdateFunctionConfiguration",
                    ].map { "lambda:" + $0 }
                    + ["DeleteLogGroup", "DescribeLogStreams", "FilterLogEvents"].map { "logs:" + $0 },
                resources: ["*"]
            ),
        ])
        try aws.set(.init(reset: true, policy: original))
        let outcome = try deploy()
        try expectStatus(0, outcome)
        #expect(outcome.errors.contains("warning: not allowed: logs:CreateLogGroup."))
        #expect(try aws.record().state.functions.keys.sorted() == [function])
    }

    @Test("What somebody else made is not touched: a function of Zappa's, two APIs of that name, another's account")
    func inTheWay() throws {
        func refusal(_ command: String...) throws -> String {
            let outcome = try folder.run(command)
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            #expect(try aws.record().calls.allSatisfy { !$0.changes })
            return outcome.errors
        }
        #expect(try refusal("update", "dev").contains("there is no function \(function) to update"))
        try expectStatus(0, try deploy())
        try aws.set(.init(policy: policy, runtime: "python3.9"))
        #expect(try refusal("deploy", "dev").contains("is Zappa's (python3.9); run 'zappa undeploy dev' first"))
        try aws.set(.init(policy: policy, runtime: "provided.al2023", apis: [function]))
        #expect(try refusal("deploy", "dev").contains("there are 2 REST APIs called \(function)"))
        #expect(try refusal("undeploy", "dev", "--yes").contains("there are 2 REST APIs"))
        try folder.write("no zip", to: ".build/lambda/securitytrails-relay.zip")
        #expect(try refusal("deploy", "dev").contains("is no zip with an executable 'bootstrap' at its top"))
    }

    @Test("Without the right credentials, or with an address that is not this machine's, it says what to do")
    func credentials() throws {
        func refusal(_ environment: [String: String]) throws -> String {
            let folder = try ProjectFolder(environment: ["AWS_ENDPOINT_URL": aws.url].merging(environment) { $1 })
            try FileManager.default.copyItem(
                at: self.folder.url.appendingPathComponent(".build"),
                to: folder.url.appendingPathComponent(".build")
            )
            let outcome = try folder.relayctl("deploy", "dev")
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            return outcome.errors
        }
        let plain = ["AWS_ACCESS_KEY_ID": "AKIDPLAIN", "AWS_SECRET_ACCESS_KEY": "plain/Secret+Key"]
        let wrong = try refusal(plain.merging(["AWS_SECRET_ACCESS_KEY": "wRoNgSecret"]) { $1 })
        #expect(wrong.contains("SignatureDoesNotMatch") && !wrong.contains("wRoNgSecret"))
        #expect(try refusal(plain.merging(["AWS_ACCESS_KEY_ID": "AKIDNONE"]) { $1 }).contains("aws/HOWTO.md, step 3"))
        #expect(try refusal(["HOME": "/nowhere"]).contains("has the profile 'serverless'"))
        for url in ["http://192.0.2.1", "https://127.0.0.1", "http://127.0.0.1.example.com", "http://127.0.0.1:1/x"] {
            #expect(try refusal(plain.merging(["AWS_ENDPOINT_URL": url]) { $1 }).contains("loopback address alone"))
        }
    }

    @Test("Temporary credentials are signed with their token")
    func sessionToken() throws {
        let folder = try ProjectFolder(environment: [
            "AWS_ENDPOINT_URL": aws.url, "AWS_ACCESS_KEY_ID": "AKIDTOKEN",
            "AWS_SECRET_ACCESS_KEY": "another/Secret+Key", "AWS_SESSION_TOKEN": "a/session+token==",
        ])
        #expect(try folder.relayctl("undeploy", "dev", "--yes", "--remove-logs").status == 0)
    }

    // MARK: -

    private func deploy(_ options: String...) throws -> Outcome {
        try folder.run(["deploy", "dev", "--no-verify"] + options)
    }

    private func expectStatus(_ status: Int32, _ outcome: Outcome) throws {
        try #require(outcome.status == status, "\(outcome.errors)")
    }

    /// Deploys three times, other code and settings each time, looks and removes. Returns what the first command that
    /// fails or warns says, and what was called.
    private func lifeCycle(_ policy: Policy) throws -> (failure: String?, calls: [AWSStandIn.Call]) {
        try aws.set(.init(reset: true, policy: policy))
        for memory in [256, 512, 1024] {
            try zip("code for \(memory) MB")
            try settings(#""tags": {"team": "soc"}, "num_retained_versions": 2, "memory_size": \#(memory)"#)
            let outcome = try deploy()
            if outcome.status != 0 || outcome.errors.contains("warning") {
                return (outcome.errors, try aws.record().calls)
            }
        }
        let rest = [
            ["status", "dev"], ["tail", "dev", "--once"], ["rollback", "dev", "--to", "2"],
            ["undeploy", "dev", "--yes", "--remove-logs"],
        ]
        for command in rest {
            let outcome = try folder.run(command)
            if outcome.status != 0 { return (outcome.errors, try aws.record().calls) }
        }
        return (nil, try aws.record().calls)
    }

    /// Writes settings for `dev` with these members beside those that it needs.
    private func settings(_ members: String) throws {
        try folder.write(
            """
            {"dev": {"project_name": "tr-securitytrails-relay", "aws_region": "us-east-1",
                "role_name": "tr-serverless-relay-ZappaLambdaExecutionRole", \(members)}}
            """,
            to: "zappa_settings.json"
        )
    }

    /// Writes a zip with an executable `bootstrap` that holds this text.
    private func zip(_ text: String) throws {
        let path = folder.url.appendingPathComponent(".build/lambda/securitytrails-relay.zip").path
        _ = try python(
            """
            import os, sys, zipfile
            os.makedirs(os.path.dirname('\(path)'), exist_ok=True)
            with zipfile.ZipFile('\(path)', 'w') as archive:
                entry = zipfile.ZipInfo('bootstrap')
                entry.external_attr = 0o755 << 16
                archive.writestr(entry, '\(text)')
            """,
            input: ""
        )
    }
}
