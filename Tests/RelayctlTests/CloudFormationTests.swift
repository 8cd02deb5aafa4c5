import Foundation
import TestSupport
import Testing

@Suite("The CloudFormation template", .waits)
struct CloudFormationTests {
    private static let template = project.appendingPathComponent("deploy/relay.yaml").path

    @Test("cfn-lint finds nothing wrong with it", .enabled(if: hasCFNLint, "python3 has no cfn-lint"))
    func lint() throws {
        let program = """
            import subprocess, sys
            done = subprocess.run(['cfn-lint', '\(Self.template)'], capture_output=True, text=True)
            print(done.returncode, done.stdout)
            """
        #expect(try python(program, input: "") == "0 ")
    }

    @Test("It makes the function, its log, its role and its REST API (moto)", .enabled(if: AWSStandIn.isAvailable))
    func creation() throws {
        let made = try JSONDecoder().decode(Made.self, from: Data(python(Self.program, input: "").utf8))
        #expect(made.status == "CREATE_COMPLETE")
        #expect(made.runtime == "provided.al2023")
        #expect(made.handler == "bootstrap")
        #expect(made.secret == "a secret key of 32 characters, a")
        #expect(made.retention == 30)
        #expect(made.logGroup == "/aws/lambda/relay-dev")
        #expect(made.methods == ["/": ["ANY"], "/{proxy+}": ["ANY"]])
        #expect(made.integrations.allSatisfy { $0.hasSuffix(":function:relay-dev/invocations") })
        #expect(made.integrations.count == 2)
        #expect(made.stages == ["dev"])
        #expect(made.source == "arn:aws:execute-api:us-east-1:123456789012:\(made.api)/*")
        #expect(made.url == "https://\(made.api).execute-api.us-east-1.amazonaws.com/dev")
        #expect(made.rights == ["logs:CreateLogStream", "logs:PutLogEvents"])
        #expect(made.rightsOn == "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/relay-dev:*")
    }

    private struct Made: Decodable {
        let status, runtime, handler, secret, logGroup, api, source, url, rightsOn: String
        let retention: Int
        let methods: [String: [String]]
        let integrations, stages, rights: [String]
    }

    private static let program = """
        import ast, io, json, os, zipfile
        os.environ.update(AWS_ACCESS_KEY_ID='x', AWS_SECRET_ACCESS_KEY='x', AWS_DEFAULT_REGION='us-east-1')
        for name in ('AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_ENDPOINT_URL'):
            os.environ.pop(name, None)
        import boto3
        from moto import mock_aws

        with mock_aws():
            data = io.BytesIO()
            with zipfile.ZipFile(data, 'w') as archive:
                archive.writestr('bootstrap', 'x')
            s3 = boto3.client('s3')
            s3.create_bucket(Bucket='bucket')
            s3.put_object(Bucket='bucket', Key='relay.zip', Body=data.getvalue())
            stacks = boto3.client('cloudformation')
            given = {'CodeBucket': 'bucket', 'CodeKey': 'relay.zip', 'SecretKey': 'a secret key of 32 characters, a'}
            stacks.create_stack(
                StackName='relay-dev', TemplateBody=open('\(template)').read(), Capabilities=['CAPABILITY_IAM'],
                Parameters=[{'ParameterKey': k, 'ParameterValue': v} for k, v in given.items()])
            stack = stacks.describe_stacks(StackName='relay-dev')['Stacks'][0]
            functions, gateway, iam = boto3.client('lambda'), boto3.client('apigateway'), boto3.client('iam')
            function = functions.get_function_configuration(FunctionName='relay-dev')
            statement = json.loads(functions.get_policy(FunctionName='relay-dev')['Policy'])['Statement'][0]
            api = gateway.get_rest_apis()['items'][0]['id']
            resources = gateway.get_resources(restApiId=api)['items']
            group = boto3.client('logs').describe_log_groups()['logGroups'][0]
            role = function['Role'].split('/')[-1]
            name = iam.list_role_policies(RoleName=role)['PolicyNames'][0]
            document = iam.get_role_policy(RoleName=role, PolicyName=name)['PolicyDocument']
            document = ast.literal_eval(document) if isinstance(document, str) else document
            rights = document['Statement'][0]
            print(json.dumps({
                'status': stack['StackStatus'], 'url': {o['OutputKey']: o['OutputValue'] for o in stack['Outputs']}['Url'],
                'runtime': function['Runtime'], 'handler': function['Handler'],
                'secret': function['Environment']['Variables']['SECRET_KEY'],
                'retention': group['retentionInDays'], 'logGroup': group['logGroupName'], 'api': api,
                'methods': {r['path']: list(r.get('resourceMethods', {})) for r in resources},
                'integrations': [gateway.get_integration(restApiId=api, resourceId=r['id'], httpMethod='ANY')['uri'] for r in resources],
                'stages': [s['stageName'] for s in gateway.get_stages(restApiId=api)['item']],
                'source': statement['Condition']['ArnLike']['AWS:SourceArn'],
                'rights': rights['Action'], 'rightsOn': rights['Resource']}))
        """
}

private let hasCFNLint = (try? python("import cfnlint", input: "")) != nil
