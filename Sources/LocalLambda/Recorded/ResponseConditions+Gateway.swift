import Foundation
import Loopback

extension ResponseConditions {
    /// What the gateway is told: status, headers, and whether the body can be read.
    func gatewayViolations(_ response: JSONValue, status got: Int) -> [String] {
        var wrong: [String] = []
        let allowed = status?.values ?? [200]
        if got >= 500 || !allowed.contains(got) {
            wrong.append("status \(got), not \(allowed.map(String.init).joined(separator: " or "))")
        }
        let unknown = Set((response.object ?? [:]).keys).subtracting(GatewayKind.everyMember)
        if !unknown.isEmpty { wrong.append("members that no gateway takes: \(unknown.sorted())") }
        if let statusDescription, response["statusDescription"]?.string != statusDescription {
            wrong.append("statusDescription \(text(response["statusDescription"]))")
        }
        if let allow {
            let methods = (header("allow", of: response) ?? "").split(separator: ",")
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            if methods.sorted() != allow { wrong.append("Allow \(methods)") }
        }
        return wrong + bodyFormViolations(response)
    }

    private func bodyFormViolations(_ response: JSONValue) -> [String] {
        switch response["body"] {
        case nil, .null, "": return []
        case .string:
            var wrong: [String] = []
            let type = header("content-type", of: response)
            if type?.hasPrefix("application/json") != true { wrong.append("the content type is \(type ?? "missing")") }
            if bodyJSON(response) == nil { wrong.append("the body is not JSON: \(text(response["body"]).prefix(200))") }
            return wrong
        case .some(let other): return ["the body is no text: \(text(other).prefix(200))"]
        }
    }

    private func header(_ name: String, of response: JSONValue) -> String? {
        let single = response["headers"]?.object?.first { $0.key.lowercased() == name }?.value.string
        let multiple = response["multiValueHeaders"]?.object?.first { $0.key.lowercased() == name }?.value.array
        return single ?? multiple?.compactMap(\.string).joined(separator: ",")
    }
}
