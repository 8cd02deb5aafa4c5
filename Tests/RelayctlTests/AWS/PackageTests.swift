import Deployment
import Foundation
import TestSupport
import Testing

@Suite("relayctl package", .waits)
struct PackageTests {
    private let folder: ProjectFolder

    /// A package whose executable is built at once.
    init() throws {
        folder = try ProjectFolder()
        try folder.write("", to: "Package.swift")
        try folder.write("#!/bin/sh\n", to: "bootstrap", mode: 0o755)
        for name in [".build", "programs"] {
            try FileManager.default.createDirectory(
                at: folder.url.appendingPathComponent(name),
                withIntermediateDirectories: false
            )
        }
        let products = "case \"$*\" in *--show-bin-path*) echo '\(folder.url.path)' ;; esac"
        try folder.write("#!/bin/sh\n\(products)\n", to: "programs/swift", mode: 0o755)
        try folder.write("#!/bin/sh\n", to: "programs/objdump", mode: 0o755)
    }

    @Test(
        "A build that fails is told with what the build says last",
        .enabled(if: Packaging.missingArchives.isEmpty, "not all is installed that deploy/setup --lambda installs")
    )
    func failedBuild() throws {
        let words = ["[1/2] Compiling", "error: the link failed", "ld.lld: error: unable to find library -lstdc++"]
        let print = words.map { "echo '\($0)'" }.joined(separator: "\n")
        try folder.write("#!/bin/sh\n\(print)\nexit 1\n", to: "programs/swift", mode: 0o755)
        let outcome = try folder.bash("PATH=\"$PWD/programs:$PATH\" exec \"$0\" package")
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        let reason = "the build failed; if it is the link, deploy/setup --lambda may help: swift ended with status 1"
        #expect(
            outcome.errorLines.map(String.init)
                == ["Building bootstrap …", "relayctl package: \(reason)"] + words.map { "  " + $0 }
        )
    }

    @Test(
        "A disk that is full while it packs is told in the words of zip",
        .enabled(if: Packaging.missingArchives.isEmpty, "not all is installed that deploy/setup --lambda installs"),
        .enabled(if: mountsDisks, "this machine lets nobody mount a small disk in a namespace (unshare --mount)")
    )
    func fullDisk() throws {
        // The disk is filled when all is there but the zip.
        let fill = "head -c 64m /dev/zero > filler 2>/dev/null"
        try folder.write("#!/bin/sh\n\(fill)\nPATH=${PATH#*:} exec zip \"$@\"\n", to: "programs/zip", mode: 0o755)
        let outcome = try folder.bash(
            """
            export relayctl="$0" PATH="$PWD/programs:$PATH"
            unshare --map-root-user --mount sh -c \
                'mount -t tmpfs -o size=32m disk .build && "$relayctl" package'
            """
        )
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        let messages = outcome.errorLines.drop { !$0.hasPrefix("relayctl package: ") }
        #expect(messages.first?.hasPrefix("relayctl package: zip ended with status ") == true, "\(outcome.errors)")
        #expect(messages.dropFirst().contains { $0.contains("No space left on device") }, "\(outcome.errors)")
    }
}

/// Whether a process may mount a file system of its own, in a namespace of its own.
private let mountsDisks: Bool = {
    let folder = try? ProjectFolder()
    let outcome = try? folder?.bash("unshare --map-root-user --mount mount -t tmpfs disk \"$PWD\"")
    return outcome?.status == 0
}()
