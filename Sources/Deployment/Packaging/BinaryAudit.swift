import Foundation
import Loopback

/// What an executable asks of the system it runs on, held against what Lambda's `provided.al2023` has: glibc 2.34 and the
/// libstdc++ of GCC 11 (https://docs.aws.amazon.com/linux/al2023/release-notes/all-packages.html).
package struct BinaryAudit: Sendable {
    /// A version of a library's symbols.
    package struct Version: Sendable, Comparable, CustomStringConvertible {
        let family: String
        let numbers: [Int]

        /// As it is written, `GLIBC_2.34`.
        package var description: String {
            family + "_" + numbers.map(String.init).joined(separator: ".")
        }

        /// By the numbers.
        package static func < (left: Version, right: Version) -> Bool {
            left.numbers.lexicographicallyPrecedes(right.numbers)
        }
    }

    /// The newest versions that are there.
    static let limits = [
        Version(family: "GLIBC", numbers: [2, 34]),
        Version(family: "GLIBCXX", numbers: [3, 4, 29]),
        Version(family: "CXXABI", numbers: [1, 3, 13]),
    ]

    /// The libraries that may stay dynamic: glibc's own, and the compiler's two.
    private static let libraries = [
        "libc.so.", "libm.so.", "libdl.so.", "libpthread.so.", "librt.so.", "libresolv.so.", "libutil.so.", "ld-linux",
        "libgcc_s.so.", "libstdc++.so.",
    ]

    /// The highest version that is asked for, of each family.
    package let highest: [Version]
    /// The shared libraries that are loaded.
    package let needed: [String]
    /// What is not on Lambda, a line each: a symbol that is too new, a library that is not there.
    package let findings: [String]

    /// Looks at an executable with `objdump`.
    package init(_ executable: URL) throws {
        let objdump = Tool(name: "objdump")
        let symbols = String(decoding: try objdump.run(["-T", executable.path]), as: UTF8.self)
        let headers = String(decoding: try objdump.run(["-p", executable.path]), as: UTF8.self)
        self.init(symbols: symbols, headers: headers)
    }

    /// Reads what `objdump -T` and `objdump -p` print.
    init(symbols: String, headers: String) {
        let uses = symbols.split(separator: "\n").compactMap(Self.use)
        highest = Self.limits.compactMap { limit in
            uses.map(\.version).filter { $0.family == limit.family }.max()
        }
        needed = headers.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.first == "NEEDED" ? words.last.map(String.init) : nil
        }
        let tooNew = uses.filter { use in
            Self.limits.contains { $0.family == use.version.family && $0 < use.version }
        }
        let unknown = needed.filter { library in !Self.libraries.contains(where: library.hasPrefix) }
        findings =
            tooNew.map { "\($0.symbol) needs \($0.version)" }.sorted()
            + unknown.map { "\($0) is not on Lambda" }.sorted()
    }

    /// A line's symbol and the version it needs: `… DF *UND* 0000… (GLIBC_2.34) dlopen`.
    private static func use(_ line: Substring) -> (symbol: String, version: Version)? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.contains("*UND*"), words.count >= 2 else { return nil }
        let name = words[words.count - 2].trimmingCharacters(in: CharacterSet(charactersIn: "()"))
        let parts = name.split(separator: "_", maxSplits: 1)
        let numbers = parts.last?.split(separator: ".").map { Int($0) } ?? []
        guard parts.count == 2, !numbers.isEmpty, !numbers.contains(nil) else { return nil }
        let version = Version(family: String(parts[0]), numbers: numbers.compactMap(\.self))
        return (String(words[words.count - 1]), version)
    }
}
