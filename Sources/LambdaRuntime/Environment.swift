#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The process's variables, read once; Foundation takes a tenth of a millisecond for the same.
package func processEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
        if let value = strchr(text, Int32(UInt8(ascii: "="))) {
            let name = UnsafeRawBufferPointer(start: text, count: value - text)
            variables[String(decoding: name, as: UTF8.self)] = String(cString: value + 1)
        }
        entry += 1
    }
    return variables
}
