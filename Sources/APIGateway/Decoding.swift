#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

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
    Data(base64Encoded: Data(text)).map(Array.init)
}
