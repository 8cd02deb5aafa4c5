import Foundation
import Loopback

extension LocalGateway {
    /// The HTTP response that the gateway makes of what the function answered, and what it would take amiss: in AWS one
    /// reads of it in the gateway's log, if there is one.
    package struct Verdict: Sendable {
        /// What the client gets.
        package let response: HTTPServer.Response
        /// What is wrong with the function's answer, a line each.
        package let complaints: [String]
    }

    /// Seconds until the gateway answers without the function; nil: as long as the function may run.
    package var patience: Double? {
        switch kind {
        case .rest: 29
        case .http: 30
        case .url: nil
        case .alb: 60
        }
    }

    /// The most bytes of a request's body: what fits into Lambda's 6 MB, or 1 MB behind a load balancer.
    package var requestLimit: Int {
        kind == .alb ? 1 << 20 : 6 << 20
    }

    /// The most bytes of a response behind a load balancer: 1 MB
    /// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html).
    private static let loadBalancerLimit = 1 << 20

    /// What the client gets for what became of the invocation.
    package func verdict(on outcome: ExecutionEnvironment.Outcome) -> Verdict {
        switch outcome {
        case .response(let bytes):
            return verdict(on: bytes)
        case .error(let error):
            return refuse(
                ["the function reported \(error.type ?? "an error"): \(error.message)"] + complaints(about: error)
            )
        case .timedOut:
            return refuse(["the function timed out"])
        case .ended(let how):
            return refuse([how])
        }
    }

    /// What the client gets when the gateway's patience is over.
    package var timedOut: Verdict {
        let status = kind == .http ? 503 : 504
        let message: JSONValue =
            switch kind {
            case .rest: ["message": "Endpoint request timed out"]
            case .http: ["message": "Service Unavailable"]
            case .url, .alb: ["message": "Gateway Timeout"]
            }
        return Verdict(response: .json(status, message), complaints: ["no answer within \(patience ?? 0) s"])
    }

    /// What the client gets for a path outside the stage.
    package var outsideStage: Verdict {
        let response: HTTPServer.Response =
            kind == .rest ? .json(403, ["message": "Forbidden"]) : .json(404, ["message": "Not Found"])
        return Verdict(response: response, complaints: ["the path does not begin with \(prefix)/"])
    }

    /// What the client gets for a body beyond `requestLimit`.
    package var bodyTooLarge: Verdict {
        Verdict(
            response: .json(413, ["message": "Request Too Long"]),
            complaints: ["the request's body is over \(requestLimit) bytes"]
        )
    }

    // MARK: - The function's response

    private func verdict(on bytes: Data) -> Verdict {
        guard kind != .alb || bytes.count <= Self.loadBalancerLimit else {
            return refuse(["a response of \(bytes.count) bytes; a load balancer takes \(Self.loadBalancerLimit)"])
        }
        let text: JSONValue
        do {
            text = try JSONValue(parsing: bytes)
        } catch {
            return refuse(["the response is not JSON"])
        }
        guard case .object(let members) = text else { return refuse(["the response is not a JSON object"]) }
        guard let status = members["statusCode"]?.integer, (100...599).contains(status) else {
            return refuse(["statusCode is not a whole number from 100 to 599"])
        }
        let faults = headerFaults(members) + memberFaults(members)
        let unknown = members.keys.filter { !self.members.contains($0) }.sorted()
        let warnings = unknown.map { "'\($0)' is no member of this gateway's responses" }
        // A REST API refuses what the others overlook.
        guard faults.isEmpty, kind != .rest || unknown.isEmpty else { return refuse(warnings + faults) }
        guard let body = body(members) else {
            return refuse(["the body is not the base64 that isBase64Encoded claims"])
        }
        let response = HTTPServer.Response(status: status, headers: headers(members), body: body)
        return Verdict(response: response, complaints: warnings + descriptionFaults(members, status))
    }

    private var members: Set<String> {
        kind.members
    }

