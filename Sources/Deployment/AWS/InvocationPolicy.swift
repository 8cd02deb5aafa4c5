import Loopback

/// Who may call the function: its resource-based policy.
/// https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
struct InvocationPolicy {
    private let statements: [JSONValue]

    /// Reads the policy's JSON text; what can't be read allows nothing.
    init(_ text: String) {
        let statements = (try? JSONValue(parsing: text.utf8))?["Statement"]
        self.statements = statements?.array ?? [statements].compactMap(\.self)
    }

    /// Whether a statement allows API Gateway to call the function for that source, on no further condition.
    func letsAPIGatewayInvoke(for sourceARN: String) -> Bool {
        statements.contains { statement in
            statement["Effect"]?.string == "Allow"
                && statement["Principal"]?["Service"].holds("apigateway.amazonaws.com") == true
                && ["lambda:InvokeFunction", "lambda:*"].contains { statement["Action"].holds($0) }
                && Self.source(of: statement).holds(sourceARN)
        }
    }

    /// What the statement's condition asks of the source's ARN; nil if it asks for more than that.
    private static func source(of statement: JSONValue) -> JSONValue? {
        guard let condition = statement["Condition"]?.object, condition.count == 1, let test = condition.first,
            ["ArnLike", "ArnEquals", "StringLike", "StringEquals"].contains(test.key),
            let keys = test.value.object, keys.count == 1, let key = keys.first,
            key.key.lowercased() == "aws:sourcearn"
        else { return nil }
        return key.value
    }
}

extension JSONValue? {
    /// Whether it is the text, or a list that has it.
    fileprivate func holds(_ text: String) -> Bool {
        self?.string == text || self?.array?.contains(.string(text)) == true
    }
}
