import Foundation
import HTTPClient
import Loopback
import Testing

/// The AWS of `aws_stand_in.py`, as a process of its own. It takes seconds to start: those that a test has done with
/// serve the next one, and all end with the tests.
final class AWSStandIn {
    private static let idle = Monitor<[PythonServer]>([])

    /// Whether python3 has what the stand-in needs.
    static let isAvailable = (try? python("import moto.server, botocore", input: "")) != nil
    /// What a test that is skipped says.
    static let why: Comment = "python3 has no moto and botocore, which bash .ci/run installs"

    let url: String
    private let server: PythonServer

    /// What was called since the last setting, and what there is now.
    struct Record: Decodable {
        let calls: [Call]
        let state: State
    }

    struct Call: Decodable {
        let actions: [String]
        let method: String
        let path: String
        let query: String

        /// Whether the call asks to change something.
        var changes: Bool {
            let reads = ["sts:GetCallerIdentity", "iam:GetRole", "logs:FilterLogEvents", "logs:DescribeLogGroups"]
            return method != "GET" && !actions.allSatisfy(reads.contains)
        }
    }

    /// What is on AWS, without what differs from one time to the next.
    struct State: Decodable, Equatable {
        var functions: [String: Function]
        let apis: [RestAPI]
        let logs: [String: Int?]
    }

    struct Function: Decodable, Equatable {
        var codeSha256: String
        let memorySize: Int
        var environment: [String: String]
        var versions: [Int]
        let tags: [String: String]
        let permissions: [String]
        let role: String
        let handler: String
        let runtime: String
        let timeout: Int
        let architectures: [String]

        enum CodingKeys: String, CodingKey {
            case codeSha256 = "CodeSha256"
            case memorySize = "MemorySize"
            case environment = "Environment"
            case versions = "Versions"
            case tags = "Tags"
            case permissions = "Permissions"
            case role = "Role"
            case handler = "Handler"
            case runtime = "Runtime"
            case timeout = "Timeout"
            case architectures = "Architectures"
        }
    }

    struct RestAPI: Decodable, Equatable {
        let name: String
        let routes: [String: [String: [String?]]]
        let stages: [String: String]
    }

    /// How the stand-in is to behave from now on; without `reset`, what there is stays.
    struct Settings: Encodable {
        var reset = false
        /// Whether to keep what there is, and whether to go back to what was kept.
        var saves = false
        var restores = false
        var policy: Policy?
        /// The number of a call, and what becomes of it.
        var faults: [String: String] = [:]
        var busy = 0.0
        /// Answers to an action, in the place of AWS's own.
        var answers: [String: Answer] = [:]
        /// Why the last update of every function failed.
        var failure: String?
        /// Whether to narrow each permission to one path.
        var narrows = false
        /// A runtime to give to every function.
        var runtime: String?
        /// Environment variables to give to every function.
        var variables: [String: String]?
        /// REST APIs to make.
        var apis: [String] = []
        /// Records to write to the only log group.
        var log: [String] = []
    }

    struct Answer: Encodable {
        var skip = 0
        var times = 1
        var status = 200
        var headers: [String: String] = [:]
        let body: String

        /// An error as Lambda and API Gateway send it.
        static func error(_ status: Int, _ code: String, _ message: String, skip: Int = 0, times: Int = 1) -> Answer {
            let body = "{\"message\": \"\(message)\"}"
            return Answer(skip: skip, times: times, status: status, headers: ["x-amzn-ErrorType": code], body: body)
        }
    }

    init() throws {
        server = try Self.idle.with { $0.popLast() } ?? PythonServer("aws_stand_in.py")
        url = "http://127.0.0.1:\(server.port)"
        try set(Settings(reset: true))
    }

    deinit {
        Self.idle.with { $0.append(server) }
    }

    func set(_ settings: Settings) throws {
        _ = try exchange(.post(Array(try JSONEncoder().encode(settings))))
    }

    func record() throws -> Record {
        try JSONDecoder().decode(Record.self, from: exchange(.get))
    }

    private func exchange(_ method: HTTPRequest.Method) throws -> Data {
        let connection = try HTTPConnection(HTTPOptions(bodyLimit: 1 << 20))
        return Data(try connection.exchange(HTTPRequest(method, url + "/stand-in"), timeout: 30).body)
    }
}

/// An IAM policy of which every statement allows.
struct Policy: Codable {
    var statements: [Statement]

    enum CodingKeys: String, CodingKey {
        case statements = "Statement"
    }

    struct Statement: Codable {
        var actions: [String]
        let resources: [String]

        enum CodingKeys: String, CodingKey {
            case actions = "Action"
            case resources = "Resource"
        }

        init(actions: [String], resources: [String]) {
            self.actions = actions
            self.resources = resources
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            func strings(_ key: CodingKeys) throws -> [String] {
                if let one = try? container.decode(String.self, forKey: key) { return [one] }
                return try container.decode([String].self, forKey: key)
            }
            actions = try strings(.actions)
            resources = try strings(.resources)
        }
    }

    /// Every action that is allowed anywhere.
    var actions: Set<String> { Set(statements.flatMap(\.actions)) }

    /// The same without one action.
    func without(_ action: String) -> Policy {
        var policy = self
        for index in policy.statements.indices { policy.statements[index].actions.removeAll { $0 == action } }
        policy.statements.removeAll { $0.actions.isEmpty }
        return policy
    }
}
