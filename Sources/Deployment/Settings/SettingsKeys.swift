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
        "app_module": "the executable is called bootstrap, as Lambda wants it",
        "async_resources": "nothing is called asynchronously",
        "binary_support": "every answer is JSON",
        "context_header_mappings": "the relay reads what it needs from the event",
        "debug": "the relay has no debugger; log_level says how much is logged",
        "delete_local_zip": "the zip stays for the next deployment",
        "delete_s3_zip": "the zip goes straight to Lambda",
        "django_settings": "the relay is no Django application",
        "exception_handler": "errors are answered and logged by the relay itself",
        "exclude_glob": "the zip holds the executable and its certificates, nothing to exclude",
        "include": "the zip holds what the executable needs",
        "keep_warm_expression": "a cold start of this relay takes milliseconds",
        "lambda_handler": "the executable is called bootstrap, as Lambda wants it",
        "payload_compression": "answers are small",
        "payload_minimum_compression_size": "answers are small",
        "settings_file": "the relay is no Django application",
        "touch_path": "the URL is always asked for its version at the end",
        "use_precompiled_packages": "the relay is one executable",
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
        "additional_text_mimetypes": "every answer is JSON",
        "alb_enabled": "API Gateway is how the relay gets its URL",
        "alb_vpc_config": "API Gateway is how the relay gets its URL",
        "api_key": "SecureX and XDR send no x-api-key; the relay checks their JWT",
        "apigateway_description": "the REST API has no description",
        "apigateway_policy": "the relay checks the caller's JWT itself; set a policy in the console",
        "assume_policy": "the role is made by hand, once",
        "async_response_table": "nothing is called asynchronously",
        "async_response_table_read_capacity": "nothing is called asynchronously",
        "async_response_table_write_capacity": "nothing is called asynchronously",
        "attach_policy": "the role is made by hand, once, so that nobody can grant themselves rights",
        "aws_kms_key_arn": "Lambda's own key encrypts the variables; set another in the console",
        "base_path": "custom domains are not set up here; put one before the API in the console",
        "cache_cluster_enabled": "answers are for one caller and must not be cached",
        "cache_cluster_encrypted": "answers are for one caller and must not be cached",
        "cache_cluster_size": "answers are for one caller and must not be cached",
        "cache_cluster_ttl": "answers are for one caller and must not be cached",
        "callbacks": "no code of yours runs while the relay is deployed",
        "certificate": "custom domains are not set up here; put one before the API in the console",
        "certificate_chain": "custom domains are not set up here; put one before the API in the console",
        "certificate_key": "custom domains are not set up here; put one before the API in the console",
        "cloudwatch_data_trace": "it would write JWTs to a log",
        "cloudwatch_log_level": "API Gateway's own log is not set up; the relay logs every request",
        "cloudwatch_metrics_enabled": "detailed metrics are not set up; switch them on in the console",
        "cognito": "no user pool calls the relay",
        "dead_letter_arn": "nothing is called asynchronously",
        "docker_image_uri": "the relay is deployed as a zip",
        "endpoint_configuration": "the REST API is regional",
        "ephemeral_storage": "the relay writes no files",
        "events": "nothing but API Gateway calls the relay",
        "extra_permissions": "the role is made by hand, once, so that nobody can grant themselves rights",
        "function_url_config": "API Gateway is how the relay gets its URL",
        "function_url_enabled": "API Gateway is how the relay gets its URL",
        "lambda_concurrency": "reserved concurrency is not set here; set it in the console",
        "layers": "the relay is one executable",
        "lets_encrypt_expression": "custom domains are not set up here; put one before the API in the console",
        "lets_encrypt_key": "custom domains are not set up here; put one before the API in the console",
        "prebuild_script": "no code of yours runs while the relay is deployed",
        "remote_env": "aws_environment_variables and 'relayctl jwt --set' set the variables",
        "route53_enabled": "custom domains are not set up here; put one before the API in the console",
        "snap_start": "a cold start of this relay takes milliseconds",
        "throttle_burst_limit": "API Gateway's limits are not set here; set them in the console",
        "throttle_rate_limit": "API Gateway's limits are not set here; set them in the console",
        "xray_tracing": "tracing is not set up here, and the role does not allow it",
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
