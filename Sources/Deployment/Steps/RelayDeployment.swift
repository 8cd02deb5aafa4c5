import Foundation
import HTTPClient
import Loopback

/// A stage's relay on AWS. Every step looks first and changes only what is not right, so that whatever an earlier run
/// left, the same again ends in the same deployment.
package final class RelayDeployment {
    let settings: StageSettings
    let isDryRun: Bool
    private let replacesOthers: Bool
    /// The ID of the REST API to use, if several have the function's name.
    let api: String?
    let temporaryFolder: String
    let client: AWSClient
    let lambda: LambdaService
    let restAPIs: RestAPIService
    let logs: LogsService
    let identity: IdentityService
    let report: (DeploymentEvent) -> Void
    /// The credentials' account, once it is known.
    private var account: String?
    /// Held from before the first change on.
    private var lock: StageLock?
    /// When this run last made something, which AWS may not know everywhere yet.
    private var lastCreation: MonotonicTime?

    /// - Parameters:
    ///   - isDryRun: whether AWS is only asked, and nothing changed.
    ///   - replacesOthers: whether a function with another runtime than the relay's is taken for the relay.
    ///   - api: the ID of the REST API to use, if several have the function's name.
    ///   - temporaryFolder: for what is downloaded, and for the lock of the stage.
    ///   - report: told what goes on.
    package init(
        settings: StageSettings,
        client: AWSClient,
        isDryRun: Bool = false,
        replacesOthers: Bool = false,
        api: String? = nil,
        temporaryFolder: String,
        report: @escaping (DeploymentEvent) -> Void
    ) {
        self.settings = settings
        self.isDryRun = isDryRun
        self.replacesOthers = replacesOthers
        self.api = api
        self.temporaryFolder = temporaryFolder
        self.client = client
        self.report = report
        lambda = LambdaService(client: client, function: settings.functionName)
        restAPIs = RestAPIService(client: client)
        logs = LogsService(client: client, group: settings.logGroup)
        identity = IdentityService(client: client)
    }

    // MARK: - Steps

    /// A step that is told.
    func step<Value>(
        _ title: String,
        _ body: () throws(AWSError) -> (outcome: DeploymentEvent.Outcome, detail: String?, value: Value)
    ) throws(AWSError) -> Value {
        report(.began(title))
        let done = try retrying(body)
        report(.ended(done.outcome, done.detail))
        return done.value
    }

    /// Does something again after what may have been a passing trouble. What changes something begins by looking, so that
    /// a change whose answer was lost is found and not made twice.
    func retrying<Value>(_ body: () throws(AWSError) -> Value) throws(AWSError) -> Value {
        let began = MonotonicTime.now
        var pause = 0.1
        while true {
            do {
                return try body()
            } catch {
                guard let patience = patience(with: error), MonotonicTime.now + pause < began + patience else {
                    throw error
                }
                report(.waiting)
                Thread.sleep(forTimeInterval: pause * .random(in: 0.8...1.2))
                pause = min(pause * 2, 8)
            }
        }
    }

    /// Notes that something was made just now.
    func created() {
        lastCreation = .now
    }

    /// Whether what is not found may only have been made a moment ago.
    private var hasJustCreated: Bool {
        lastCreation.map { MonotonicTime.now - $0 < 20 } ?? false
    }

    private func patience(with error: AWSError) -> Double? {
        if case .refused(let refusal) = error, refusal.isNotFound, hasJustCreated { return 20 }
        return error.patience
    }

    /// Makes a change, unless this is a dry run.
    func change(_ body: () throws(AWSError) -> Void) throws(AWSError) {
        if !isDryRun { try body() }
    }

    /// The credentials' account, which must be the role's.
    func findAccount() throws(AWSError) -> String {
        let account = try step("account") { () throws(AWSError) in
            let caller = try identity.caller()
            if case .arn(let account, _) = settings.role, account != caller.account {
                throw .blocked("role_arn is a role of account \(account), the credentials are \(caller.account)'s")
            }
            return (.found, "\(caller.account), \(client.region), as \(caller.arn)", caller.account)
        }
        self.account = account
        return account
    }

    /// Keeps this user's other commands on this machine from changing the stage until this one ends.
    func lock(for command: String) throws(AWSError) {
        guard !isDryRun, lock == nil else { return }
        // A stand-in for AWS is an account of its own.
        let name = [account ?? "", client.region, settings.functionName, client.endpoint ?? ""].joined(separator: "-")
        lock = try StageLock(slug(name), for: command, in: temporaryFolder)
    }

    /// The REST API of the function's name, which there must be one of, or the one that was chosen; nil if there is none.
    func findRestAPI() throws(AWSError) -> RestAPIService.RestAPI? {
        let found = try restAPIs.restAPIs(named: settings.functionName)
        if let api {
            guard let chosen = found.first(where: { $0.id == api }) else {
                throw .blocked(
                    "there is no REST API \(api) called \(settings.functionName) in \(client.region)"
                        + (found.isEmpty ? "" : "; there is \(Self.list(found))")
                )
            }
            return chosen
        }
        guard found.count <= 1 else {
            throw .blocked(
                "there are \(found.count) REST APIs called \(settings.functionName): \(Self.list(found)); "
                    + "'relayctl undeploy \(settings.stage) --api ID' removes one of them"
            )
        }
        return found.first
    }

    static func list(_ apis: [RestAPIService.RestAPI]) -> String {
        apis.map(\.id).joined(separator: ", ").printable()
    }

    /// The function as it is; a function of Zappa's is not touched.
    func findFunction() throws(AWSError) -> LambdaService.Configuration? {
        let function = try lambda.configuration()
        if let runtime = function?.runtime, runtime.hasPrefix("python") {
            throw .blocked(
                "\(settings.functionName) is Zappa's (\(runtime)); deploy beside it as another stage, or run "
                    + "'zappa undeploy \(settings.stage)' first (aws/HOWTO.md, step 12)"
            )
        }
        if let function, !replacesOthers, function.runtime?.hasPrefix("provided") != true {
            throw .blocked(
                "\(settings.functionName) is not the relay (\(function.runtime ?? "a container image")); "
                    + "'relayctl deploy --replace' puts the relay in its place"
            )
        }
        return function
    }

    /// The same, which must not have failed.
    func waitUntilUpdated() throws(AWSError) -> LambdaService.Configuration {
        try checked(waitUntilIdle())
    }

    func checked(_ function: LambdaService.Configuration) throws(AWSError) -> LambdaService.Configuration {
        if let reason = function.failure {
            throw .blocked("Lambda could not update the function: \(reason.printable())")
        }
        return function
    }

    /// The function as it was seen a moment ago, for the first look; later ones ask again.
    func look(
        at seen: inout LambdaService.Configuration?
    ) throws(AWSError) -> LambdaService.Configuration? {
        if let function = seen.take() { return function }
        return try findFunction()
    }

    /// What to say if a function is taken for granted.
    var noFunction: AWSError {
        .blocked("there is no function \(settings.functionName) in \(client.region); 'relayctl deploy' makes it")
    }

    /// The function, once Lambda is done with the last change; two minutes at most.
    ///
    /// - Parameter seen: what was found a moment ago, which is not asked for again.
    func waitUntilIdle(
        from seen: LambdaService.Configuration? = nil
    ) throws(AWSError) -> LambdaService.Configuration {
        var seen = seen
        let end = MonotonicTime.now + 120
        var pause = 0.1
        while MonotonicTime.now < end {
            let function = try look(at: &seen)
            guard function != nil || hasJustCreated else { throw .blocked("the function was deleted meanwhile") }
            if function?.state == "Failed", let reason = function?.failure {
                throw .blocked("Lambda could not make the function: \(reason.printable())")
            }
            if let function, !function.isBusy { return function }
            report(.waiting)
            Thread.sleep(forTimeInterval: pause)
            pause = min(pause * 1.5, 2)
        }
        throw .blocked("Lambda has been busy with \(settings.functionName) for two minutes; try again later")
    }
}
