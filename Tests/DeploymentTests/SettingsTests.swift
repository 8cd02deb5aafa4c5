import Foundation
import Loopback
import Testing

@testable import Deployment

/// The repository's folder.
let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// The stage `dev` of a file whose only stage has these members beside the three that every stage needs.
func stage(_ members: String = "", file: String = "s.json") throws -> StageSettings {
    let needed = #""project_name": "relay", "aws_region": "eu-west-1", "role_name": "Role""#
    return try SettingsFile(text: "{\"dev\": {\(needed), \(members)}}".utf8, file: file).stage("dev")
}

@Suite("zappa_settings.json")
struct SettingsTests {
    @Test(
        "Zappa's other settings are accepted without effect, or refused with the reason; null and false ask for nothing"
    )
    func zappasSettings() throws {
        func stage(_ member: String) throws -> StageSettings {
            let text = #"{"dev": {"project_name": "p", "aws_region": "us-east-1", "role_name": "r", \#(member)}}"#
            return try SettingsFile(text: text.utf8, file: "s.json").stage("dev")
        }
        for member in [#""debug": true"#, #""delete_local_zip": true"#, #""keep_warm_expression": "rate(4 minutes)""#] {
            #expect(try stage(member).withoutEffect.count == 1, "\(member)")
        }
        for member in [
            #""callbacks": {"zip": "f"}"#, #""xray_tracing": true"#, #""events": [{}]"#, #""layers": ["a"]"#,
        ] {
            let error = #expect(throws: SettingsError.self) { try stage(member) }
            #expect(error?.description.contains("is no setting") == false, "\(member)")
        }
        #expect(try stage(#""xray_tracing": false"#).withoutEffect.isEmpty)
    }

    @Test("The project's own file is read, and its keys without effect are told")
    func ownFile() throws {
        let settings = try SettingsFile(InputFile(SettingsFile.name, in: project.path)).stage("dev")
        #expect(settings.functionName == "tr-securitytrails-relay-dev")
        #expect(settings.logGroup == "/aws/lambda/tr-securitytrails-relay-dev")
        #expect(settings.region == "us-east-1")
        #expect(settings.profileName == "serverless")
        #expect(settings.role == .name("tr-serverless-relay-ZappaLambdaExecutionRole"))
        #expect(settings.logLevel == .info)
        let silent = ["app_function", "exclude", "keep_warm", "manage_roles", "s3_bucket"]
        #expect(settings.withoutEffect.keys.sorted() == silent)
        #expect(settings.url(ofAPI: "abc") == "https://abc.execute-api.us-east-1.amazonaws.com/dev")
    }

    @Test("What is not said has Zappa's defaults")
    func defaults() throws {
        let settings = try stage()
        #expect(settings.memorySize == 512)
        #expect(settings.timeoutSeconds == 30)
        #expect(settings.retainedVersions == 5)
        #expect(settings.architecture == nil && settings.profileName == nil && settings.logLevel == nil)
        #expect(settings.environment.isEmpty && settings.tags.isEmpty && settings.withoutEffect.isEmpty)
    }

    @Test("Every setting is read")
    func everySetting() throws {
        let settings = try stage(
            """
            "memory_size": 128, "timeout_seconds": 29, "lambda_description": "d", "architecture": "arm64",
            "runtime": "provided.al2023", "log_level": "WARNING", "num_retained_versions": 2, "profile_name": "p",
            "aws_environment_variables": {"NUMBER_OF_PAGES": "3"}, "tags": {"team": "soc"}, "cors": false,
            """
        )
        #expect(settings.memorySize == 128 && settings.timeoutSeconds == 29 && settings.retainedVersions == 2)
        #expect(settings.architecture == .arm && settings.logLevel == .warn && settings.profileName == "p")
        #expect(settings.description == "d")
        #expect(settings.environment == ["NUMBER_OF_PAGES": "3"] && settings.tags == ["team": "soc"])
    }

