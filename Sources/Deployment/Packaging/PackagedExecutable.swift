import Foundation
import Loopback

/// The executable that Lambda starts, `bootstrap` at the top of the zip, as `unzip` finds it there.
struct PackagedExecutable {
    /// Where the zip is.
    let zip: String

    private let name = "bootstrap"

    /// Throws if it is not there, or Lambda, which runs it as another user, could not start it.
    func checkMode() throws(AWSError) {
        try checkMode(inListing: String(decoding: try output(of: Tool(name: "unzip"), ["-Z", zip]), as: UTF8.self))
    }

    /// The same, by what unzip lists.
    func checkMode(inListing listing: String) throws(AWSError) {
        // -rwxr-xr-x  3.0 unx  8421936 bx defX 80-Jan-01 00:00 bootstrap
        let entries = listing.split(separator: "\n").map { $0.split(separator: " ") }
        guard let mode = entries.first(where: { $0.count == 9 && $0[8] == name })?[0].prefix(10) else {
            throw .blocked("\(zip) holds no '\(name)' at its top; 'relayctl package' makes one that does")
        }
        guard mode.first == "-" || mode.first == "?" else {
            throw .blocked("\(zip): '\(name)' is no regular file (\(String(mode).printable()))")
        }
        guard mode.count > 9, mode.dropFirst(7).first == "r", mode.dropFirst(9).first == "x" else {
            throw .blocked(
                "\(zip): '\(name)' is not executable for everybody (\(String(mode).printable())); 'relayctl package' makes one that is"
            )
        }
    }

    /// The machine that its ELF header names (System V ABI, chapter 4); nil if it has none, as a script.
    func architecture() throws(AWSError) -> StageSettings.Architecture? {
        // head ends unzip with the header: the rest is not unpacked.
        let command = #"unzip -p "$1" "$2" | head -c 256"#
        return try architecture(ofHeader: Array(try output(of: Tool(name: "sh"), ["-c", command, "sh", zip, name])))
    }

    /// The same, of the executable's first bytes.
    func architecture(ofHeader header: [UInt8]) throws(AWSError) -> StageSettings.Architecture? {
        guard !header.isEmpty else { throw .blocked("\(zip): '\(name)' is empty") }
        if header.starts(with: "#!".utf8) {
            let line = header.prefix { $0 != 0x0A }
            guard line.last != 0x0D else {
                throw .blocked(
                    "\(zip): '\(name)' is a script whose first line ends as on Windows; Linux can't start it"
                )
            }
            return nil
        }
        guard header.count >= 20, header.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else {
            throw .blocked("\(zip): '\(name)' is neither an ELF executable nor a script; Linux can't start it")
        }
        switch Int(header[18]) | Int(header[19]) << 8 {
        case 62: return .x86
        case 183: return .arm
        case let machine:
            throw .blocked("\(zip): '\(name)' is for a CPU that Lambda does not have (ELF machine \(machine))")
        }
    }

    private func output(of tool: Tool, _ arguments: [String]) throws(AWSError) -> Data {
        do throws(ToolError) {
            return try tool.run(arguments)
        } catch {
            throw .blocked(
                error.isMissing
                    ? "\(error); deploy/setup --lambda installs it"
                    : "\(zip) is no zip; 'relayctl package' makes one"
            )
        }
    }
}
