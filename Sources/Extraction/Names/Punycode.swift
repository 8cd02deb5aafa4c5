/// Punycode (RFC 3492).
enum Punycode {
    /// A label without its `xn--`, decoded; nil for what is not punycode.
    static func decoded(_ text: some StringProtocol) -> String? {
        var text = String(text)
        var output: [UInt8] = []
        guard text.withUTF8({ decode(label: $0, into: &output) }) else { return nil }
        return String(decoding: output, as: UTF8.self)
    }

    /// Appends the name with its labels decoded. False if none of them is punycode; nothing is appended then.
    static func decode(_ name: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
        let before = output.count
        var isPunycode = false
        var start = 0
        for index in 0...name.count where index == name.count || name[index] == UInt8(ascii: ".") {
            let label = UnsafeBufferPointer(rebasing: name[start..<index])
            defer { start = index + 1 }
            let hasPrefix =
                label.count > 4 && label[0] == 0x78 && label[1] == 0x6E && label[2] == 0x2D && label[3] == 0x2D
            if output.count == before {
                guard hasPrefix else { continue }
                output.append(contentsOf: name[..<start])
            }
            if hasPrefix, decode(label: UnsafeBufferPointer(rebasing: label[4...]), into: &output) {
                isPunycode = true
            } else {
                output.append(contentsOf: label)
            }
            if index < name.count { output.append(UInt8(ascii: ".")) }
        }
        if !isPunycode { output.removeLast(output.count - before) }
        return isPunycode
    }

    /// Appends a label without its `xn--`, decoded. False for what is not punycode; nothing is appended then.
    private static func decode(label input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
        // No label of the DNS is longer.
        guard input.count <= 63 else { return false }
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { scalars in
            guard let count = decode(input, into: scalars) else { return false }
            for code in scalars[..<count] {
                guard let scalar = Unicode.Scalar(code), let bytes = Unicode.UTF8.encode(scalar) else { continue }
                output.append(contentsOf: bytes)
            }
            return true
        }
    }

    /// Returns how many scalars there are; nil for what is not punycode.
    private static func decode(
        _ input: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutableBufferPointer<UInt32>
    ) -> Int? {
        let delimiter = input.lastIndex(of: UInt8(ascii: "-"))
        var count = delimiter ?? 0
        for index in 0..<count { output[index] = UInt32(input[index]) }
        var position = delimiter.map { $0 + 1 } ?? 0
        var (code, index, bias) = (128, 0, 72)
        while position < input.count {
            let start = index
            var (weight, step) = (1, 36)
            while true {
                guard position < input.count, let digit = digit(input[position]) else { return nil }
                position += 1
                index += digit * weight
                let threshold = min(max(step - bias, 1), 26)
                if digit < threshold { break }
                weight *= 36 - threshold
                step += 36
                // Far beyond any scalar's number.
                guard weight < 1 << 32, index < 1 << 40 else { return nil }
            }
            count += 1
            bias = adapted(index - start, count: count, isFirst: start == 0)
            code += index / count
            index %= count
            guard code <= 0x10FFFF, Unicode.Scalar(UInt32(code)) != nil else { return nil }
            var place = count - 1
            while place > index {
                output[place] = output[place - 1]
                place -= 1
            }
            output[index] = UInt32(code)
            index += 1
        }
        return count
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch lowercase(byte) {
        case let letter where isLetter(letter): Int(letter) - 0x61
        case let digit where isDigit(digit): Int(digit) - 0x30 + 26
        default: nil
        }
    }

    private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var steps = 0
        while delta > 455 {
            delta /= 35
            steps += 36
        }
        return steps + 36 * delta / (delta + 38)
    }
}
