import Foundation
import TestSupport
import Testing

@Suite("What AWS answers to a deployment (moto)", .waits, .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why))
struct DeploymentRecoveryTests {
    private let stage: StageOnAWS

    init() throws {
        stage = try StageOnAWS()
    }

    @Test(
        "Passing troubles are waited for",
        arguments: [
            (
                "apigateway:GET", 409, "ConflictException",
                "Unable to complete operation due to concurrent modification. Please try again later.", 0
            ),
            (
                "logs:CreateLogGroup", 400, "OperationAbortedException",
                "A conflicting operation is currently in progress against this resource. Please try again.", 0
            ),
            (
                "lambda:CreateFunction", 400, "InvalidParameterValueException",
                "Lambda was unable to configure access to your environment variables because the KMS key is invalid "
                    + "for CreateGrant. KMS Message: ARN does not refer to a valid principal", 0
            ),
            ("lambda:GetFunctionConfiguration", 404, "ResourceNotFoundException", "Function not found", 2),
            ("lambda:AddPermission", 404, "ResourceNotFoundException", "Function not found", 0),
            ("apigateway:GET", 404, "NotFoundException", "Invalid API identifier specified", 1),
            ("apigateway:PUT", 404, "NotFoundException", "Invalid Resource identifier specified", 0),
        ]
    )
    func passing(action: String, status: Int, code: String, message: String, skip: Int) throws {
        let answer = AWSStandIn.Answer.error(status, code, message, skip: skip)
        try stage.aws.set(.init(reset: true, policy: stage.policy, answers: [action: answer]))
        try stage.expect(0, try stage.deploy())
        let made = try #require(try stage.aws.record().state.functions[stage.function])
        #expect(made.permissions == ["apigateway.amazonaws.com arn:aws:execute-api:us-east-1:123456789012:API/*"])
    }

