import Foundation

/// An X-Ray trace header that is not sampled.
/// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
func traceHeader() -> String {
    "\(traceRoot());Parent=\(randomHex(16));Sampled=0"
}

/// Its first part, which a gateway adds to a request.
func traceRoot() -> String {
    "Root=1-\(String(Int(Date().timeIntervalSince1970), radix: 16))-\(randomHex(16))\(randomHex(8))"
}

/// So many random hexadecimal digits, 16 at most.
private func randomHex(_ digits: Int) -> String {
    let text = String(UInt64.random(in: 0 ... .max), radix: 16)
    return String(repeating: "0", count: max(0, 16 - text.count)).appending(text).suffix(digits).description
}
