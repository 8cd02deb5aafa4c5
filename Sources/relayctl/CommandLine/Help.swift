import Foundation

/// The help of relayctl and of its commands.
enum Help {
    static var overview: String {
        """
        Usage: relayctl COMMAND [OPTION]...

        The operator's tool of the SecurityTrails relay. Run it in the project's folder.

        Commands:
        \(table(commands.map { ($0.name, $0.summary) }))

        Options:
        \(table([("-h, --help", "this text; 'relayctl help COMMAND' describes a command"), ("--version", "the relay's version")]))

        Exit status: 0, 1 (failed), 2 (usage, or input that makes no sense).
        """
    }

    static func text(of command: any Subcommand.Type) -> String {
        let options = command.options + [Option("--help", short: "-h", help: "this text")]
        let rows = options.map { option in
            let name = (option.short.map { "\($0), " } ?? "") + option.name + (option.value.map { " \($0)" } ?? "")
            return (name, option.help)
        }
        return """
            Usage: relayctl \(command.name)\(command.synopsis.isEmpty ? "" : " " + command.synopsis)

            \(paragraphs(command.discussion))

            Options:
            \(table(rows))
            """
    }

    /// Two columns, the second of which is folded so that no line has more than 80 characters.
    private static func table(_ rows: [(left: String, right: String)]) -> String {
        let width = (rows.map(\.left.count).max() ?? 0) + 2
        let lines = rows.map { row in
            let right = folded(row.right, to: 78 - width)
            return "  " + row.left.padding(toLength: width, withPad: " ", startingAt: 0)
                + right.joined(separator: "\n" + String(repeating: " ", count: width + 2))
        }
        return lines.joined(separator: "\n")
    }

    /// The paragraphs folded to 80 characters; lines that begin with a blank stay as they are.
    private static func paragraphs(_ text: String) -> String {
        var parts: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let last = parts.last, !line.isEmpty, !line.hasPrefix(" "), !last.isEmpty, !last.hasPrefix(" ") {
                parts[parts.count - 1] += " " + line
            } else {
                parts.append(String(line))
            }
        }
        return parts.map { part in
            part.isEmpty || part.hasPrefix(" ") ? part : folded(part, to: 80).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private static func folded(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
