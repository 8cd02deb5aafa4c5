import Foundation
import Loopback
import Testing

@testable import Deployment

@Suite("The bill of materials")
struct BillOfMaterialsTests {
    private static let installed = [
        "libssl-dev\t3.0.19-1~deb12u2\tamd64\topenssl\t3.0.19-1~deb12u2",
        "libstdc++-12-dev\t12.2.0-14+deb12u1\tamd64\tgcc-12\t12.2.0-14+deb12u1",
        "libgcc-12-dev\t12.2.0-14+deb12u1\tamd64\tgcc-12\t12.2.0-14+deb12u1",
        "libgcc-12-dev\t12.2.0-14+deb12u1\tamd64\tgcc-12\t12.2.0-14+deb12u1",
        "zlib1g-dev\t1:1.2.13.dfsg-1\tamd64\tzlib\t1:1.2.13.dfsg-1",
    ].compactMap { Component.Installed(Substring($0)) }

    private static let components =
        LinkedComponents.components(of: installed, use: .linked) + [
            Component(name: "swift", version: "6.1.2", packages: [], use: .linked),
            Component(name: "glibc", version: "2.34", packages: [], use: .loaded),
            Component(name: "libnobody", version: nil, packages: [], use: .linked),
        ]

    private func document() throws -> JSONValue {
        let bill = BillOfMaterials(
            version: "1.2.3",
            zip: ("relay.zip", String(repeating: "ab", count: 32)),
            components: Self.components,
            distribution: "debian",
            time: Date(timeIntervalSince1970: 1_700_000_000)
        )
        return try JSONValue(parsing: bill.json)
    }

    @Test("It has what SPDX 2.3 wants, and nothing that SPDX does not know")
    func valid() throws {
        #expect(SPDXCheck.complaints(about: try document()) == [])
    }

