import Foundation

/// Who calls (AWS STS), and the role that the function takes (IAM).
struct IdentityService {
    let client: AWSClient

    /// The account and the identity of the credentials.
    struct Caller: Equatable {
        let account: String
        let arn: String
    }

    /// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    func caller() throws(AWSError) -> Caller {
        let answer = try query("sts", "GetCallerIdentity", version: "2011-06-15")
        guard let account = answer.firstElement("Account"), let arn = answer.firstElement("Arn") else {
            throw .unreadable(action: "sts:GetCallerIdentity")
        }
        return Caller(account: account, arn: arn)
    }

    /// The role's ARN; nil if there is no such role.
    /// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
    func role(_ name: String) throws(AWSError) -> String? {
        try client.ifFound { () throws(AWSError) in
            let parameters = "&RoleName=" + name.uriEncoded
            let answer = try query("iam", "GetRole", version: "2010-05-08", parameters)
            guard let arn = answer.firstElement("Arn") else { throw .unreadable(action: "iam:GetRole") }
            return arn
        }
    }

    /// A call of the Query protocol: a form goes out, XML comes back.
    private func query(
        _ service: String,
        _ action: String,
        version: String,
        _ parameters: String = ""
    ) throws(AWSError) -> String {
        let call = AWSCall(
            service: service,
            action: "\(service):\(action)",
            method: .post(Array("Action=\(action)&Version=\(version)\(parameters)".utf8)),
            path: "/",
            headers: ["Content-Type: application/x-www-form-urlencoded; charset=utf-8"]
        )
        return String(decoding: try client.send(call), as: UTF8.self)
    }
}