    @Test("A role by ARN keeps its account and path")
    func roleByARN() throws {
        let text = """
            {"dev": {"project_name": "p", "aws_region": "us-east-1", "role_arn": "arn:aws:iam::123456789012:role/a/b"}}
            """
        let settings = try SettingsFile(text: text.utf8, file: "s.json").stage("dev")
        #expect(settings.role == .arn(account: "123456789012", path: "a/b"))
    }

    @Test(
        "Project and stage become one slug",
        arguments: [("My_Relay", "dev_EU", "my-relay-dev-eu"), ("a--b-", "1", "a-b-1"), ("relay", "dev", "relay-dev")]
    )
    func slugs(project: String, stage: String, function: String) throws {
        let text = """
            {"\(stage)": {"project_name": "\(project)", "aws_region": "us-east-1", "role_name": "r"}}
            """
        let settings = try SettingsFile(text: text.utf8, file: "s.json").stage(stage)
        #expect(settings.functionName == function)
        #expect(settings.url(ofAPI: "x").hasSuffix("/" + stage))
    }

    @Test("A stage inherits what it does not say itself, over several stages")
    func extends() throws {
        let text = """
            {
                "base": {"project_name": "p", "aws_region": "us-east-1", "role_name": "r", "memory_size": 256},
                "dev": {"extends": "base", "memory_size": 1024},
                "prod": {"extends": "dev", "aws_region": "eu-west-1"},
            }
            """
        let settings = try SettingsFile(text: text.utf8, file: "s.json").stage("prod")
        #expect(settings.memorySize == 1024 && settings.region == "eu-west-1" && settings.functionName == "p-prod")
    }