    private func headerFaults(_ members: [String: JSONValue]) -> [String] {
        var faults: [String] = []
        if let headers = members["headers"], headers != .null {
            let isRight =
                headers.object?.values.allSatisfy { $0.string != nil || $0.integer != nil || $0.isBool } ?? false
            if !isRight { faults.append("headers is not an object of strings") }
        }
        if let headers = members["multiValueHeaders"], headers != .null {
            let isRight =
                headers.object?.values.allSatisfy { $0.array?.allSatisfy { $0.string != nil } ?? false } ?? false
            if !isRight { faults.append("multiValueHeaders is not an object of arrays of strings") }
        }
        if let cookies = members["cookies"], cookies != .null {
            if cookies.array?.allSatisfy({ $0.string != nil }) != true {
                faults.append("cookies is not an array of strings")
            }
        }
        if kind == .alb, hasMultiValueHeaders, members["headers"] != nil {
            faults.append("headers, where the target group has multi-value headers enabled")
        }
        return faults
    }

    private func memberFaults(_ members: [String: JSONValue]) -> [String] {
        var faults: [String] = []
        if let body = members["body"], body != .null, body.string == nil { faults.append("body is not a string") }
        if let flag = members["isBase64Encoded"], flag != .null, !flag.isBool {
            faults.append("isBase64Encoded is not true or false")
        }
        return faults
    }

    /// `statusDescription` is the code and its phrase, or a load balancer logs the target as broken.
    private func descriptionFaults(_ members: [String: JSONValue], _ status: Int) -> [String] {
        guard kind == .alb, let description = members["statusDescription"] else { return [] }
        return description.string?.hasPrefix("\(status) ") == true
            ? [] : ["statusDescription does not begin with \(status)"]
    }

    private func body(_ members: [String: JSONValue]) -> Data? {
        let text = members["body"]?.string ?? ""
        return members["isBase64Encoded"] == .bool(true) ? Data(base64Encoded: text) : Data(text.utf8)
    }

    private func headers(_ members: [String: JSONValue]) -> [HTTPServer.Field] {
        let multiple = (members["multiValueHeaders"]?.object ?? [:]).flatMap { name, values in
            (values.array ?? []).compactMap(\.string).map { HTTPServer.Field(name, $0) }
        }
        let names = Set(multiple.map { $0.name.lowercased() })
        let single = (members["headers"]?.object ?? [:]).filter { !names.contains($0.key.lowercased()) }
            .map { name, value in HTTPServer.Field(name, value.string ?? String(decoding: value.text(), as: UTF8.self))
            }
        let cookies = (members["cookies"]?.array ?? []).compactMap(\.string).map { HTTPServer.Field("Set-Cookie", $0) }
        // The length and the connection are the gateway's own.
        let own = ["content-length", "transfer-encoding", "connection"]
        let fields = (single + multiple).filter { !own.contains($0.name.lowercased()) }
        return fields.sorted { $0.name < $1.name } + cookies
    }

    // MARK: - Refusals

    private func refuse(_ complaints: [String]) -> Verdict {
        let response: HTTPServer.Response =
            switch kind {
            case .rest: .json(502, ["message": "Internal server error"])
            case .http: .json(500, ["message": "Internal Server Error"])
            case .url: .json(502, ["message": "Internal Server Error"])
            case .alb: .json(502, ["message": "Bad Gateway"])
            }
        return Verdict(response: response, complaints: complaints)
    }

    /// Lambda keeps an error's type if it has this form, and makes `Runtime.Unknown` of any other.
    private func complaints(about error: RuntimeAPIServer.FunctionError) -> [String] {
        let type = error.type ?? ""
        guard type.wholeMatch(of: /(Runtime|Function)\.[A-Z][a-zA-Z]+/) == nil else { return [] }
        return ["Lambda turns the error type '\(type)' into Runtime.Unknown"]
    }
}

extension HTTPServer.Response {
    fileprivate static func json(_ status: Int, _ body: JSONValue) -> Self {
        Self(status: status, headers: [HTTPServer.Field("Content-Type", "application/json")], body: body.text())
    }
}

extension JSONValue {
    fileprivate var isBool: Bool {
        if case .bool = self { true } else { false }
    }
}
