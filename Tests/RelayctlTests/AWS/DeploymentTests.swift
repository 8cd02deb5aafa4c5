import Foundation
import TestSupport
import Testing

@Suite("relayctl deploy on a stand-in for AWS (moto)", .waits, .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why))
struct DeploymentTests {
    private let stage: StageOnAWS

    init() throws {
        stage = try StageOnAWS()
    }

    @Test("The life cycle under the rendered policy alone; a second deploy and a dry run change nothing")
    func lifeCycle() throws {
        try stage.aws.set(.init(reset: true, policy: stage.policy, busy: 0.2))
        let plan = try stage.deploy("--dry-run")
        #expect(plan.status == 0 && plan.output.isEmpty && plan.errors.contains("create"))
        #expect(try stage.aws.record().calls.allSatisfy { !$0.changes })

        let first = try stage.deploy()
        #expect(first.status == 0, "\(first.errors)")
        #expect(
            first.output.wholeMatch(of: /https:\/\/[a-z0-9]+\.execute-api\.us-east-1\.amazonaws\.com\/dev\n/) != nil
        )
        let deployed = try stage.aws.record().state
        let made = try #require(deployed.functions[stage.function])
        #expect(made.runtime == "provided.al2023" && made.memorySize == 512 && made.timeout == 30)
        #expect(made.permissions == ["apigateway.amazonaws.com arn:aws:execute-api:us-east-1:123456789012:API/*"])
        #expect(deployed.apis.map(\.name) == [stage.function])
        #expect(deployed.apis.first?.routes.keys.sorted() == ["/", "/{proxy+}"])
        #expect(deployed.apis.first?.stages.keys.sorted() == ["dev"])
        #expect(deployed.logs == ["/aws/lambda/\(stage.function)": 30])

        try stage.aws.set(.init(policy: stage.policy))
        let second = try stage.deploy()
        #expect(second.status == 0 && second.output == first.output)
        #expect(try stage.aws.record().calls.filter(\.changes).isEmpty)
        #expect(try stage.aws.record().calls.count { $0.actions == ["lambda:GetFunctionConfiguration"] } == 1)

        try stage.zip("second")
        let update = try stage.folder.relayctl("update", "dev", "--no-verify")
        #expect(update.status == 0, "\(update.errors)")
        var updated = deployed
        updated.functions[stage.function]?.codeSha256 =
            try stage.aws.record().state.functions[stage.function]?.codeSha256 ?? ""
        updated.functions[stage.function]?.versions = [1, 2]
        #expect(try stage.aws.record().state == updated && updated != deployed)

        let status = try stage.folder.relayctl("status", "dev")
        #expect(status.status == 0 && status.output.contains("(that of the zip here)"))
        #expect(status.output.contains(first.output.trimmingCharacters(in: .newlines)))
        #expect(status.output.contains("SECRET_KEY  not set"))
        #expect(status.output.contains("log         /aws/lambda/\(stage.function), retention: 30 days\n"))