    @Test(
        "What can't be meant is refused in one line with file, stage and key",
        arguments: [
            (#""memory_size": "512""#, "memory_size: takes a whole number from 128 to 10240, not a string"),
            (#""memory_size": 64"#, "memory_size: takes a whole number from 128 to 10240, not 64"),
            (#""timeout_seconds": 1.5"#, "timeout_seconds: takes a whole number from 1 to 900, not 1.5"),
            (
                #""runtime": "python3.7""#,
                "runtime: takes only provided.al2023 (the relay is an executable), not 'python3.7'"
            ),
            (#""architecture": "x86""#, "architecture: takes one of x86_64, arm64, not 'x86'"),
            (
                #""log_level": 1"#,
                "log_level: takes one of TRACE, DEBUG, INFO, WARN, ERROR, FATAL, WARNING, CRITICAL, not a number"
            ),
            (#""memory_sise": 512"#, "memory_sise: is no setting; did you mean 'memory_size'?"),
            (#""colour": "red""#, "colour: is no setting"),
            (#""cors": true"#, "cors: no browser calls the relay"),
            (#""vpc_config": {}"#, "vpc_config: the relay needs the internet and nothing inside a VPC"),
            (
                #""manage_roles": true"#,
                "manage_roles: the role is made by hand, once, so that nobody can grant themselves rights"
            ),
            (#""apigateway_enabled": false"#, "apigateway_enabled: without API Gateway the relay has no URL"),
            (
                #""environment_variables": {"A": "b"}"#,
                "environment_variables: wrote them into Zappa's Python settings; use aws_environment_variables"
            ),
            (#""role_arn": "arn:aws:iam::1:role/x""#, "role_name: is given beside role_arn; keep one of the two"),
            (
                #""aws_environment_variables": {"SECRET_KEY": "x"}"#,
                "aws_environment_variables: SECRET_KEY: does not belong in a file; `relayctl jwt dev --set` puts it "
                    + "on the function"
            ),
            (
                #""aws_environment_variables": {"AWS_REGION": "x"}"#,
                "aws_environment_variables: AWS_REGION: is set by Lambda itself"
            ),
            (
                #""aws_environment_variables": {"A-B": "x"}"#,
                "aws_environment_variables: A-B: is no name of a variable: letters, digits and _, two at least"
            ),
            (
                #""aws_environment_variables": {"PAGES": 3}"#,
                "aws_environment_variables: PAGES: takes a string in double quotes, not a number"
            ),
            (#""tags": ["a"]"#, "tags: takes an object, not a list"),
            (#""tags": {"aws:x": "y"}"#, "tags: aws:x: what begins with aws: is AWS's"),
            (#""extends": "dve""#, "extends: there is no stage 'dve'; did you mean 'dev'?"),
            (#""extends": "dev""#, "extends: the stages extend each other in a circle"),
            (#""extends": 1"#, "extends: takes the name of a stage"),
        ]
    )
    func refusals(member: String, message: String) {
        let error = #expect(throws: SettingsError.self) { try stage(member) }
        #expect(error?.description == "s.json: dev: " + message)
    }

    @Test(
        "Regions, roles and projects that AWS would refuse are refused",
        arguments: [
            ("project_name", #""""#), ("project_name", #""a b""#), ("project_name", #""--""#), ("project_name", "3"),
            ("project_name", "\"\(String(repeating: "p", count: 61))\""),
            ("aws_region", #""us-east""#), ("aws_region", #""cn-north-1""#), ("aws_region", #""us-gov-west-1""#),
            ("aws_region", #""us-east-1/""#), ("role_name", #""a/b""#), ("role_name", #""""#),
            ("role_name", "\"\(String(repeating: "r", count: 65))\""),
        ]
    )
    func refusedByAWS(key: String, value: String) {
        var members = ["project_name": #""p""#, "aws_region": #""us-east-1""#, "role_name": #""r""#]
        members[key] = value
        let text = "{\"dev\": {" + members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}}"
        let error = #expect(throws: SettingsError.self) { try SettingsFile(text: text.utf8, file: "s").stage("dev") }
        #expect(error?.description.hasPrefix("s: dev: \(key): ") == true)
    }

    @Test(
        "A file that is no settings file says so",
        arguments: [
            ("{\n  \"dev\": {\n    \"a\": x\n}}", "s.json:3:10: expected a value"),
            ("[]", "s.json: holds a list, where an object is expected"),
            ("{}", "s.json: there is no stage in it"),
            (#"{"prod": {}}"#, "s.json: no such stage (there is prod)"),
            (#"{"dev2": {}}"#, "s.json: no such stage; did you mean 'dev2'? (there is dev2)"),
            (#"{"dev": 1}"#, "s.json: dev: takes an object of settings, not a number"),
            (#"{"dev": {}}"#, "s.json: dev: project_name: is missing"),
        ]
    )
    func noSettingsFile(text: String, message: String) {
        let error = #expect(throws: SettingsError.self) {
            try SettingsFile(text: text.utf8, file: "s.json").stage("dev")
        }
        #expect(error?.description == message)
    }

    @Test("A stage whose name AWS would refuse, and one that would share another's function, are refused")
    func stageNames() {
        let base = #""project_name": "p", "aws_region": "us-east-1", "role_name": "r""#
        func message(_ stage: String, _ text: String) -> String? {
            let error = #expect(throws: SettingsError.self) {
                try SettingsFile(text: text.utf8, file: "s").stage(stage)
            }
            return error?.description
        }
        #expect(message("a-b", "{\"a-b\": {\(base)}}") == "s: a-b: a stage's name is made of letters, digits and _")
        let twins = "{\"dev\": {\(base)}, \"DEV\": {\"extends\": \"dev\"}}"
        #expect(message("dev", twins) == "s: dev: the stage 'DEV' has the same function, p-dev")
    }

    @Test("A file that is not there says where relayctl belongs")
    func missingFile() {
        let error = #expect(throws: SettingsError.self) { try SettingsFile(InputFile("/nowhere/zappa_settings.json")) }
        #expect(error?.description.contains("there is no such file here") == true)
    }
}

@Suite("Nearest name")
struct SpellingTests {
    @Test(
        "A slip of the keyboard is recognised, another word is not",
        arguments: [
            ("dve", "dev"), ("de", "dev"), ("deev", "dev"), ("prd", "prod"), ("--tlt", "--ttl"),
            ("--sec", "--secret-file"), ("rollbakc", "rollback"), ("xyz", nil), ("d", nil),
        ] as [(String, String?)]
    )
    func nearestName(word: String, expected: String?) {
        #expect(nearest(to: word, among: ["dev", "prod", "--ttl", "--secret-file", "rollback"]) == expected)
    }
}
