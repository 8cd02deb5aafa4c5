/// Punycode (RFC 3492).
enum Punycode {
    /// A label without its `xn--`, decoded; nil for what is not punycode.
    static func decoded(_ text: some StringProtocol) -> String? {
        let input = Array(text.utf8)
        // No label of the DNS is longer.
        guard input.count <= 63 else { return nil }
        let delimiter = input.lastIndex(of: UInt8(ascii: "-"))
        var output = (delimiter.map { input[..<$0] } ?? []).map { Unicode.Scalar($0) }
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
            let count = output.count + 1
            bias = adapted(index - start, count: count, isFirst: start == 0)
            code += index / count
            index %= count
            guard code <= 0x10FFFF, let scalar = Unicode.Scalar(UInt32(code)) else { return nil }
            output.insert(scalar, at: index)
            index += 1
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: output)
        return String(text)
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
