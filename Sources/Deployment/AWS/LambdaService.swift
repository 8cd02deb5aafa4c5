import Foundation
import HTTPClient

/// The function (AWS Lambda). https://docs.aws.amazon.com/lambda/latest/api/
struct LambdaService {
    let client: AWSClient
    let function: String

    /// What Lambda says of a function, or of one of its versions.
    struct Configuration: Decodable {
        let functionArn: String
        let runtime: String?
        let role: String?
        let handler: String?
        let codeSize: Int?
        let codeSha256: String?
        let description: String?
        let timeout: Int?
        let memorySize: Int?
        let version: String?
        let state: String?
        let stateReason: String?
        let lastUpdateStatus: String?
        let lastUpdateStatusReason: String?
        let lastModified: String?
        let architectures: [String]?
        let environment: Environment?
        let revisionId: String?

        struct Environment: Decodable {
            let variables: [String: String]?

            enum CodingKeys: String, CodingKey {
                case variables = "Variables"
            }
        }

        enum CodingKeys: String, CodingKey {
            case functionArn = "FunctionArn"
            case runtime = "Runtime"
            case role = "Role"
            case handler = "Handler"
            case codeSize = "CodeSize"
            case codeSha256 = "CodeSha256"
            case description = "Description"
            case timeout = "Timeout"
            case memorySize = "MemorySize"
            case version = "Version"
            case state = "State"
            case stateReason = "StateReason"
            case lastUpdateStatus = "LastUpdateStatus"
            case lastUpdateStatusReason = "LastUpdateStatusReason"
            case lastModified = "LastModified"
            case architectures = "Architectures"
            case environment = "Environment"
            case revisionId = "RevisionId"
        }

        /// The variables, whose values are not for the operator's eyes.
        var variables: [String: String] { environment?.variables ?? [:] }

        /// Why the function can't be called, or why the last change failed; nil if neither is so.
        var failure: String? {
            if state == "Failed" { return stateReason ?? "no reason given" }
            return lastUpdateStatus == "Failed" ? lastUpdateStatusReason ?? "no reason given" : nil
        }

        /// Whether Lambda is still at work on the last change.
        var isBusy: Bool { state == "Pending" || lastUpdateStatus == "InProgress" }
    }

    /// What is changed of a function; what is nil stays as it is.
    struct Changes: Encodable, Equatable {
        var role: String?
        var runtime: String?
        var handler: String?
        var timeout: Int?
        var memorySize: Int?
        var description: String?
        var environment: Variables?
        /// The revision that is changed; another is an error.
        var revision: String?

        struct Variables: Encodable, Equatable {
            let variables: [String: String]

            enum CodingKeys: String, CodingKey {
                case variables = "Variables"
            }
        }

        enum CodingKeys: String, CodingKey {
            case role = "Role"
            case runtime = "Runtime"
            case handler = "Handler"
            case timeout = "Timeout"
            case memorySize = "MemorySize"
            case description = "Description"
            case environment = "Environment"
            case revision = "RevisionId"
        }
    }

    /// A published version, and where its code is for a few minutes.
    struct Published: Decodable {
        let configuration: Configuration
        let code: Code

        struct Code: Decodable {
            let location: String

            enum CodingKeys: String, CodingKey {
                case location = "Location"
            }
        }

        enum CodingKeys: String, CodingKey {
            case configuration = "Configuration"
            case code = "Code"
        }
    }

    /// What a new function is made with, beside its code.
    struct Creation: Encodable {
        let name: String
        let changes: Changes
        let architectures: [String]
        let tags: [String: String]

        enum CodingKeys: String, CodingKey {
            case name = "FunctionName"
            case publish = "Publish"
            case architectures = "Architectures"
            case tags = "Tags"
        }

        func encode(to encoder: any Encoder) throws {
            try changes.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try container.encode(true, forKey: .publish)
            try container.encode(architectures, forKey: .architectures)
            if !tags.isEmpty { try container.encode(tags, forKey: .tags) }
        }
    }

    typealias Progress = (_ sent: Int, _ total: Int) -> Void

    /// The function as it is now; nil if there is none.
    func configuration() throws(AWSError) -> Configuration? {
        try client.ifFound { () throws(AWSError) in
            try client.send(call("GetFunctionConfiguration", .get, "/configuration"))
        }
    }