    @Test("Two first deployments at once on two machines end in one function and one REST API, which both name")
    func twoAtOnce() async throws {
        // No lock is common to two machines.
        let temporary = stage.folder.url.appendingPathComponent("temporary")
        try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: false)
        let other = try ProjectFolder(environment: [
            "AWS_ENDPOINT_URL": stage.aws.url, "AWS_ACCESS_KEY_ID": "AKIDPLAIN",
            "AWS_SECRET_ACCESS_KEY": "plain/Secret+Key", "TMPDIR": temporary.path,
        ])
        try FileManager.default.copyItem(
            at: stage.folder.url.appendingPathComponent(".build"),
            to: other.url.appendingPathComponent(".build")
        )
        for _ in 1...3 {
            try stage.aws.set(.init(reset: true, policy: stage.policy))
            let words = ["deploy", "dev", "--no-verify"]
            let running = try [stage.folder, other].map { try $0.start(words, input: .nullDevice) }
            let outcomes = [try await finish(running[0]), try await finish(running[1])]
            for outcome in outcomes { try stage.expect(0, outcome) }
            #expect(outcomes[0].output == outcomes[1].output)
            #expect(try stage.aws.record().state.apis.count == 1)
            #expect(try stage.aws.record().state.functions.count == 1)
        }
    }

    @Test("A limit of the account is said at once")
    func limit() throws {
        let answer = AWSStandIn.Answer.error(429, "LimitExceededException", "Maximum number of APIs", times: 100)
        try stage.aws.set(.init(reset: true, policy: stage.policy, answers: ["apigateway:POST": answer]))
        let outcome = try stage.deploy()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("LimitExceededException: Maximum number of APIs\n  a limit of the AWS account"))
        #expect(try stage.aws.record().calls.count { $0.actions == ["apigateway:POST"] } == 1)
    }

    @Test("A version that an alias holds is kept, named, and the deployment goes on")
    func alias() throws {
        try stage.settings(#""num_retained_versions": 1"#)
        try stage.expect(0, try stage.deploy())
        try stage.zip("second")
        let answer = AWSStandIn.Answer.error(
            409,
            "ResourceConflictException",
            "Unable to delete version because the following aliases reference it: [live]",
            times: 100
        )
        try stage.aws.set(.init(policy: stage.policy, answers: ["lambda:DeleteFunction": answer]))
        let outcome = try stage.deploy()
        try stage.expect(0, outcome)
        #expect(outcome.errors.contains("note: version 1 stays: an alias of the function names it\n"))
        // On a slow machine the time that it took stands behind.
        #expect(outcome.errors.contains(/unchanged kept for a rollback: 1, 2(\n| \()/))
        #expect(try stage.aws.record().calls.count { $0.actions == ["lambda:DeleteFunction"] } == 1)
    }

    @Test("An update that failed ends every command that relies on it, with the reason, and status shows it")
    func failedUpdate() throws {
        try stage.expect(0, try stage.deploy())
        try stage.zip("second")
        try stage.expect(0, try stage.deploy())
        try stage.aws.set(.init(policy: stage.policy, failure: "The role is \u{1B}[31mgone"))
        let commands = [["deploy", "dev", "--no-verify"], ["update", "dev", "--no-verify"], ["rollback", "dev"]]
        for command in commands {
            let outcome = try stage.folder.run(command)
            #expect(outcome.status == 1 && outcome.output.isEmpty, "\(command)")
            #expect(outcome.errors.contains("could not update the function: The role is \\u{1B}[31mgone\n"))
        }
        let jwt = try stage.folder.relayctl("jwt", "dev", "--set", input: "anAPIkey\n")
        #expect(jwt.status == 1)
        #expect(jwt.errors.contains("could not update the function: The role is"))
        let status = try stage.folder.relayctl("status", "dev")
        #expect(status.output.contains("reason      The role is \\u{1B}[31mgone\n"))
    }

    @Test("A permission that was narrowed by hand does not count, and another is added beside it")
    func narrowPermission() throws {
        try stage.expect(0, try stage.deploy())
        try stage.aws.set(.init(policy: stage.policy, narrows: true))
        #expect(try stage.folder.relayctl("status", "dev").output.contains("permission  none\n"))
        let outcome = try stage.deploy()
        try stage.expect(0, outcome)
        #expect(outcome.errors.contains("permission     created"))
        #expect(try stage.folder.relayctl("status", "dev").output.contains("permission  API Gateway may call"))
    }

    @Test(
        "An error without a name ends the command in a line, and not in a trap",
        arguments: [#"{"__type":":"}"#, ##"{"__type":"#"}"##, #"{"__type":""}"#, ##"{"code":":#:"}"##, "", "null"]
    )
    func nameless(body: String) throws {
        let answer = AWSStandIn.Answer(times: 100, status: 400, body: body)
        try stage.aws.set(
            .init(reset: true, policy: stage.policy, answers: ["lambda:GetFunctionConfiguration": answer])
        )
        let outcome = try stage.deploy()
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("lambda:GetFunctionConfiguration: HTTP 400: "))
    }

    @Test(
        "A list whose next page is always the same ends in an error",
        arguments: [
            ("lambda:ListVersionsByFunction", #"{"Versions": [], "NextMarker": "a"}"#, ["status", "dev"]),
            ("apigateway:GET", #"{"item": [], "position": "p"}"#, ["status", "dev"]),
            ("logs:FilterLogEvents", #"{"events": [], "nextToken": "t"}"#, ["tail", "dev", "--once"]),
            ("logs:FilterLogEvents", #"{"events": [], "nextToken": "t"}"#, ["status", "dev"]),
        ]
    )
    func endlessList(action: String, body: String, command: [String]) throws {
        try stage.expect(0, try stage.deploy())
        try stage.aws.set(.init(policy: stage.policy, answers: [action: .init(times: 1_000_000, body: body)]))
        let outcome = try stage.folder.run(command)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("\(action): AWS's answer can't be read"))
    }

    @Test("A marker's unreserved characters are sent as they are, and signed so")
    func marker() throws {
        try stage.expect(0, try stage.deploy())
        let page = AWSStandIn.Answer(body: #"{"Versions": [], "NextMarker": "a-b_c.d~e/"}"#)
        try stage.aws.set(.init(policy: stage.policy, answers: ["lambda:ListVersionsByFunction": page]))
        try stage.expect(0, try stage.folder.relayctl("status", "dev"))
        #expect(try stage.aws.record().calls.contains { $0.query == "Marker=a-b_c.d~e%2F" })
    }

    @Test("Settings that decide who sees the customers' keys are warned about at every deploy")
    func detours() throws {
        try stage.settings(
            #""aws_environment_variables": {"SECURITYTRAILS_API_URL": "https://example.com", "https_proxy": "http://p:1"}"#
        )
        let outcome = try stage.deploy("--dry-run")
        let warnings = outcome.errorLines.filter { $0.hasPrefix("warning: zappa_settings.json: dev: ") }
        #expect(warnings.count == 2)
        #expect(warnings.first?.contains(": SECURITYTRAILS_API_URL: decides who sees your customers'") == true)
    }
}
