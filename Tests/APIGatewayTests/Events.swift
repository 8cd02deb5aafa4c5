import Foundation

/// Events in the full shape in which AWS publishes them, with values of our own.
enum Events {
    /// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
    static let rest = """
        {
          "resource": "/{proxy+}", "path": "/observe/observables", "httpMethod": "POST",
          "headers": {
            "Accept": "application/json", "Authorization": "Bearer a.b.c", "CloudFront-Viewer-Country": "DE",
            "Content-Type": "application/json", "Host": "k3x9d2m7qa.execute-api.eu-west-1.amazonaws.com",
            "User-Agent": "Cisco XDR", "X-Forwarded-For": "198.51.100.4, 203.0.113.90", "X-Forwarded-Proto": "https"
          },
          "multiValueHeaders": {
            "Accept": ["application/json"], "Authorization": ["Bearer a.b.c"], "CloudFront-Viewer-Country": ["DE"],
            "Content-Type": ["application/json"], "Host": ["k3x9d2m7qa.execute-api.eu-west-1.amazonaws.com"],
            "User-Agent": ["Cisco XDR"], "X-Forwarded-For": ["198.51.100.4, 203.0.113.90"], "X-Forwarded-Proto": ["https"]
          },
          "queryStringParameters": {"q": "2"}, "multiValueQueryStringParameters": {"q": ["1", "2"]},
          "pathParameters": {"proxy": "observe/observables"}, "stageVariables": {"colour": "blue"},
          "requestContext": {
            "accountId": "210987654321", "apiId": "k3x9d2m7qa",
            "authorizer": {"principalId": "someone", "claims": null, "scopes": ["read"]},
            "domainName": "k3x9d2m7qa.execute-api.eu-west-1.amazonaws.com", "domainPrefix": "k3x9d2m7qa",
            "extendedRequestId": "QfH2kE9xjoEFVxQ=", "httpMethod": "POST",
            "identity": {
              "accessKey": null, "accountId": null, "apiKey": null, "apiKeyId": null, "caller": null,
              "clientCert": {
                "clientCertPem": "-----BEGIN CERTIFICATE-----", "issuerDN": "CN=issuer", "serialNumber": "01",
                "subjectDN": "CN=client",
                "validity": {"notAfter": "Aug  5 00:28:21 2035 GMT", "notBefore": "Aug  5 00:28:21 2025 GMT"}
              },
              "cognitoAuthenticationProvider": null, "cognitoAuthenticationType": null, "cognitoIdentityId": null,
              "cognitoIdentityPoolId": null, "principalOrgId": null, "sourceIp": "198.51.100.4", "user": null,
              "userAgent": "Cisco XDR", "userArn": null
            },
            "path": "/live/observe/observables", "protocol": "HTTP/1.1",
            "requestId": "0f5a6c1e-2f4c-4d0a-9f6a-6f0b2d9b8c11", "requestTime": "29/Feb/2024:23:59:59 +0000",
            "requestTimeEpoch": 1709251199123, "resourceId": "zx81ab", "resourcePath": "/{proxy+}", "stage": "live"
          },
          "body": "[{\\"type\\":\\"domain\\",\\"value\\":\\"shop.example\\"}]", "isBase64Encoded": false
        }
        """

    /// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, format 2.0
    static let http = """
        {
          "version": "2.0", "routeKey": "ANY /{proxy+}", "rawPath": "/live/observe/observables",
          "rawQueryString": "q=1&q=2", "cookies": ["a=1", "b=2"],
          "headers": {
            "accept": "application/json", "authorization": "Bearer a.b.c", "content-length": "43",
            "content-type": "application/json", "host": "p0o9i8u7y6.execute-api.us-east-1.amazonaws.com",
            "x-forwarded-for": "198.51.100.4", "x-forwarded-port": "443", "x-forwarded-proto": "https"
          },
          "queryStringParameters": {"q": "1,2"},
          "requestContext": {
            "accountId": "210987654321", "apiId": "p0o9i8u7y6",
            "authentication": {"clientCert": {"clientCertPem": "PEM", "serialNumber": "01"}},
            "authorizer": {"jwt": {"claims": {"sub": "x"}, "scopes": ["read"]}},
            "domainName": "p0o9i8u7y6.execute-api.us-east-1.amazonaws.com", "domainPrefix": "p0o9i8u7y6",
            "http": {
              "method": "POST", "path": "/live/observe/observables", "protocol": "HTTP/1.1",
              "sourceIp": "198.51.100.4", "userAgent": "Cisco XDR"
            },
            "requestId": "JKJaXmPLvHcESHA=", "routeKey": "ANY /{proxy+}", "stage": "live",
            "time": "29/Feb/2024:23:59:59 +0000", "timeEpoch": 1709251199123
          },
          "body": "[{\\"type\\":\\"domain\\",\\"value\\":\\"shop.example\\"}]",
          "pathParameters": {"proxy": "observe/observables"}, "isBase64Encoded": false,
          "stageVariables": {"colour": "blue"}
        }
        """

