import HTTPClient
import JSON

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The log: one record a line, written with one call, in Lambda's own two forms
/// (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html).
package struct Log: Sendable {
    /// How much a record matters, from the least.
    package enum Level: String, CaseIterable, Comparable, Sendable {
        /// Every step.
        case trace = "TRACE"
        /// What a developer wants to see; the only level, with TRACE, at which observables may be named.
        case debug = "DEBUG"
        /// One record an invocation.
        case info = "INFO"
        /// Something is not as it should be, and the process goes on.
        case warn = "WARN"
        /// An invocation has no answer.
        case error = "ERROR"
        /// The process ends.
        case fatal = "FATAL"

        /// Whether one level matters less than the other.
        package static func < (left: Level, right: Level) -> Bool {
            left.rank < right.rank
        }

        private var rank: Int {
            Level.allCases.firstIndex(of: self) ?? 0
        }

        /// The level that a variable names, in any case; Python's names are taken too.
        init?(_ name: String?) {
            switch name?.uppercased() {
            case "WARNING": self = .warn
            case "CRITICAL": self = .fatal
            case let name?: self.init(rawValue: name)
            case nil: return nil
            }
        }
    }

    /// How records look.
    package enum Format: Sendable {
        /// Time, request id, level and message, with tabs between them.
        case text
        /// An object a record.
        case json
    }

    /// A member of a record beside its message.
    package enum Value: Sendable, Equatable {
        /// A string.
        case string(String)
        /// A whole number.
        case number(Int)
        /// Several strings.
        case strings([String])
    }

    private let format: Format
    private let level: Level
    private let file: Int32

    /// A log on standard output, or on another file.
    package init(format: Format, level: Level, file: Int32 = STDOUT_FILENO) {
        self.format = format
        self.level = level
        self.file = file
    }

    /// The log that the environment asks for: `AWS_LAMBDA_LOG_FORMAT`; `AWS_LAMBDA_LOG_LEVEL`, else `LOG_LEVEL`, else
    /// INFO.
    package init(environment: [String: String]) {
        self.init(
            format: environment["AWS_LAMBDA_LOG_FORMAT"]?.uppercased() == "JSON" ? .json : .text,
            level: Level(environment["AWS_LAMBDA_LOG_LEVEL"]) ?? Level(environment["LOG_LEVEL"]) ?? .info
        )
    }

    /// Whether records of that level are written.
    package func isEnabled(_ level: Level) -> Bool {
        level >= self.level
    }

    /// Writes a record. In the text form the fields are left out: the message says what matters.
    package func write(
        _ level: Level,
        _ message: @autoclosure () -> String,
        requestID: String? = nil,
        fields: @autoclosure () -> [(String, Value)] = []
    ) {
        guard isEnabled(level) else { return }
        let now = secondsSince1970()
        let time = CalendarDate.timestamp(
            secondsSince1970: Int(now),
            milliseconds: Int(now.truncatingRemainder(dividingBy: 1) * 1000)
        )
        var line: [UInt8]
        switch format {
        case .text:
            line = Array("\(time)\t\(requestID ?? "-")\t\(level.rawValue)\t".utf8)
            line += Self.replacingInvisible(in: Array(message().utf8)) { _, text in text.append(UInt8(ascii: " ")) }
        case .json:
            line = json(level, message(), time, requestID, fields())
        }
        line.append(UInt8(ascii: "\n"))
        writeWhole(line)
    }

    private func json(
        _ level: Level,
        _ message: String,
        _ time: String,
        _ requestID: String?,
        _ fields: [(String, Value)]
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.object {
            $0.member("timestamp", time)
            $0.member("level", level.rawValue)
            $0.member("message", message)
            if let requestID { $0.member("requestId", requestID) }
            for (name, value) in fields {
                switch value {
                case .string(let text): $0.member(name, text)
                case .number(let number): $0.member(name, number)
                case .strings(let texts): $0.member(name, texts)
                }
            }
        }
        // They stand in strings, the only places for them in JSON.
        return Self.replacingInvisible(in: writer.bytes, with: Self.appendEscape)
    }

    /// A text with something in the place of each character that could end a line, or hide or paint others, wherever the
    /// log is read: control and format characters, line and paragraph separators.
    private static func replacingInvisible(
        in text: [UInt8],
        with append: (Unicode.Scalar, inout [UInt8]) -> Void
    ) -> [UInt8] {
        let visible: ClosedRange<UInt8> = 0x20...0x7E
        guard !text.allSatisfy(visible.contains) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: append(scalar, &result)
            default: result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return result
    }

    /// Appends a character as JSON escapes it.
    private static func appendEscape(of scalar: Unicode.Scalar, to text: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        for unit in String(scalar).utf16 {
            text.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
            for shift in [12, 8, 4, 0] as [UInt16] { text.append(digits[Int(unit >> shift & 15)]) }
        }
    }

    /// A record is one write; what a full pipe leaves over follows. A log that is gone is no reason to stop.
    private func writeWhole(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = systemWrite(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno != EINTR { return }
                rest = rest.dropFirst(max(0, count))
            }
        }
    }
}

/// write(2), whose name `Log.write` hides.
private let systemWrite = write
