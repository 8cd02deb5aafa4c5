import Deployment
import Foundation
import Testing

/// The stage `dev` in a folder of its own, and a stand-in for AWS of its own, which checks every signature, the rendered
/// policy and the state of the function.
struct StageOnAWS {
    let aws: AWSStandIn
    let folder: ProjectFolder
    let policy: Policy
    let function = "tr-securitytrails-relay-dev"

    init(environment: [String: String] = [:]) throws {
        aws = try AWSStandIn()
        let signedIn = [
            "AWS_ENDPOINT_URL": aws.url, "AWS_ACCESS_KEY_ID": "AKIDPLAIN",
            "AWS_SECRET_ACCESS_KEY": "plain/Secret+Key",
        ]
        folder = try ProjectFolder(environment: signedIn.merging(environment) { $1 })
        try #require(try folder.relayctl("policies", "dev", "--account", "123456789012").status == 0)
        let rendered = folder.url.appendingPathComponent("aws/rendered/ZappaLambdaDeploymentPolicy.json")
        policy = try JSONDecoder().decode(Policy.self, from: Data(contentsOf: rendered))
        try zip("first")
        try aws.set(.init(reset: true, policy: policy))
    }

    func deploy(_ options: String...) throws -> Outcome {
        try folder.run(["deploy", "dev", "--no-verify"] + options)
    }

    func expect(_ status: Int32, _ outcome: Outcome) throws {
        try #require(outcome.status == status, "\(outcome.errors)")
    }

    /// Writes settings for `dev` with these members beside those that it needs.
    func settings(_ members: String) throws {
        try folder.write(
            """
            {"dev": {"project_name": "tr-securitytrails-relay", "aws_region": "us-east-1",
                "role_name": "tr-serverless-relay-ZappaLambdaExecutionRole", \(members)}}
            """,
            to: "zappa_settings.json"
        )
    }

    /// Writes a zip: an executable `bootstrap` for this machine's CPU, or an ELF machine, that holds this text and so
    /// many bytes that can't be compressed; or one with this content, as a literal of Python.
    func zip(
        _ text: String,
        to file: String = "securitytrails-relay.zip",
        name: String = "bootstrap",
        mode: Int = 0o755,
        machine: Int? = nil,
        filler: Int = 0,
        content: String? = nil
    ) throws {
        let path = folder.url.appendingPathComponent(".build/lambda/\(file)").path
        let machine = machine ?? (Packaging.architecture == "arm64" ? 183 : 62)
        _ = try python(
            """
            import os, struct, zipfile
            os.makedirs(os.path.dirname('\(path)'), exist_ok=True)
            with zipfile.ZipFile('\(path)', 'w') as archive:
                entry = zipfile.ZipInfo('\(name)')
                entry.external_attr = \(mode) << 16
                header = b'\\x7fELF' + bytes(12) + struct.pack('<HH', 2, \(machine))
                archive.writestr(entry, \(content ?? "header + b'\(text)' + os.urandom(\(filler))"))
            """,
            input: ""
        )
    }
}
