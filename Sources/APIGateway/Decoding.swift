/// The path, decoded once, but for `%2F`: that slash is no separator. One that is not UTF-8 afterwards stays as it is.
func percentDecoded(_ path: String) -> String {
    guard path.utf8.contains(UInt8(ascii: "%")) else { return path }
    let source = Array(path.utf8)
    var decoded: [UInt8] = []
    var index = 0
    while index < source.count {
        if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
            let high = hexadecimal(source[index + 1]), let low = hexadecimal(source[index + 2]),
            high << 4 | low != UInt8(ascii: "/")
        {
            decoded.append(high << 4 | low)
            index += 3
        } else {
            decoded.append(source[index])
            index += 1
        }
    }
    return String(validating: decoded, as: UTF8.self) ?? path
}

private func hexadecimal(_ digit: UInt8) -> UInt8? {
    Character(Unicode.Scalar(digit)).hexDigitValue.map(UInt8.init)
}

/// The path with one slash at its beginning: a base URL that ends in a slash makes two.
func withOneSlash(_ path: String) -> String {
    guard path.hasPrefix("//") else { return path }
    return "/" + path.drop { $0 == "/" }
}

/// The bytes that base64 stands for (RFC 4648, section 4); nil if it is none.
func base64Decoded(_ text: [UInt8]) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    var count = 0
    for letter in text.dropLast(padding) {
        guard let value = base64Value(of: letter) else { return nil }
        bits = bits << 6 | UInt32(value)
        count += 6
        guard count >= 8 else { continue }
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    return bytes
}

private func base64Value(of letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
}
