import Foundation
import Loopback

/// What a zip is made of, for whoever must know whether a hole in a library is one of theirs: SPDX 2.3 in JSON
/// (https://spdx.github.io/spdx-spec/v2.3/).
struct BillOfMaterials: Encodable {
    private let spdxVersion = "SPDX-2.3"
    private let dataLicense = "CC0-1.0"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    private let SPDXID = "SPDXRef-DOCUMENT"
    private let name: String
    private let documentNamespace: String
    private let creationInfo: CreationInfo
    private let packages: [Package]
    private let relationships: [Relationship]

    private struct CreationInfo: Encodable {
        let created: String
        let creators: [String]
    }

    private struct Package: Encodable {
        let name: String
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let SPDXID: String
        let versionInfo: String?
        let supplier: String
        let downloadLocation: String
        let filesAnalyzed = false
        let licenseConcluded = "NOASSERTION"
        let licenseDeclared: String
        let copyrightText = "NOASSERTION"
        var packageFileName: String?
        var checksums: [Checksum]?
        var externalRefs: [Reference]?
        var comment: String?
    }

    private struct Checksum: Encodable {
        let algorithm = "SHA256"
        let checksumValue: String
    }

    private struct Reference: Encodable {
        let referenceCategory = "PACKAGE-MANAGER"
        let referenceType = "purl"
        let referenceLocator: String
    }

    private struct Relationship: Encodable {
        let spdxElementId: String
        let relationshipType: String
        let relatedSpdxElement: String
    }

    /// - Parameters:
    ///   - version: the relay's.
    ///   - zip: its name, and its digest in hexadecimal.
    ///   - components: what is in it.
    ///   - distribution: this machine's, as /etc/os-release names it.
    ///   - time: when the zip was made.
    init(
        version: String,
        zip: (name: String, sha256: String),
        components: [Component],
        distribution: String,
        time: Date
    ) {
        name = "securitytrails-relay-\(version)"
        // Only a name: nothing is there. The digest makes it one of its own.
        documentNamespace = "https://spdx.org/spdxdocs/securitytrails-relay-\(version)-\(zip.sha256)"
        creationInfo = CreationInfo(created: UTC(time).second, creators: ["Tool: relayctl-\(version)"])
        var relay = Package(
            name: "securitytrails-relay",
            SPDXID: "SPDXRef-relay",
            versionInfo: version,
            supplier: "NOASSERTION",
            downloadLocation: "NOASSERTION",
            licenseDeclared: "MIT"
        )
        relay.packageFileName = zip.name
        relay.checksums = [Checksum(checksumValue: zip.sha256)]
        packages = [relay] + components.map { Self.package($0, distribution) }
        let describes = Relationship(
            spdxElementId: "SPDXRef-DOCUMENT",
            relationshipType: "DESCRIBES",
            relatedSpdxElement: relay.SPDXID
        )
        relationships =
            [describes]
            + components.map { component in
                Relationship(
                    spdxElementId: relay.SPDXID,
                    relationshipType: component.use.relationship,
                    relatedSpdxElement: Self.id(of: component)
                )
            }
    }

    /// The document's text.
    var json: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return try encoder.encode(self) + Data("\n".utf8)
        }
    }

    private static func package(_ component: Component, _ distribution: String) -> Package {
        var package = Package(
            name: component.name,
            SPDXID: id(of: component),
            versionInfo: component.version,
            supplier: component.packages.isEmpty ? "NOASSERTION" : "Organization: \(distribution.capitalized)",
            downloadLocation: "NOASSERTION",
            licenseDeclared: licences[withoutNumber(component.name)] ?? "NOASSERTION"
        )
        var references = component.packages.map { installed in
            // https://github.com/package-url/purl-spec
            let version = installed.version.replacing(":", with: "%3A").replacing("+", with: "%2B")
            let name = installed.name.replacing("+", with: "%2B")
            return "pkg:deb/\(distribution)/\(name)@\(version)?arch=\(installed.architecture)"
        }
        if component.name == "swift", let version = component.version {
            references = ["pkg:github/swiftlang/swift@swift-\(version)-RELEASE"]
        }
        if !references.isEmpty { package.externalRefs = references.map(Reference.init) }
        package.comment = component.use.comment
        return package
    }

    private static func id(of component: Component) -> String {
        let letters = component.name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" }
        return "SPDXRef-\(component.use)-" + String(letters)
    }

    /// `gcc` of `gcc-12`.
    private static func withoutNumber(_ name: String) -> String {
        name.replacing(/-[0-9]+$/, with: "")
    }

    /// The licences of what Debian's source packages put into a library, by SPDX's names.
    private static let licences = [
        "brotli": "MIT", "ca-certificates": "MPL-2.0", "curl": "curl", "gcc": "GPL-3.0-or-later WITH GCC-exception-3.1",
        "glibc": "LGPL-2.1-or-later", "libidn2": "LGPL-3.0-or-later OR GPL-2.0-or-later", "libpsl": "MIT",
        "libssh2": "BSD-3-Clause", "libunistring": "LGPL-3.0-or-later OR GPL-2.0-or-later",
        "libzstd": "BSD-3-Clause OR GPL-2.0-only", "nghttp2": "MIT", "openssl": "Apache-2.0",
        "swift": "Apache-2.0 WITH Swift-exception", "zlib": "Zlib",
    ]
}

extension Component.Use {
    fileprivate var relationship: String {
        switch self {
        case .linked: "STATIC_LINK"
        case .included: "CONTAINS"
        case .loaded: "DYNAMIC_LINK"
        }
    }

    fileprivate var comment: String? {
        switch self {
        case .linked: nil
        case .included: "The certificate authorities in certs/."
        case .loaded:
            "Not in the zip: loaded from Lambda's provided.al2023. The version is the oldest that has all it needs."
        }
    }
}
