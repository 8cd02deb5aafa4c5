import Foundation
import Loopback

/// A CloudFormation template that makes what a deployment needs of IAM: the user who deploys with its policy, and each
/// stage's role with its own.
package struct AccessStack {
    /// The stack that the guides make of it.
    package static let name = "tr-securitytrails-relay-access"
    /// The template's file.
    package static let fileName = "cloudformation.json"

    private let account: AccountID
    private let stages: [StageSettings]

    /// - Parameter stages: all stages of the account; those that have a role in common share it.
    package init(account: AccountID, stages: [StageSettings]) {
        (self.account, self.stages) = (account, stages)
    }

    /// The template.
    ///
    /// - Parameter read: gives a policy template's text.
    package func rendered(_ read: (PolicyTemplate) throws -> String) throws -> String {
        let deployment = try document(.deployment, read, stages)
        var resources: [String: JSONValue] = [
            "User": ["Type": "AWS::IAM::User", "Properties": ["UserName": ["Ref": "UserName"]]],
            "DeploymentPolicy": policy(
                "ZappaLambdaDeploymentPolicy",
                "What the user who deploys may do.",
                deployment,
                attachedTo: "Users",
                "User"
            ),
        ]
        for stage in stages {
            let execution = try document(.execution, read, [stage])
            let role = "Role" + identifier(stage.role.path)
            resources["ExecutionPolicy" + identifier(stage.stage)] = policy(
                "ZappaLambdaExecutionPolicy-\(stage.stage)",
                "What the function \(stage.functionName) may do.",
                execution,
                attachedTo: "Roles",
                role
            )
            resources[role] = self.role(stage.role, trust: try document(.trust, read, [stage]))
        }
        let template: JSONValue = [
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": "Who may deploy the SecurityTrails relay, and what its functions may do.",
            "Parameters": [
                "UserName": [
                    "Type": "String", "Default": "serverless", "Description": "The user who deploys.",
                    "AllowedPattern": #"[\w+=,.@-]{1,64}"#,
                ]
            ],
            "Resources": .object(resources),
        ]
        return String(decoding: template.text(pretty: true), as: UTF8.self) + "\n"
    }

    private func document(
        _ template: PolicyTemplate,
        _ read: (PolicyTemplate) throws -> String,
        _ stages: [StageSettings]
    ) throws -> JSONValue {
        try JSONValue(parsing: template.rendered(read(template), account: account, stages: stages).utf8)
    }

    private func policy(
        _ name: String,
        _ description: String,
        _ document: JSONValue,
        attachedTo kind: String,
        _ id: String
    ) -> JSONValue {
        [
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": .object([
                "ManagedPolicyName": .string(name), "Description": .string(description), "PolicyDocument": document,
                kind: [["Ref": .string(id)]],
            ]),
        ]
    }

    private func role(_ role: ExecutionRole, trust: JSONValue) -> JSONValue {
        let parts = role.path.split(separator: "/")
        let path = (["/"] + parts.dropLast().map { $0 + "/" }).joined()
        return [
            "Type": "AWS::IAM::Role",
            "Properties": [
                "RoleName": .string(String(parts.last ?? "")), "Path": .string(path), "AssumeRolePolicyDocument": trust,
            ],
        ]
    }

    /// A name as part of a logical ID, which takes letters and digits only; the same each time, so that an update finds
    /// what there is.
    private func identifier(_ name: String) -> String {
        name.unicodeScalars.map { scalar in
            scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                ? String(scalar) : "x" + String(scalar.value, radix: 16, uppercase: true)
        }.joined()
    }
}
