import Deployment
import Foundation
import Loopback
import TestSupport
import Testing

@Suite("relayctl policies --cloudformation", .waits)
struct AccessStackTests {
    private let folder: ProjectFolder
    private let template: String

    init() throws {
        folder = try ProjectFolder()
        template = folder.url.appendingPathComponent("aws/rendered/cloudformation.json").path
        try folder.write(
            """
            {"dev": {"project_name": "p", "aws_region": "us-east-1", "role_name": "of-both"},
                "test_2": {"project_name": "p", "aws_region": "eu-west-1", "role_name": "of-both"},
                "prod": {"project_name": "p", "aws_region": "us-east-1",
                    "role_arn": "arn:aws:iam::123456789012:role/service/of-prod"},
                "elsewhere": {"project_name": "p", "aws_region": "us-east-1",
                    "role_arn": "arn:aws:iam::999999999999:role/r"}}
            """,
            to: "zappa_settings.json"
        )
    }

    @Test("One file is written, the stages of another account are left out, and the command that comes next is told")
    func file() throws {
        let outcome = try render()
        #expect(outcome.output == "aws/rendered/cloudformation.json\n")
        #expect(outcome.errors.contains("elsewhere: role_arn: is a role of the account 999999999999"))
        #expect(
            outcome.errors.hasSuffix(
                "\nnext: aws cloudformation deploy --stack-name tr-securitytrails-relay-access "
                    + "--template-file aws/rendered/cloudformation.json --capabilities CAPABILITY_NAMED_IAM\n"
            )
        )
        let text = try String(contentsOfFile: template, encoding: .utf8)
        #expect(!text.contains("<"))
        #expect(!text.contains("999999999999"))
        // An update from another stage changes nothing.
        try FileManager.default.removeItem(atPath: template)
        try #require(
            try folder.relayctl("policies", "prod", "--account", "123456789012", "--cloudformation").status == 0
        )
        let other = try JSONValue(parsing: String(contentsOfFile: template, encoding: .utf8).utf8)
        #expect(
            try other["Resources"]?.object?.keys.sorted()
                == JSONValue(parsing: text.utf8)["Resources"]?.object?.keys.sorted()
        )
    }

    @Test("cfn-lint finds nothing wrong with it", .enabled(if: hasCFNLint, "python3 has no cfn-lint"))
    func lint() throws {
        _ = try render()
        #expect(try linted(template) == "0 ")
    }

    @Test(
        "A stack of it makes the user, the roles and the policies that are otherwise made by hand (moto)",
        .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why)
    )
    func creation() throws {
        _ = try render()
        let program = Self.program.replacing("TEMPLATE", with: template)
        let made = try JSONDecoder().decode(Made.self, from: Data(python(program, input: "").utf8))
        #expect(made.status == "CREATE_COMPLETE")
        #expect(made.user == ["ZappaLambdaDeploymentPolicy"])
        #expect(
            made.roles.mapValues(\.policies) == [
                "of-both": ["ZappaLambdaExecutionPolicy-dev", "ZappaLambdaExecutionPolicy-test_2"],
                "of-prod": ["ZappaLambdaExecutionPolicy-prod"],
            ]
        )
        #expect(made.roles["of-prod"]?.path == "/service/")
        #expect(made.roles["of-both"]?.path == "/")
        // By hand it would be these documents.
        func rendered(_ file: String) throws -> JSONValue {
            try JSONValue(parsing: Data(contentsOf: folder.url.appendingPathComponent("aws/rendered/" + file)))
        }
        for stage in ["dev", "test_2", "prod"] {
            try #require(try folder.relayctl("policies", stage, "--account", "123456789012").status == 0)
            let execution = try rendered("\(stage)/ZappaLambdaExecutionPolicy.json")
            #expect(made.documents["ZappaLambdaExecutionPolicy-\(stage)"] == execution)
            let role = stage == "prod" ? "of-prod" : "of-both"
            #expect(made.roles[role]?.trust == (try rendered("\(stage)/TrustRelationship.json")))
        }
        // Its lists are in the order of the stages, of which the one that was named is the first.
        try #require(try folder.relayctl("policies", "dev", "--account", "123456789012").status == 0)
        #expect(made.documents["ZappaLambdaDeploymentPolicy"] == (try rendered("ZappaLambdaDeploymentPolicy.json")))
        #expect(made.documents.count == 4)
    }

    private func render() throws -> Outcome {
        let outcome = try folder.relayctl("policies", "dev", "--account", "123456789012", "--cloudformation")
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome
    }

    private struct Made: Decodable {
        let status: String
        let user: [String]
        let roles: [String: Role]
        let documents: [String: JSONValue]

        struct Role: Decodable {
            let path: String
            let policies: [String]
            let trust: JSONValue
        }
    }

    private static let program = """
        import json, os
        os.environ.update(AWS_ACCESS_KEY_ID='x', AWS_SECRET_ACCESS_KEY='x', AWS_DEFAULT_REGION='us-east-1')
        for name in ('AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_ENDPOINT_URL'):
            os.environ.pop(name, None)
        import boto3
        from moto import mock_aws

        with mock_aws():
            stacks, iam = boto3.client('cloudformation'), boto3.client('iam')
            stacks.create_stack(StackName='access', TemplateBody=open('TEMPLATE').read(), Capabilities=['CAPABILITY_NAMED_IAM'])
            names = lambda attached: sorted(p['PolicyName'] for p in attached['AttachedPolicies'])
            print(json.dumps({
                'status': stacks.describe_stacks(StackName='access')['Stacks'][0]['StackStatus'],
                'user': names(iam.list_attached_user_policies(UserName='serverless')),
                'roles': {r['RoleName']: {'path': r['Path'], 'trust': r['AssumeRolePolicyDocument'],
                                          'policies': names(iam.list_attached_role_policies(RoleName=r['RoleName']))}
                          for r in iam.list_roles()['Roles']},
                'documents': {p['PolicyName']: iam.get_policy_version(PolicyArn=p['Arn'], VersionId=p['DefaultVersionId'])['PolicyVersion']['Document']
                              for p in iam.list_policies(Scope='Local')['Policies']}}))
        """
}