    @Test(
        "The check finds what SPDX 2.3 forbids",
        arguments: [
            ("spdxVersion", .string("SPDX-9")), ("dataLicense", .string("MIT")), ("SPDXID", .null), ("name", .null),
            ("documentNamespace", .string("relay#1")), ("creationInfo", ["created": "yesterday", "creators": []]),
            ("packages", .array([["name": "x", "SPDXID": "SPDXRef-a b", "downloadLocation": "NOASSERTION"]])),
            ("packages", .array([["name": "x", "SPDXID": "SPDXRef-a"]])), ("relationships", .array([])),
            ("relationships", .array([["spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "LIKES"]])),
            ("colour", .string("red")),
        ] as [(String, JSONValue)]
    )
    func invalid(member: String, value: JSONValue) throws {
        var document = try document()
        document[member] = value
        #expect(!SPDXCheck.complaints(about: document).isEmpty)
    }

    @Test("It names the zip by its digest, and each part with version, licence and where it comes from")
    func contents() throws {
        let document = try document()
        let packages = document["packages"]?.array ?? []
        #expect(
            packages.map { $0["name"]?.string } == [
                "securitytrails-relay", "gcc-12", "openssl", "zlib", "swift", "glibc", "libnobody",
            ]
        )
        #expect(packages[0]["checksums"]?.array?.first?["checksumValue"]?.string == String(repeating: "ab", count: 32))
        #expect(packages[0]["packageFileName"]?.string == "relay.zip")
        #expect(packages[2]["versionInfo"]?.string == "3.0.19-1~deb12u2")
        #expect(packages[2]["licenseDeclared"]?.string == "Apache-2.0")
        #expect(packages[6]["licenseDeclared"]?.string == "NOASSERTION")
        func references(_ number: Int) -> [String?] {
            (packages[number]["externalRefs"]?.array ?? []).map { $0["referenceLocator"]?.string }
        }
        #expect(
            references(1) == [
                "pkg:deb/debian/libstdc%2B%2B-12-dev@12.2.0-14%2Bdeb12u1?arch=amd64",
                "pkg:deb/debian/libgcc-12-dev@12.2.0-14%2Bdeb12u1?arch=amd64",
            ]
        )
        #expect(references(3) == ["pkg:deb/debian/zlib1g-dev@1%3A1.2.13.dfsg-1?arch=amd64"])
        #expect(references(4) == ["pkg:github/swiftlang/swift@swift-6.1.2-RELEASE"])
        #expect(references(6) == [])
        let relationships = (document["relationships"]?.array ?? []).compactMap { $0["relationshipType"]?.string }
        #expect(
            relationships == ["DESCRIBES"] + Array(repeating: "STATIC_LINK", count: 4) + [
                "DYNAMIC_LINK", "STATIC_LINK",
            ]
        )
        #expect(document["creationInfo"]?["created"]?.string == "2023-11-14T22:13:20Z")
    }

    @Test("The linker's map tells which archives something was taken from, and leaves the build's own out")
    func linkMap() {
        let map = """
                         VMA              LMA     Size Align Out     In      Symbol
                         2e0              2e0       1c     1         <internal>:(.interp)
                         2fc              2fc       20     4         /usr/lib/x86_64-linux-gnu/Scrt1.o:(.note.ABI-tag)
                         300              300       20     4         /work/relay/.build/lambda/build/Relay.build/Relay.swift.o:(.text.f(x):(y))
                         310              310       20     4         /usr/lib/gcc/x86_64-linux-gnu/12/../nowhere/libcurl.a(libcurl_la-easy.o):(.text.curl_easy_init)
                         320              320       20     4         /usr/lib/nowhere/libcurl.a(libcurl_la-multi.o):(.text)
                         330              330       20     1                 curl_easy_init
            """
        let files = LinkedComponents.files(inLinkMap: map).filter { !$0.hasSuffix("Scrt1.o") }
        #expect(files == ["/usr/lib/gcc/x86_64-linux-gnu/nowhere/libcurl.a", "/usr/lib/nowhere/libcurl.a"])
    }

    @Test("The compiler's version is what it says of itself")
    func compiler() {
        #expect(LinkedComponents.version(ofCompiler: "Swift version 6.1.2 (swift-6.1.2-RELEASE)") == "6.1.2")
        #expect(LinkedComponents.version(ofCompiler: "Apple Swift version 6.1 (swiftlang-6.1)") == "6.1")
        #expect(LinkedComponents.version(ofCompiler: "") == nil)
    }

    @Test("A package is told as out of date if apt would install another version")
    func newer() {
        let policy = """
            libssl-dev:
              Installed: 3.0.19-1~deb12u2
              Candidate: 3.0.22-1~deb12u2
              Version table:
                 3.0.22-1~deb12u2 500
                    500 http://deb.debian.org/debian-security bookworm-security/main amd64 Packages
             *** 3.0.19-1~deb12u2 100
                    100 /var/lib/dpkg/status
            zlib1g-dev:
              Installed: 1:1.2.13.dfsg-1
              Candidate: 1:1.2.13.dfsg-1
            libnobody-dev:
              Installed: (none)
              Candidate: 1.0
            libremoved-dev:
              Installed: 1.0
              Candidate: (none)
            """
        #expect(NewerPackages(policy: policy).all == ["libssl-dev 3.0.22-1~deb12u2 (here 3.0.19-1~deb12u2)"])
        #expect(NewerPackages(policy: "").all == [])
        #expect(NewerPackages(policy: "N: Unable to locate package x\n").all == [])
    }
}

/// What SPDX 2.3 asks of a document in JSON, as far as ours has it
/// (https://spdx.github.io/spdx-spec/v2.3/, https://github.com/spdx/spdx-spec/blob/v2.3/schemas/spdx-schema.json).
private enum SPDXCheck {
    static func complaints(about document: JSONValue) -> [String] {
        var complaints: [String] = []
        func expect(_ holds: Bool, _ complaint: String) { if !holds { complaints.append(complaint) } }
        func isOf(_ pattern: String, _ value: JSONValue?) -> Bool {
            value?.string?.range(of: "^(?:\(pattern))$", options: .regularExpression) != nil
        }
        func members(_ value: JSONValue, _ known: Set<String>, _ place: String) {
            for name in (value.object ?? [:]).keys where !known.contains(name) {
                complaints.append("\(place): \(name)")
            }
        }
        let id = "SPDXRef-[A-Za-z0-9.-]+"
        members(
            document,
            [
                "spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages",
                "relationships",
            ],
            "document"
        )
        expect(isOf("SPDX-2\\.3", document["spdxVersion"]), "spdxVersion (6.1)")
        expect(isOf("CC0-1\\.0", document["dataLicense"]), "dataLicense (6.2)")
        expect(isOf("SPDXRef-DOCUMENT", document["SPDXID"]), "SPDXID (6.3)")
        expect(isOf(".+", document["name"]), "name (6.4)")
        expect(isOf("[a-z][a-z0-9+.-]*://[^#]+", document["documentNamespace"]), "documentNamespace (6.5)")
        let creation = document["creationInfo"] ?? .null
        expect(isOf("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ", creation["created"]), "created (6.9)")
        let creators = creation["creators"]?.array ?? []
        expect(
            !creators.isEmpty && creators.allSatisfy { isOf("(Tool|Person|Organization): .+", $0) },
            "creators (6.8)"
        )

        let packages = document["packages"]?.array ?? []
        let ids = packages.compactMap { $0["SPDXID"]?.string }
        expect(Set(ids).count == packages.count, "SPDXID of packages is there once (7.2)")
        for package in packages {
            members(
                package,
                [
                    "name", "SPDXID", "versionInfo", "packageFileName", "supplier", "downloadLocation", "filesAnalyzed",
                    "checksums", "licenseConcluded", "licenseDeclared", "copyrightText", "externalRefs", "comment",
                ],
                "package"
            )
            expect(isOf(".+", package["name"]), "name (7.1)")
            expect(isOf(id, package["SPDXID"]), "SPDXID (7.2)")
            expect(isOf("NOASSERTION|(Person|Organization): .+", package["supplier"]), "supplier (7.5)")
            expect(isOf("NONE|NOASSERTION|[a-z+]+://.+", package["downloadLocation"]), "downloadLocation (7.7)")
            expect(
                package["filesAnalyzed"] == .bool(false),
                "without a verification code nothing is analyzed (7.8, 7.9)"
            )
            for checksum in package["checksums"]?.array ?? [] {
                expect(isOf("SHA256", checksum["algorithm"]), "algorithm (7.10)")
                expect(isOf("[0-9a-f]{64}", checksum["checksumValue"]), "checksumValue (7.10)")
            }
            for name in ["licenseConcluded", "licenseDeclared"] {
                expect(isOf("[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*", package[name]), "\(name) (7.13, 7.15)")
            }
            for reference in package["externalRefs"]?.array ?? [] {
                expect(isOf("PACKAGE-MANAGER", reference["referenceCategory"]), "referenceCategory (7.21)")
                expect(isOf("purl", reference["referenceType"]), "referenceType (7.21)")
                expect(isOf("pkg:[a-z]+/\\S+@\\S+", reference["referenceLocator"]), "referenceLocator (7.21)")
            }
        }
        let relationships = document["relationships"]?.array ?? []
        expect(
            relationships.contains {
                isOf("SPDXRef-DOCUMENT", $0["spdxElementId"]) && isOf("DESCRIBES", $0["relationshipType"])
            },
            "the document describes something (11.1)"
        )
        for relationship in relationships {
            expect(
                isOf("DESCRIBES|CONTAINS|STATIC_LINK|DYNAMIC_LINK", relationship["relationshipType"]),
                "relationshipType"
            )
            let ends = [relationship["spdxElementId"], relationship["relatedSpdxElement"]].map { $0?.string ?? "" }
            expect(ends.allSatisfy { (ids + ["SPDXRef-DOCUMENT"]).contains($0) }, "a relationship's end")
        }
        return complaints
    }
}
