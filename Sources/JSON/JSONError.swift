/// A text that is not JSON as RFC 8259 has it.
package struct JSONError: Error, Equatable {
    /// What is wrong, for people.
    package enum Problem: String, Sendable {
        case unexpected = "unexpected character"
        case end = "the text ends too early"
        case string = "a string that is not Unicode, or has a control character or an unknown escape in it"
        case number = "not a number"
        case depth = "more than 512 arrays and objects inside each other"
        case trailing = "more text after the end"
    }

    package let problem: Problem
    /// Bytes before the place where it was found.
    package let offset: Int

    package init(problem: Problem, offset: Int) {
        self.problem = problem
        self.offset = offset
    }
}

extension JSONError {
    /// Where it is and what is wrong there, `LINE:COLUMN: REASON`, both counted from 1, columns in Unicode scalars. The
    /// text itself is not repeated: it may hold a secret.
    package func explanation(in text: some Sequence<UInt8>) -> String {
        var (line, column) = (1, 1)
        // 0xEF at the beginning is the byte order mark, which takes no column.
        for (index, byte) in text.enumerated() {
            guard index < offset else { break }
            if byte == 0x0A {
                (line, column) = (line + 1, 1)
            } else if byte & 0xC0 != 0x80, index > 0 || byte != 0xEF {
                column += 1
            }
        }
        return "\(line):\(column): \(problem.rawValue)"
    }
}
