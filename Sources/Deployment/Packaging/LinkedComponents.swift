import Foundation
import Loopback

/// Something in the zip that others made.
package struct Component: Sendable, Equatable, CustomStringConvertible {
    /// Its name to those who made it, or Debian's source package.
    package let name: String
    /// The version, with Debian's revision; nil if it is not known.
    package let version: String?
    /// The packages of this machine that it was taken from, empty for what the toolchain brought.
    package let packages: [Installed]
    /// How it gets to the executable.
    package let use: Use

    /// `curl 7.88.1-10+deb12u12`
    package var description: String { name + (version.map { " " + $0 } ?? "") }

    package enum Use: Sendable {
        /// Linked in.
        case linked
        /// A file of the zip.
        case included
        /// Loaded from Lambda's own system.
        case loaded
    }

    /// A Debian package that is installed.
    package struct Installed: Sendable, Equatable {
        let name: String
        let version: String
        let architecture: String
        let source: String
        let sourceVersion: String

        /// Reads a line of `dpkg-query` with `queryFormat`; nil for what is none.
        init?(_ line: Substring) {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 5, fields.allSatisfy({ !$0.isEmpty }) else { return nil }
            (name, version, architecture) = (fields[0], fields[1], fields[2])
            (source, sourceVersion) = (fields[3], fields[4])
        }

        static let queryFormat =
            #"--showformat=${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n"#
    }
}

/// What an executable is linked of, as this machine's packages know it.
struct LinkedComponents {
    let all: [Component]

    /// - Parameters:
    ///   - map: what the linker wrote of its work.
    ///   - audit: what is loaded from Lambda's system.
    init(linkMap map: String, audit: BinaryAudit) throws(ToolError) {
        let (compiler, root) = try Self.toolchain()
        let files = Self.files(inLinkMap: map)
        let installed = files.filter { !$0.hasPrefix(root + "/") }.flatMap(Self.packages(owning:))
        var all = Self.components(of: installed, use: .linked)
        // A file that no package has is told by its name.
        all += files.filter { !$0.hasPrefix(root + "/") && Self.packages(owning: $0).isEmpty }.map { file in
            Component(
                name: URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent,
                version: nil,
                packages: [],
                use: .linked
            )
        }
        if files.contains(where: { $0.hasPrefix(root + "/") }) {
            all.append(
                Component(name: "swift", version: Self.version(ofCompiler: compiler), packages: [], use: .linked)
            )
        }
        all += Self.components(of: Self.installed(["ca-certificates"]), use: .included)
        if let glibc = audit.highest.first(where: { $0.family == "GLIBC" }) {
            let version = glibc.numbers.map(String.init).joined(separator: ".")
            all.append(Component(name: "glibc", version: version, packages: [], use: .loaded))
        }
        self.all = all
    }

    /// The archives and objects outside of the build that something was taken from: `…/libcurl.a(easy.o):(.text)`.
    static func files(inLinkMap map: String) -> [String] {
        var found: Set<Substring> = []
        for line in map.split(separator: "\n") {
            guard let start = line.firstIndex(of: "/"), let end = line.range(of: ":(", options: .backwards) else {
                continue
            }
            let input = line[start..<end.lowerBound]
            let file = input.hasSuffix(")") ? input.lastIndex(of: "(").map { input[..<$0] } ?? input : input
            if file.hasSuffix(".a") || file.hasSuffix(".o") { found.insert(file) }
        }
        return Set(found.map { URL(fileURLWithPath: String($0)).standardizedFileURL.resolvingSymlinksInPath().path })
            .filter { !$0.contains("/.build/") }.sorted()
    }

    /// Components of packages, those of one source together.
    static func components(of packages: [Component.Installed], use: Component.Use) -> [Component] {
        Dictionary(grouping: packages, by: \.source).sorted { $0.key < $1.key }.map { source, packages in
            var unique: [Component.Installed] = []
            for package in packages where !unique.contains(package) { unique.append(package) }
            return Component(name: source, version: packages[0].sourceVersion, packages: unique, use: use)
        }
    }

    /// `6.1.2` of `Swift version 6.1.2 (swift-6.1.2-RELEASE)`.
    static func version(ofCompiler text: String) -> String? {
        text.firstMatch(of: /Swift version ([^ ]+)/).map { String($0.output.1) }
    }

    // MARK: - This machine

    /// What the compiler says of itself, and the folder that the toolchain is in.
    private static func toolchain() throws(ToolError) -> (compiler: String, root: String) {
        struct Info: Decodable {
            struct Paths: Decodable { let runtimeResourcePath: String }
            let compilerVersion: String
            let paths: Paths
        }
        let printed = try Tool(name: "swift").run(["-print-target-info"])
        guard let info = try? JSONDecoder().decode(Info.self, from: printed) else { return ("", "/nowhere") }
        // ROOT/usr/lib/swift
        let lib = URL(fileURLWithPath: info.paths.runtimeResourcePath).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let usr = lib.deletingLastPathComponent().path
        // A toolchain in /usr shares its folder with the system.
        return (info.compilerVersion, usr == "/usr" ? lib.path + "/swift_static" : usr)
    }

    private static func packages(owning file: String) -> [Component.Installed] {
        // libssl-dev:amd64: /usr/lib/x86_64-linux-gnu/libssl.a
        guard let printed = try? Tool(name: "dpkg").run(["--search", file], environment: ["LC_ALL": "C"]),
            let line = String(decoding: printed, as: UTF8.self).split(separator: "\n").last,
            let end = line.firstRange(of: ": ")
        else { return [] }
        return installed([String(line[..<end.lowerBound])])
    }

    private static func installed(_ names: [String]) -> [Component.Installed] {
        let printed = try? Tool(name: "dpkg-query").run(["--show", Component.Installed.queryFormat] + names)
        return String(decoding: printed ?? Data(), as: UTF8.self).split(separator: "\n")
            .compactMap(Component.Installed.init)
    }
}

/// Packages of this machine of which apt knows newer versions.
package struct NewerPackages: Sendable, Equatable {
    /// What it says of one: `libssl-dev 3.0.22 (here 3.0.19)`.
    package let all: [String]

    /// Asks `apt-cache`, which reads what the last `apt-get update` left, and asks nobody on the network. Nothing if it
    /// can't.
    package init(than components: [Component]) {
        let names = components.flatMap(\.packages).map(\.name)
        let printed = try? Tool(name: "apt-cache").run(["policy"] + names, environment: ["LC_ALL": "C"])
        self.init(policy: String(decoding: printed ?? Data(), as: UTF8.self))
    }

    /// Reads what `apt-cache policy` prints.
    init(policy: String) {
        var (name, installed) = ("", "")
        var all: [String] = []
        for line in policy.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if !line.hasPrefix(" "), line.hasSuffix(":") { name = String(line.dropLast()) }
            guard words.count == 2 else { continue }
            if words[0] == "Installed:" { installed = words[1] }
            if words[0] == "Candidate:", words[1] != installed, words[1] != "(none)", installed != "(none)" {
                all.append("\(name) \(words[1]) (here \(installed))")
            }
        }
        self.all = all
    }
}
