import JSON

/// Why an invocation, or the start of the process, has no answer. Reported to Lambda, which shows it to whoever invoked
/// the function and counts it as an error.
package struct FunctionError: Error, Sendable, Equatable {
    /// The error's type. AWS keeps one of the form `Runtime.Name` or `Function.Name`, letters only, and makes anything
    /// else `Runtime.Unknown`.
    package enum Kind: String, Sendable {
        /// The event is none that this function knows.
        case unmarshal = "Runtime.UnmarshalError"
        /// The response is larger than Lambda takes.
        case responseTooLarge = "Function.ResponseSizeTooLarge"
        /// The environment is not what the function needs.
        case configuration = "Function.InvalidConfiguration"
        /// A fault of the function's own.
        case fault = "Function.Fault"
    }

    /// The type.
    package let kind: Kind
    /// One sentence for people; never with a secret in it.
    package let message: String

    /// An error of that type.
    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The body that the Runtime API takes
    /// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-invokeerror).
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("errorMessage", message)
            $0.member("errorType", kind.rawValue)
            $0.member("stackTrace", [String]())
        }
        return writer.bytes
    }
}
