import Foundation
import JWT
import LocalLambda
import Loopback
import TestSupport
import Testing

@Suite("The CloudFormation template", .waits)
struct CloudFormationTests {
    private static let template = project.appendingPathComponent("deploy/relay.yaml").path

    @Test("cfn-lint finds nothing wrong with it", .enabled(if: hasCFNLint, "python3 has no cfn-lint"))
    func lint() throws {
        #expect(try linted(Self.template) == "0 ")
    }

    @Test(
        "It makes the function, its log, its role and its REST API (moto)",
        .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why)
    )
    func creation() throws {
        let folder = try temporaryFolder("stack")
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = try made(in: folder)
        #expect(made.status == "CREATE_COMPLETE")
        #expect(made.runtime == "provided.al2023")
        #expect(made.handler == "bootstrap")
        #expect(made.variables == ["SECRET_KEY": Self.secret, "NUMBER_OF_PAGES": "2"])
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

    @Test(
        "What the stack made, called behind a REST API, answers as the executable does (moto)",
        .enabled(if: AWSStandIn.isAvailable, AWSStandIn.why)
    )
    func call() throws {
        let folder = try temporaryFolder("stack")
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = try made(in: folder)
        let standIn = try StandInSecurityTrails()
        defer { standIn.stop() }
        // provided.al2023 runs `bootstrap` at the zip's top, whatever the handler's name is.
        let ofStack = try answers(
            of: LambdaFunction(memory: made.memory, timeout: made.timeout, variables: made.variables),
            by: folder.appendingPathComponent("task/bootstrap").path,
            at: try #require(made.stages.first),
            standIn
        )
        let pages = standIn.requests.count
        let expected = try answers(
            of: LambdaFunction(variables: ["SECRET_KEY": Self.secret, "NUMBER_OF_PAGES": "2"]),
            by: built("bootstrap").path,
            at: "dev",
            standIn
        )
        #expect(ofStack == expected)
        #expect(standIn.requests.count == 2 * pages)
        #expect(ofStack.map(\.status) == [200, 200, 200, 200, 404])
        #expect(ofStack[1].body == #"{"data":{"status":"ok"}}"#)
        #expect(ofStack[2].body.contains("Authorization failed: Failed to decode JWT with provided key"))
        #expect(ofStack[3].body.contains("\"value\":\"192.0.2.10\""))
    }

    private struct Answer: Equatable {
        let status: Int
        let body: String
    }

    /// What the function answers behind a REST API on this machine.
    private func answers(
        of function: LambdaFunction,
        by executable: String,
        at stage: String,
        _ standIn: StandInSecurityTrails
    ) throws -> [Answer] {
        var function = function
        function.variables["SECURITYTRAILS_API_URL"] = standIn.baseURL
        let environment = ExecutionEnvironment(executable: executable, function: function)
        let pool = EnvironmentPool([environment], concurrency: 1)
        defer { pool.stop() }
        let gateway = LocalGateway(.rest, stage: stage)
        let server = try GatewayServer(gateway, port: 0, pool: pool, answered: { _ in }, reported: { _ in })
        defer { server.stop() }
        let token = CompactSerialization.sign(["key": "demonstration-key"], secret: Self.secret)
        let foreign = CompactSerialization.sign(["key": "demonstration-key"], secret: String(repeating: "x", count: 32))
        let observables = #"[{"type":"domain","value":"example.com"}]"#
        let calls = [
            ("version", "", token), ("health", "", token), ("health", "", foreign),
            ("observe/observables", observables, token), ("nowhere", "", token),
        ]
        return calls.map { path, body, token in
            let head = "POST \(gateway.prefix)/\(path) HTTP/1.1\r\nAuthorization: Bearer \(token)"
            let text = RawClient.exchange(server.port, head, body: body)
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
            // Each sighting has an ID of its own, and the time.
            let answer = parts.last.map(String.init) ?? ""
            return Answer(
                status: Int(text.dropFirst(9).prefix(3)) ?? 0,
                body: answer.replacing(/transient:sighting-[0-9a-f-]+/, with: "ID")
                    .replacing(/"20[0-9-]+T[0-9:.]+Z"/, with: "TIME")
            )
        }
    }

    private static let secret = "a secret key of 32 characters, a"

    /// Makes a stack of the template, with the built executable as its code, and unpacks what the function has in a
    /// folder `task`, as Lambda does.
    private func made(in folder: URL) throws -> Made {
        let program = Self.program.replacing("BOOTSTRAP", with: built("bootstrap").path)
            .replacing("TASK", with: folder.appendingPathComponent("task").path)
        return try JSONDecoder().decode(Made.self, from: Data(python(program, input: "").utf8))
    }

    private struct Made: Decodable {
        let status, runtime, handler, logGroup, api, source, url, rightsOn: String
        let retention, memory: Int
        let timeout: Double
        let variables: [String: String]
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
        from moto.backends import get_backend

        with mock_aws():
            data = io.BytesIO()
            with zipfile.ZipFile(data, 'w') as archive:
                archive.write('BOOTSTRAP', 'bootstrap')
            s3 = boto3.client('s3')
            s3.create_bucket(Bucket='bucket')
            s3.put_object(Bucket='bucket', Key='relay.zip', Body=data.getvalue())
            stacks = boto3.client('cloudformation')
            given = {'CodeBucket': 'bucket', 'CodeKey': 'relay.zip', 'SecretKey': '\(secret)', 'NumberOfPages': '2'}
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
            code = get_backend('lambda')['123456789012']['us-east-1'].get_function('relay-dev').code_bytes
            with zipfile.ZipFile(io.BytesIO(code)) as archive:
                for entry in archive.infolist():
                    os.chmod(archive.extract(entry, 'TASK'), entry.external_attr >> 16)
            print(json.dumps({
                'status': stack['StackStatus'], 'url': {o['OutputKey']: o['OutputValue'] for o in stack['Outputs']}['Url'],
                'runtime': function['Runtime'], 'handler': function['Handler'],
                'memory': function['MemorySize'], 'timeout': function['Timeout'],
                # CloudFormation makes strings of numbers.
                'variables': {k: str(v) for k, v in function['Environment']['Variables'].items()},
                'retention': group['retentionInDays'], 'logGroup': group['logGroupName'], 'api': api,
                'methods': {r['path']: list(r.get('resourceMethods', {})) for r in resources},
                'integrations': [gateway.get_integration(restApiId=api, resourceId=r['id'], httpMethod='ANY')['uri'] for r in resources],
                'stages': [s['stageName'] for s in gateway.get_stages(restApiId=api)['item']],
                'source': statement['Condition']['ArnLike']['AWS:SourceArn'],
                'rights': rights['Action'], 'rightsOn': rights['Resource']}))
        """
}

/// The status of cfn-lint and what it says of a template.
func linted(_ template: String) throws -> String {
    let program = """
        import subprocess
        done = subprocess.run(['cfn-lint', '\(template)'], capture_output=True, text=True)
        print(done.returncode, done.stdout)
        """
    return try python(program, input: "")
}

let hasCFNLint = (try? python("import cfnlint", input: "")) != nil
