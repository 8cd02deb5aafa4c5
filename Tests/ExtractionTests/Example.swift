import Extraction
import Testing

/// A text, what is to be found in it and what is to be left out, in order.
struct Example: Sendable, CustomTestStringConvertible {
    let text: String
    let found: [String]
    let leftOut: [String]

    /// - Parameters:
    ///   - found: values, with blanks between them; what kind each is of can be seen.
    ///   - leftOut: values, with blanks between them.
    init(_ text: String, _ found: String = "", leftOut: String = "") {
        self.text = text
        self.found = found.split(separator: " ").map(Self.described)
        self.leftOut = leftOut.split(separator: " ").map(String.init)
    }

    var testDescription: String {
        text
    }

    private static func described(_ value: Substring) -> String {
        let kind: TextObservables.Kind =
            if value.contains("@") {
                .email
            } else if value.contains(":") {
                .ipv6
            } else if value.allSatisfy({ $0.isNumber || $0 == "." }) {
                .ip
            } else {
                .domain
            }
        return "\(kind.rawValue) \(value)"
    }
}

/// What was found, as examples describe it.
func described(_ observables: TextObservables) -> [String] {
    observables.found.map { "\($0.kind.rawValue) \($0.value)" }
}
