import Deployment

/// Where `relayctl package` leaves the zip.
let packagedZip = ".build/lambda/securitytrails-relay.zip"

/// The option of every command that signs in to AWS.
let profileOption = Option("--profile", value: "NAME", help: "sign in with this profile of ~/.aws")

/// The option of the commands that can be told which of several REST APIs is meant.
let apiOption = Option("--api", value: "ID", help: "the REST API, if several have the function's name")

/// A stage on AWS, with the operator's credentials, telling its steps on standard error.
///
/// - Parameters:
///   - profile: the value of `profileOption`.
///   - api: the value of `apiOption`.
func onAWS(
    _ context: Context,
    _ settings: StageSettings,
    profile: String? = nil,
    isDryRun: Bool = false,
    replacesOthers: Bool = false,
    api: String? = nil
) throws -> RelayDeployment {
    let environment = context.environment
    // A stand-in is on this machine, which is asked through no proxy.
    if environment["AWS_ENDPOINT_URL"]?.isEmpty != false { try context.checkProxy() }
    let found = try CredentialChain(
        environment: environment,
        profile: profile,
        profileName: settings.profileName,
        now: context.now()
    ).resolve()
    if let note = found.note { context.say("note: \(note)") }
    let client = try AWSClient(region: settings.region, credentials: found.credentials, environment: environment)
    let output = StepOutput(context, isDryRun: isDryRun)
    return RelayDeployment(
        settings: settings,
        client: client,
        isDryRun: isDryRun,
        replacesOthers: replacesOthers,
        api: api,
        temporaryFolder: context.temporaryFolder,
        report: output.show
    )
}

extension AWSError {
    /// AWS's words, the cause and the fix, with the statement of the deployment policy that the user lacks.
    func explanation(_ context: Context) -> String {
        guard case .refused(let refusal) = self, let action = refusal.missingAction else { return description }
        let file = PolicyTemplate.deployment.fileName
        let template = try? context.file("deploy/" + file).text()
        let statements = template.map { PolicyTemplate.statements(of: $0, allowing: action) } ?? []
        let resource = refusal.message.firstMatch(of: /on resource: (arn:[^\s]+)/)?.output.1
        return description
            + (statements.isEmpty ? "" : ": statement \(statements.joined(separator: " or ")) of \(file)")
            + ", filled in by 'relayctl policies' (aws/HOWTO.md, step 11)"
            + (resource.map { "\n  if it does, it was filled in for another account, region or project than \($0)" }
                ?? "")
    }
}