    /// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload
    static let functionURL = """
        {
          "version": "2.0", "routeKey": "$default", "rawPath": "/observe/observables", "rawQueryString": "",
          "headers": {
            "authorization": "Bearer a.b.c", "content-type": "application/json",
            "host": "h4q7ybz2n5.lambda-url.eu-north-1.on.aws", "x-amzn-trace-id": "Root=1-65e11a3f-0123"
          },
          "requestContext": {
            "accountId": "anonymous", "apiId": "h4q7ybz2n5", "authentication": null,
            "authorizer": {"iam": {"accessKey": "AKIA", "callerId": "AIDA", "cognitoIdentity": null}},
            "domainName": "h4q7ybz2n5.lambda-url.eu-north-1.on.aws", "domainPrefix": "h4q7ybz2n5",
            "http": {
              "method": "POST", "path": "/observe/observables", "protocol": "HTTP/1.1",
              "sourceIp": "198.51.100.4", "userAgent": "Cisco XDR"
            },
            "requestId": "e1506fd5-9e7b-434f-bd42-4f8fa224b599", "routeKey": "$default", "stage": "$default",
            "time": "29/Feb/2024:23:59:59 +0000", "timeEpoch": 1709251199123
          },
          "body": "[{\\"type\\":\\"domain\\",\\"value\\":\\"shop.example\\"}]",
          "pathParameters": null, "isBase64Encoded": false, "stageVariables": null, "cookies": ["a=1"]
        }
        """

    /// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#receive-event-from-load-balancer
    static let loadBalancer = """
        {
          "requestContext": {
            "elb": {
              "targetGroupArn":
                "arn:aws:elasticloadbalancing:eu-west-1:210987654321:targetgroup/relay/6d0ecf831eec9f09"
            }
          },
          "httpMethod": "POST", "path": "/observe/observables", "queryStringParameters": {"q": "a%20b"},
          "headers": {
            "accept": "application/json", "authorization": "Bearer a.b.c", "content-type": "application/json",
            "host": "relay-846800462.eu-west-1.elb.amazonaws.com", "x-forwarded-for": "198.51.100.4",
            "x-forwarded-port": "443", "x-forwarded-proto": "https"
          },
          "body": "[{\\"type\\":\\"domain\\",\\"value\\":\\"shop.example\\"}]", "isBase64Encoded": false
        }
        """

    /// The same target group with multi-value headers switched on.
    static let loadBalancerMultiValue = """
        {
          "requestContext": {
            "elb": {
              "targetGroupArn":
                "arn:aws:elasticloadbalancing:eu-west-1:210987654321:targetgroup/relay/6d0ecf831eec9f09"
            }
          },
          "httpMethod": "POST", "path": "/observe/observables", "multiValueQueryStringParameters": {"q": ["1", "2"]},
          "multiValueHeaders": {
            "accept": ["application/json"], "authorization": ["Bearer a.b.c"], "content-type": ["application/json"],
            "host": ["relay-846800462.eu-west-1.elb.amazonaws.com"], "x-forwarded-for": ["198.51.100.4"]
          },
          "body": "[{\\"type\\":\\"domain\\",\\"value\\":\\"shop.example\\"}]", "isBase64Encoded": false
        }
        """

    /// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
    static let scheduled = """
        {
          "version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event",
          "source": "aws.events", "account": "210987654321", "time": "2024-02-29T23:56:00Z", "region": "eu-west-1",
          "resources": ["arn:aws:events:eu-west-1:210987654321:rule/keep-warm"], "detail": {}
        }
        """

    /// An event's members, to be changed.
    static func members(_ event: String) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(event.utf8)) as? [String: Any] ?? [:]
    }

    /// An event's bytes, with other values for some of its members; nil takes one out.
    static func json(_ event: String, _ changes: [String: Any?] = [:]) throws -> Data {
        var members = try members(event)
        for (name, value) in changes { members[name] = value }
        return try JSONSerialization.data(withJSONObject: members)
    }

    /// An event's bytes, with another value for a member of its context; nil takes it out.
    static func json(_ event: String, context name: String, _ value: Any?) throws -> Data {
        var members = try members(event)
        var context = members["requestContext"] as? [String: Any] ?? [:]
        context[name] = value
        members["requestContext"] = context
        return try JSONSerialization.data(withJSONObject: members)
    }
}
