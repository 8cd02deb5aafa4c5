import Testing

@testable import Deployment

@Suite("The permission to call the function")
struct InvocationPolicyTests {
    private let source = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/*"

    private func permits(
        effect: String = "Allow",
        principal: String = #"{"Service": "apigateway.amazonaws.com"}"#,
        action: String = #""lambda:InvokeFunction""#,
        condition: String? = nil
    ) -> Bool {
        let condition = condition ?? #"{"ArnLike": {"AWS:SourceArn": "\#(source)"}}"#
        let statement = """
            {"Sid": "x", "Effect": "\(effect)", "Principal": \(principal), "Action": \(action), "Condition": \(condition)}
            """
        return InvocationPolicy(#"{"Version": "2012-10-17", "Statement": [\#(statement)]}"#)
            .letsAPIGatewayInvoke(for: source)
    }

    @Test("The statement that deploy adds allows the call, and so do its other spellings")
    func allowed() {
        #expect(permits())
        #expect(permits(principal: #"{"Service": ["apigateway.amazonaws.com", "x.amazonaws.com"]}"#))
        #expect(permits(action: #"["lambda:InvokeFunction", "lambda:GetFunction"]"#))
        #expect(permits(condition: #"{"ArnLike": {"aws:SourceArn": ["\#(source)"]}}"#))
        let escaped = source.replacing("/", with: "\\/")
        #expect(permits(condition: #"{"StringLike": {"AWS:SourceArn": "\#(escaped)"}}"#))
    }

    @Test("A statement for less, for another, or on a further condition does not")
    func refused() {
        #expect(!permits(effect: "Deny"))
        #expect(!permits(principal: #"{"Service": "events.amazonaws.com"}"#))
        #expect(!permits(action: #""lambda:GetFunction""#))
        #expect(!permits(condition: #"{"ArnLike": {"AWS:SourceArn": "\#(source)/GET/version"}}"#))
        #expect(!permits(condition: #"{"ArnNotLike": {"AWS:SourceArn": "\#(source)"}}"#))
        #expect(
            !permits(condition: #"{"ArnLike": {"AWS:SourceArn": "\#(source)", "AWS:PrincipalArn": "x"}}"#)
        )
        let account = #""StringEquals": {"AWS:SourceAccount": "999999999999"}"#
        #expect(!permits(condition: #"{"ArnLike": {"AWS:SourceArn": "\#(source)"}, \#(account)}"#))
    }

    @Test("A text that is no policy allows nothing", arguments: ["", "{}", "[]", #"{"Statement": "x"}"#])
    func noPolicy(text: String) {
        #expect(!InvocationPolicy(text).letsAPIGatewayInvoke(for: source))
    }
}
