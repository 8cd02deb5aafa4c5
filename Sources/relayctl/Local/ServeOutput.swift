import Foundation
import LocalLambda
import Loopback

/// What `relayctl serve` says, a line at a time.
struct ServeOutput: Sendable {
    let context: Context
    let gateway: LocalGateway
    let function: LambdaFunction

    /// A line on standard output. If that can't be written, nobody listens any more, and that ends it all.
    func announce(_ line: String) {
        if !context.print(line) { kill(getpid(), SIGTERM) }
    }

    func introduce(_ executable: String, port: Int, _ demonstration: Demonstration) {
        let names: [GatewayKind: String] = [
            .rest: "API Gateway's REST API", .http: "API Gateway's HTTP API", .url: "a Lambda function URL",
            .alb: "an Application Load Balancer",
        ]
        announce(
            "http://localhost:\(port)\(gateway.prefix)/ answers as \(names[gateway.kind] ?? "") would, by \(executable)."
        )
        announce("http://127.0.0.1:\(port)/ is a page to investigate with.")
        if demonstration.standIn != nil {
            announce("A stand-in with made-up data answers for SecurityTrails.")
            announce("It knows example.com, www.example.net, 192.0.2.10, 198.51.100.7 and 2001:db8::10.")
        }
        // A key that was made up a moment ago, only for this run, is nobody's secret.
        if demonstration.hasMadeUpSecret, let token = demonstration.token {
            announce("A SECRET_KEY was made up; this is a token of it:")
            announce("Authorization: Bearer \(token)")
        }
        announce("Ctrl-C ends it.")
    }

    func show(_ record: GatewayServer.Record) {
        let complaints = record.complaints.map { "\n    in AWS: \($0)" }
        announce("\(record.method) \(record.target) \(record.status)" + complaints.joined())
    }

    /// Lambda's own line of an invocation
    /// (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html).
    func report(_ report: ExecutionEnvironment.Report) {
        func milliseconds(_ seconds: Double) -> String { String(format: "%.2f ms", seconds * 1000) }
        var fields = [
            "REPORT RequestId: \(report.id)",
            "Duration: \(milliseconds(report.duration))",
            "Billed Duration: \(Int(((report.duration + (report.initDuration ?? 0)) * 1000).rounded(.up))) ms",
            "Memory Size: \(function.memory) MB",
            "Max Memory Used: \((report.peakMemory + 1_048_575) / 1_048_576) MB",
        ]
        if let initDuration = report.initDuration { fields.append("Init Duration: \(milliseconds(initDuration))") }
        switch report.outcome {
        case .timedOut: fields.append("Status: timeout")
        case .ended(let how): fields.append("Status: error, \(how)")
        case .error(let error): fields.append("Status: error\tError Type: \(error.type ?? "none")")
        case .response: break
        }
        announce(fields.joined(separator: "\t"))
    }
}
