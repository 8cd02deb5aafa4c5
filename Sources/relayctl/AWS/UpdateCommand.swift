/// `relayctl update`: the same, for a function that is there.
struct UpdateCommand: Subcommand {
    static let name = "update"
    static let summary = "Deploy new code or settings to a function that is there"
    static let synopsis = "STAGE [OPTION]..."
    static let discussion = """
        Does what deploy does, but fails if there is no function yet.

          relayctl update dev
        """
    static let options = deploymentOptions

    private let request: DeploymentRequest

    init(_ arguments: Arguments) throws {
        request = try DeploymentRequest(arguments)
    }

    func run(_ context: Context) throws -> Int32 {
        try request.deploy(onlyUpdates: true, context)
    }
}
