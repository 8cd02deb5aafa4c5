/// The keys of a stage: Zappa's, and what becomes of each.
enum SettingsKeys {
    /// Those that say how the relay is deployed.
    static let used: Set<String> = [
        "architecture", "aws_environment_variables", "aws_region", "extends", "lambda_description", "log_level",
        "memory_size", "num_retained_versions", "profile_name", "project_name", "role_arn", "role_name", "runtime",
        "tags", "timeout_seconds",
    ]

    /// Those that do no harm and nothing else.
    static let withoutEffect: [String: String] = [
        "apigateway_enabled": "API Gateway is how the relay gets its URL",
        "app_function": "the executable is called bootstrap, as Lambda wants it",
        "exclude": "the zip holds the executable and its certificates, nothing to exclude",
        "keep_warm": "a cold start of this relay takes milliseconds",
        "manage_roles": "the role is made by hand, once",
        "s3_bucket": "the zip goes straight to Lambda",
        "slim_handler": "the zip is small enough",
        "touch": "the URL is always asked for its version at the end",
    ]

    /// Those that ask for something that this deployment does not do; false or null asks for nothing.
    static let refused: [String: String] = [
        "api_key_required": "SecureX and XDR send no x-api-key; the relay checks their JWT",
        "authorizer": "the relay checks the caller's JWT itself",
        "certificate_arn": "custom domains are not set up here; put one before the API in the console",
        "cors": "no browser calls the relay",
        "domain": "custom domains are not set up here; put one before the API in the console",
        "environment_variables": "wrote them into Zappa's Python settings; use aws_environment_variables",
        "iam_authorization": "SecureX and XDR can't sign for IAM; the relay checks their JWT",
        "vpc_config": "the relay needs the internet and nothing inside a VPC",
    ]

    static let all = used.union(withoutEffect.keys).union(refused.keys)

    /// Variables that Lambda sets and refuses from anyone else.
    /// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    static let reservedVariables: Set<String> = [
        "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_METADATA_API", "AWS_LAMBDA_METADATA_TOKEN", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_HANDLER",
        "_X_AMZN_TRACE_ID",
    ]
}
