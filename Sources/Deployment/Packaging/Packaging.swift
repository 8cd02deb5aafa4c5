import Foundation
import Loopback

/// Makes the zip that is uploaded to Lambda: `bootstrap`, the executable itself, and `certs/`. The same sources and the
/// same machine make the same bytes.
package struct Packaging {
    /// A zip, and what is in it.
    package struct Zip: Sendable {
        /// Where it is.
        package let file: URL
        /// Its size in bytes.
        package let size: Int
        /// The digest, in hexadecimal.
        package let sha256: String
        /// The digest in base64, as Lambda tells it of a function's code.
        package let codeSha256: String
        /// AWS's name of the processor that it runs on.
        package let architecture: String
        /// What the executable asks of the system.
        package let audit: BinaryAudit
        /// What others made of it.
        package let components: [Component]
        /// Where its bill of materials is.
        package let billOfMaterials: URL
    }

    /// The archives without which the executable cannot be linked; Package.swift says what each is for.
    package static let archives = [
        "curl", "ssl", "crypto", "nghttp2", "idn2", "unistring", "psl", "ssh2", "zstd", "brotlidec", "brotlicommon",
        "z",
    ]

    private let package: URL
    private let version: String
    private let say: (String) -> Void

    /// Where the zip and the unpacked executable end up.
    package static func folder(of package: URL) -> URL {
        package.appendingPathComponent(".build/lambda")
    }

    /// Where the zip ends up.
    package static func zip(of package: URL) -> URL {
        folder(of: package).appendingPathComponent("securitytrails-relay.zip")
    }

    /// - Parameters:
    ///   - package: the folder of Package.swift.
    ///   - version: the relay's.
    ///   - say: is told of each step.
    package init(package: URL, version: String, say: @escaping (String) -> Void) {
        self.package = package
        self.version = version
        self.say = say
    }

    private var folder: URL { Self.folder(of: package) }

    /// Where the linker writes what it takes from where.
    private var linkMap: URL { folder.appendingPathComponent("bootstrap.map") }

    /// Builds, looks at what was built, and packs it.
    package func run() throws -> Zip {
        try checkArchives()
        let executable = folder.appendingPathComponent("bootstrap")
        say("Building bootstrap")
        let built = try build()
        try replace(executable, with: Data(contentsOf: built), mode: 0o755)
        let audit = try BinaryAudit(executable)
        guard audit.findings.isEmpty else {
            let findings = audit.findings.map { "\n  " + $0 }.joined()
            throw PackagingError(
                "bootstrap would not start on provided.al2023 (glibc 2.34); build it on Debian 12:" + findings
            )
        }
        say("Collecting certificate authorities")
        let certificates = try writeCertificates()
        say("Packing")
        let zip = try pack(["bootstrap"] + certificates.map { "certs/" + $0 })
        let data = try Data(contentsOf: zip)
        let digest = SHA256(CollectionOfOne(data))
        say("Listing what is in it")
        let map = String(decoding: try Data(contentsOf: linkMap), as: UTF8.self)
        let components = try LinkedComponents(linkMap: map, audit: audit).all
        let bill = BillOfMaterials(
            version: version,
            zip: (zip.lastPathComponent, digest.hexadecimal),
            components: components,
            distribution: Self.distribution,
            time: Date()
        )
        let billFile = zip.deletingPathExtension().appendingPathExtension("spdx.json")
        try bill.json.write(to: billFile, options: .atomic)
        return Zip(
            file: zip,
            size: data.count,
            sha256: digest.hexadecimal,
            codeSha256: digest.base64,
            architecture: Self.architecture,
            audit: audit,
            components: components,
            billOfMaterials: billFile
        )
    }

    // MARK: - Steps

    private func checkArchives() throws {
        let missing = Self.missingArchives
        guard missing.isEmpty else {
            throw PackagingError("not there: \(missing.joined(separator: ", ")); deploy/setup --lambda installs them")
        }
    }

    /// The files among the archives that this machine does not have.
    package static var missingArchives: [String] {
        let folders = ["/usr/lib/\(machine)-linux-gnu", "/usr/lib64", "/usr/lib"]
        return archives.map { "lib\($0).a" }.filter { archive in
            !folders.contains { FileManager.default.fileExists(atPath: $0 + "/" + archive) }
        }
    }

    /// Builds the executable with all but glibc and libgcc linked in. Returns where it is.
    private func build() throws -> URL {
        let scratch = folder.appendingPathComponent("build")
        var arguments = [
            "build", "--configuration", "release", "--product", "bootstrap", "--scratch-path", scratch.path,
            "--package-path", package.path, "--traits", "Lambda", "--static-swift-stdlib", "--disable-local-rpath",
            "-Xswiftc", "-use-ld=lld", "-Xlinker", "-Map=\(linkMap.path)",
            // Digests of the modules, in which the folder has a part.
            "-Xswiftc", "-Xfrontend", "-Xswiftc", "-disable-incremental-llvm-codegen",
        ]
        // The toolchain asks for libstdc++ by name; in a folder that comes first and holds only the archive, that is what
        // it finds. Loading the shared one takes half a millisecond.
        let archives = folder.appendingPathComponent("archives")
        if let archive = try libstdcxx() {
            try? FileManager.default.removeItem(at: archives)
            try FileManager.default.createDirectory(at: archives, withIntermediateDirectories: true)
            let link = archives.appendingPathComponent(archive.lastPathComponent)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: archive)
            arguments += ["-Xswiftc", "-L", "-Xswiftc", archives.path]
        }
        let swift = Tool(name: "swift")
        do throws(ToolError) {
            try swift.run(arguments, messages: .inErrorWithOutput)
        } catch {
            if error.isMissing { throw error }
            throw PackagingError("the build failed; if it is the link, deploy/setup --lambda may help: \(error)")
        }
        let products = try swift.run(arguments + ["--show-bin-path"])
        let path = String(decoding: products, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return URL(fileURLWithPath: path).appendingPathComponent("bootstrap")
    }

    /// The compiler's libstdc++.a, if there is one.
    private func libstdcxx() throws -> URL? {
        let printed = try? Tool(name: "gcc").run(["-print-file-name=libstdc++.a"])
        let path = String(decoding: printed ?? Data(), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return path.hasPrefix("/") ? URL(fileURLWithPath: path) : nil
    }

    /// Writes the folder of certificates. Returns the files' names.
    private func writeCertificates() throws -> [String] {
        let certs = folder.appendingPathComponent("certs")
        try? FileManager.default.removeItem(at: certs)
        try FileManager.default.createDirectory(at: certs, withIntermediateDirectories: true)
        return try CertificateFolder().files.map { name, certificate in
            try replace(certs.appendingPathComponent(name), with: certificate, mode: 0o644)
            return name
        }
    }

    /// Writes a file with the mode and the time that it has in the zip, where neither says when or by whom it was made.
    private func replace(_ file: URL, with data: Data, mode: Int) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try data.write(to: file, options: .atomic)
        let start = Date(timeIntervalSince1970: 315_532_800)  // 1980, where a zip's time begins
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: mode, .modificationDate: start]
        try FileManager.default.setAttributes(attributes, ofItemAtPath: file.path)
    }

    private func pack(_ files: [String]) throws -> URL {
        let zip = Self.zip(of: package)
        try? FileManager.default.removeItem(at: zip)
        let arguments = ["-q", "-X", "-D", "-9", zip.path] + files
        try Tool(name: "zip").run(arguments, in: folder, environment: ["TZ": "UTC"], messages: .inErrorWithOutput)
        return zip
    }

    // MARK: - The machine

    private static var machine: String {
        var name = utsname()
        uname(&name)
        return withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The name that this machine's distribution has for itself: `debian`.
    private static var distribution: String {
        let text = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("ID=") }
        return line.map { $0.dropFirst(3).filter { $0 != "\"" } } ?? "linux"
    }

    /// AWS's name of this machine's processor.
    package static var architecture: String {
        machine == "aarch64" ? "arm64" : machine
    }
}
