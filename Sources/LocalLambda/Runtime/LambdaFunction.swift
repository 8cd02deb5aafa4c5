import Foundation

/// The function that is played: what its configuration puts into the process's environment.
package struct LambdaFunction: Sendable {
    /// The name.
    package var name: String
    /// MB of memory, as configured; nothing enforces it here.
    package var memory: Int
    /// Seconds that an invocation may take.
    package var timeout: Double
    /// Seconds from the start of the process to its first `next`; Lambda allows 10.
    package var initTimeout = 10.0
    /// How many invocations one process runs at once (Lambda Managed Instances).
    package var concurrency: Int
    /// The function's own variables; laid over Lambda's.
    package var variables: [String: String]

    /// A function.
    package init(
        name: String = "securitytrails-relay-local",
        memory: Int = 512,
        timeout: Double = 30,
        concurrency: Int = 1,
        variables: [String: String] = [:]
    ) {
        self.name = name
        self.memory = memory
        self.timeout = timeout
        self.concurrency = concurrency
        self.variables = variables
    }

    /// The function's name to AWS, with the account number of the documentation.
    package var arn: String {
        "arn:aws:lambda:us-east-1:123456789012:function:\(name)"
    }

    /// The whole environment of a process.
    /// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    package func environment(runtimeAPI: String, taskRoot: String) -> [String: String] {
        var environment = [
            "PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "LAMBDA_TASK_ROOT": taskRoot,
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
            "_HANDLER": "bootstrap",
            "AWS_EXECUTION_ENV": "AWS_Lambda_provided.al2023",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_LAMBDA_RUNTIME_API": runtimeAPI,
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": String(memory),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/\(name)",
            "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
            "AWS_LAMBDA_LOG_FORMAT": "Text",
        ]
        if concurrency > 1 {
            environment["AWS_LAMBDA_MAX_CONCURRENCY"] = String(concurrency)
            environment["AWS_LAMBDA_INITIALIZATION_TYPE"] = "lambda-managed-instances"
        }
        // A toolchain that is not in the system's folders is found by this only.
        environment["LD_LIBRARY_PATH"] = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
        return environment.merging(variables) { $1 }
    }
}