    func create(_ creation: Creation, zip: DeploymentPackage, progress: @escaping Progress) throws(AWSError) {
        let after = Array(#""},"#.utf8) + json(creation).dropFirst()
        let body = zip.body(before: Array(#"{"Code":{"ZipFile":""#.utf8), after: after)
        let call = AWSCall(
            service: "lambda",
            action: "lambda:CreateFunction",
            method: .postStream(body),
            path: "/2015-03-31/functions",
            headers: Self.headers,
            timeout: AWSCall.uploadTimeout
        )
        _ = try client.send(call, progress: progress)
    }

    func update(
        code zip: DeploymentPackage,
        architecture: String,
        publishes: Bool = true,
        progress: @escaping Progress
    ) throws(AWSError) {
        let after = #"","Architectures":["\#(architecture)"],"Publish":\#(publishes)}"#
        let body = zip.body(before: Array(#"{"ZipFile":""#.utf8), after: Array(after.utf8))
        var call = call("UpdateFunctionCode", .putStream(body), "/code")
        call.timeout = AWSCall.uploadTimeout
        _ = try client.send(call, progress: progress)
    }

    func update(_ changes: Changes) throws(AWSError) {
        _ = try client.send(call("UpdateFunctionConfiguration", .put(json(changes)), "/configuration"))
    }

    /// The published versions, oldest first.
    func versions() throws(AWSError) -> [(number: Int, sha256: String?)] {
        struct Page: Decodable {
            let versions: [Configuration]
            let next: String?

            enum CodingKeys: String, CodingKey {
                case versions = "Versions"
                case next = "NextMarker"
            }
        }
        var versions: [(number: Int, sha256: String?)] = []
        var marker: String?
        var markers = PageMarkers(action: "lambda:ListVersionsByFunction")
        repeat {
            let query = marker.map { [(name: "Marker", value: $0)] } ?? []
            let page: Page = try client.send(call("ListVersionsByFunction", .get, "/versions", query: query))
            versions += page.versions.compactMap { version in
                version.version.flatMap(Int.init).map { ($0, version.codeSha256) }
            }
            marker = try markers.next(page.next)
        } while marker != nil
        return versions.sorted { $0.number < $1.number }
    }

    func published(_ version: Int) throws(AWSError) -> Published {
        try client.send(call("GetFunction", .get, "", query: [(name: "Qualifier", value: String(version))]))
    }

    /// The function's tags; none if the policy does not allow lambda:ListTags.
    ///
    /// Lambda's own calls for tags have an ARN in their path, which not every libcurl signs rightly.
    func tags() throws(AWSError) -> [String: String] {
        struct Answer: Decodable {
            let tags: [String: String]?

            enum CodingKeys: String, CodingKey {
                case tags = "Tags"
            }
        }
        let answer: Answer = try client.send(call("GetFunction", .get, ""))
        return answer.tags ?? [:]
    }

    /// Deletes the function, or one version of it. Returns whether there was one.
    func delete(version: Int? = nil) throws(AWSError) -> Bool {
        try client.ifFound { () throws(AWSError) in
            let query = version.map { [(name: "Qualifier", value: String($0))] } ?? []
            return try client.send(call("DeleteFunction", .delete, "", query: query))
        } != nil
    }

    /// Whether API Gateway may call the function for that source.
    func permits(_ sourceARN: String) throws(AWSError) -> Bool {
        struct Answer: Decodable {
            let policy: String

            enum CodingKeys: String, CodingKey {
                case policy = "Policy"
            }
        }
        let answer: Answer? = try client.ifFound { () throws(AWSError) in
            try client.send(call("GetPolicy", .get, "/policy"))
        }
        return answer.map { InvocationPolicy($0.policy).letsAPIGatewayInvoke(for: sourceARN) } ?? false
    }

    /// Lets API Gateway call the function for that source.
    func permit(_ sourceARN: String, statement: String) throws(AWSError) {
        do {
            try addPermission(sourceARN, statement: statement)
        } catch {
            guard case .refused(let refusal) = error, refusal.alreadyExists else { throw error }
            if try permits(sourceARN) { return }
            // A statement of that name allows something else: it was narrowed by hand.
            try addPermission(sourceARN, statement: "\(statement)-\(UInt32.random(in: 0...UInt32.max))")
        }
    }

    private func addPermission(_ sourceARN: String, statement: String) throws(AWSError) {
        let body = [
            "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com", "SourceArn": sourceARN,
            "StatementId": statement,
        ]
        _ = try client.send(call("AddPermission", .post(json(body)), "/policy"))
    }

    private static let headers = ["Content-Type: application/json"]

    private func call(
        _ action: String,
        _ method: HTTPRequest.Method,
        _ path: String,
        query: [(name: String, value: String)] = []
    ) -> AWSCall {
        AWSCall(
            service: "lambda",
            action: "lambda:\(action)",
            method: method,
            path: "/2015-03-31/functions/\(function)\(path)",
            query: query,
            headers: Self.headers
        )
    }
}