        let removal = try stage.folder.relayctl("undeploy", "dev", "--yes", "--remove-logs")
        #expect(removal.status == 0, "\(removal.errors)")
        #expect(try stage.aws.record().state == .init(functions: [:], apis: [], logs: [:]))
        #expect(try stage.folder.relayctl("undeploy", "dev", "--yes").status == 0)
        #expect(try stage.folder.relayctl("status", "dev").status == 1)
    }

    @Test("The policy allows what is called and nothing more; without any one action the life cycle fails, naming it")
    func everyAction() throws {
        let (failure, calls) = try lifeCycle(stage.policy)
        #expect(failure == nil)
        let asked = Set(calls.flatMap(\.actions)).subtracting(["sts:GetCallerIdentity"])
        #expect(stage.policy.actions == asked)
        for action in stage.policy.actions.sorted().sample(oneIn: 8) {
            let failure = try #require(try lifeCycle(stage.policy.without(action)).failure, "\(action)")
            #expect(failure.contains(action), "\(action): \(failure)")
        }
    }

    @Test("SECRET_KEY and another variable set by hand survive an update that sets one of the settings'")
    func variables() throws {
        try stage.expect(0, try stage.deploy())
        try stage.aws.set(.init(policy: stage.policy, variables: ["SECRET_KEY": "by hand", "OTHER": "x"]))
        try stage.settings(#""memory_size": 256, "aws_environment_variables": {"NUMBER_OF_PAGES": "2"}"#)
        let update = try stage.folder.relayctl("update", "dev", "--no-verify")
        try stage.expect(0, update)
        #expect(update.errors.contains("variables that the settings do not name stay: LOG_LEVEL, OTHER, SECRET_KEY"))
        #expect(update.errors.contains("changed memory 512 to 256 MB, NUMBER_OF_PAGES"))
        #expect(!update.errors.contains("by hand\""))
        let made = try #require(try stage.aws.record().state.functions[stage.function])
        #expect(
            made.environment == ["SECRET_KEY": "by hand", "OTHER": "x", "LOG_LEVEL": "INFO", "NUMBER_OF_PAGES": "2"]
        )
        #expect(made.memorySize == 256)
        #expect(try stage.folder.relayctl("status", "dev").output.contains("SECRET_KEY  set\n"))
    }

    @Test("Tags go on a new function; those that differ later are named, and nothing is called to change them")
    func tags() throws {
        try stage.settings(#""tags": {"team": "soc", "cost": "7"}"#)
        let first = try stage.deploy()
        #expect(first.status == 0 && !first.errors.contains("warning"))
        #expect(try stage.aws.record().state.functions[stage.function]?.tags == ["team": "soc", "cost": "7"])
        try stage.settings(#""tags": {"team": "noc", "cost": "7"}"#)
        try stage.aws.set(.init(policy: stage.policy))
        let second = try stage.deploy()
        #expect(second.status == 0 && second.errors.contains("warning: the function lacks the settings' tags team, or"))
        #expect(try stage.aws.record().calls.allSatisfy { !$0.changes })
    }

    @Test("jwt --set puts a new SECRET_KEY on the function, keeps what is there, and shows no key")
    func setSecretKey() throws {
        let url = try stage.deploy().output.trimmingCharacters(in: .newlines)
        try stage.aws.set(.init(policy: stage.policy, busy: 0.2, variables: ["OTHER": "x"]))
        let outcome = try stage.folder.relayctl("jwt", "dev", "--set", input: "anAPIkey\n")
        try stage.expect(0, outcome)
        let variables = try #require(try stage.aws.record().state.functions[stage.function]?.environment)
        let secret = try #require(variables["SECRET_KEY"])
        #expect(variables == ["SECRET_KEY": secret, "OTHER": "x", "LOG_LEVEL": "INFO"])
        #expect(!(outcome.output + outcome.errors).contains(secret))
        let token = try #require(outcome.output.split(separator: "\n").dropFirst().first).trimmingCharacters(
            in: .whitespaces
        )
        #expect(try verified(token, secret: secret).key == "anAPIkey")
        #expect(outcome.output.contains("URL: \(url)\n"))
        let status = try stage.folder.relayctl("status", "dev", "--json")
        #expect(status.output.contains("\"hasSecretKey\" : true") && !status.output.contains(secret))
    }

    @Test("jwt --set without a function changes nothing and prints no JWT")
    func setSecretKeyWithoutFunction() throws {
        let outcome = try stage.folder.relayctl("jwt", "dev", "--set", input: "anAPIkey\n")
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(
            outcome.errors.contains("there is no function \(stage.function) in us-east-1; 'relayctl deploy' makes it")
        )
        #expect(try stage.aws.record().calls.allSatisfy { !$0.changes })
    }

    @Test("tail lays out text and JSON records, filters them, and counts as status does")
    func tail() throws {
        try stage.expect(0, try stage.deploy())
        try stage.aws.set(
            .init(
                policy: stage.policy,
                log: [
                    "2026-01-01T00:00:00.000Z\tabc-1\tINFO\tPOST /version 200, 0 upstream requests",
                    #"{"timestamp":"x","level":"ERROR","message":"no answer","requestId":"abc-2","errors":["a","b"],"n":2}"#,
                    "REPORT RequestId: abc-1\tDuration: 1.2 ms",
                    "\u{1B}[31mred\u{7}\u{202E}er",
                ]
            )
        )
        let lines = try stage.folder.relayctl("tail", "dev", "--once").output.split(separator: "\n").map {
            $0.dropFirst(14)
        }
        #expect(
            lines == [
                "INFO  POST /version 200, 0 upstream requests  abc-1",
                "ERROR no answer  requestId=abc-2  errors=[a, b]  n=2",
                "      REPORT RequestId: abc-1  Duration: 1.2 ms",
                #"      \u{1B}[31mred\u{07}\u{202E}er"#,
            ]
        )
        let ofToday = Date().formatted(.iso8601.year().month().day())
        let ofDays = try stage.folder.relayctl("tail", "dev", "--once", "--since", "2d").output
        #expect(ofDays.split(separator: "\n").allSatisfy { $0.hasPrefix(ofToday + "T") && $0.contains("Z ") })
        let header = try stage.folder.relayctl("tail", "dev", "--once").errors
        #expect(header.contains("/aws/lambda/\(stage.function) in us-east-1, from \(ofToday)T"))
        let filtered = try stage.folder.relayctl("tail", "dev", "--once", "--filter", "ERROR").output
        #expect(filtered.split(separator: "\n").count == 1)
        #expect(try stage.folder.relayctl("status", "dev").output.contains("last hour   1 invocation, 1 error"))
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
        try stage.aws.set(.init(reset: true, policy: original))
        let outcome = try stage.deploy()
        try stage.expect(0, outcome)
        #expect(outcome.errors.contains("warning: not allowed: logs:CreateLogGroup."))
        let status = try stage.folder.relayctl("status", "dev")
        #expect(status.status == 0 && status.output.contains("log         none\n"))
        #expect(try stage.aws.record().state.functions.keys.sorted() == [stage.function])
    }

    @Test("What the policy lacks is named, with the statement that grants it")
    func missingStatement() throws {
        try stage.aws.set(.init(reset: true, policy: stage.policy.without("iam:PassRole")))
        let outcome = try stage.deploy()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("must allow iam:PassRole: statement HandTheExecutionRoleToLambdaOnly of "))
    }

    @Test("A policy that was filled in for another project is said to be perhaps that, with what was to be allowed")
    func policyOfAnotherProject() throws {
        var policy = stage.policy
        policy.statements = policy.statements.map { statement in
            let resources = statement.resources.map { $0.replacing("tr-securitytrails-relay", with: "another-project") }
            return .init(actions: statement.actions, resources: resources)
        }
        try stage.aws.set(.init(reset: true, policy: policy))
        let outcome = try stage.deploy()
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.hasSuffix(
                "\n  if it does, it was filled in for another account, region or project than "
                    + "arn:aws:lambda:us-east-1:123456789012:function:\(stage.function)\n"
            ),
            "\(outcome.errors)"
        )
    }

    @Test("What somebody else made is not touched: a function of Zappa's, two APIs of that name, another's account")
    func inTheWay() throws {
        func refusal(_ command: String...) throws -> String {
            let outcome = try stage.folder.run(command)
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            #expect(try stage.aws.record().calls.allSatisfy { !$0.changes })
            return outcome.errors
        }
        #expect(
            try refusal("update", "dev").contains(
                "there is no function \(stage.function) in us-east-1; 'relayctl deploy' makes it"
            )
        )
        try stage.expect(0, try stage.deploy())
        try stage.aws.set(.init(policy: stage.policy, runtime: "python3.9"))
        #expect(try refusal("deploy", "dev").contains("is Zappa's (python3.9); deploy beside it as another stage"))
        try stage.aws.set(.init(policy: stage.policy, runtime: "nodejs22.x"))
        #expect(try refusal("deploy", "dev").contains("is not the relay (nodejs22.x); 'relayctl deploy --replace'"))
        #expect(try refusal("undeploy", "dev", "--yes").contains("is not the relay (nodejs22.x)"))
        try stage.expect(0, try stage.deploy("--replace"))
        #expect(try stage.aws.record().state.functions[stage.function]?.runtime == "provided.al2023")
        try stage.aws.set(.init(policy: stage.policy, runtime: "provided.al2023", apis: [stage.function]))
        #expect(try refusal("deploy", "dev").contains("there are 2 REST APIs called \(stage.function)"))
        #expect(try refusal("undeploy", "dev", "--yes").contains("there are 2 REST APIs"))
    }

    @Test("Without the right credentials, or with an address that is not this machine's, it says what to do")
    func credentials() throws {
        func refusal(_ environment: [String: String]) throws -> String {
            let folder = try ProjectFolder(environment: ["AWS_ENDPOINT_URL": stage.aws.url].merging(environment) { $1 })
            try FileManager.default.copyItem(
                at: stage.folder.url.appendingPathComponent(".build"),
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
        for url in [
            "http://192.0.2.1", "http://127.999.1", "http://localhost:1", "https://127.0.0.1",
            "http://127.0.0.1.example.com", "http://127.0.0.1:1/x",
        ] {
            #expect(
                try refusal(plain.merging(["AWS_ENDPOINT_URL": url]) { $1 }).contains(
                    "may only name a loopback address"
                )
            )
        }
    }

    @Test("Temporary credentials are signed with their token")
    func sessionToken() throws {
        let folder = try ProjectFolder(environment: [
            "AWS_ENDPOINT_URL": stage.aws.url, "AWS_ACCESS_KEY_ID": "AKIDTOKEN",
            "AWS_SECRET_ACCESS_KEY": "another/Secret+Key", "AWS_SESSION_TOKEN": "a/session+token==",
        ])
        #expect(try folder.relayctl("undeploy", "dev", "--yes", "--remove-logs").status == 0)
    }

    // MARK: -

    /// Deploys three times, other code and settings each time, looks and removes. Returns what the first command that
    /// fails or warns says, and what was called.
    private func lifeCycle(_ policy: Policy) throws -> (failure: String?, calls: [AWSStandIn.Call]) {
        try stage.aws.set(.init(reset: true, policy: policy))
        for memory in [256, 512, 1024] {
            try stage.zip("code for \(memory) MB")
            try stage.settings(#""tags": {"team": "soc"}, "num_retained_versions": 2, "memory_size": \#(memory)"#)
            let outcome = try stage.deploy()
            if outcome.status != 0 || outcome.errors.contains("warning") {
                return (outcome.errors, try stage.aws.record().calls)
            }
        }
        let rest = [
            ["status", "dev"], ["tail", "dev", "--once"], ["rollback", "dev", "--to", "2"],
            ["undeploy", "dev", "--yes", "--remove-logs"],
        ]
        for command in rest {
            let outcome = try stage.folder.run(command)
            if outcome.status != 0 || outcome.errors.contains("warning") {
                return (outcome.errors, try stage.aws.record().calls)
            }
        }
        return (nil, try stage.aws.record().calls)
    }
}
