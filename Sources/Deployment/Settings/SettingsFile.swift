import Foundation
import Loopback

/// `zappa_settings.json`: stages by name, each an object of settings.
package struct SettingsFile: Sendable {
    /// The file's name in a project's folder.
    package static let name = "zappa_settings.json"

    private let file: String
    private let stages: [JSONC.Member]

    /// Reads the file.
    package init(_ file: InputFile) throws(SettingsError) {
        try self.init(text: readSettings(file), file: file.name)
    }

    /// Reads the text of a settings file; `file` names it in errors.
    init(text: some Sequence<UInt8>, file: String) throws(SettingsError) {
        self.file = file
        stages = try parseObject(text, file: file)
        guard !stages.isEmpty else { throw .invalid(file: file, key: [], reason: "there is no stage in it") }
    }

    /// The stages, in the file's order.
    package var stageNames: [String] { stages.map(\.name) }

    /// The settings of a stage: its own, and what it inherits by `extends`.
    package func stage(_ name: String) throws(SettingsError) -> StageSettings {
        try checkName(of: name)
        let reader = StageReader(members: try members(of: name), file: file, stage: name)
        let settings = try reader.read()
        try checkThatNoOtherStage(isDeployedAs: settings)
        return settings
    }

    /// The stage's members over those of the stages that it extends.
    private func members(of name: String) throws(SettingsError) -> [String: JSONC] {
        var members: [String: JSONC] = [:]
        var chain: [String] = []
        var next: String? = name
        while let stage = next {
            let own = try self.members(named: stage, extendedBy: chain.last)
            chain.append(stage)
            for member in own where member.name != "extends" && members[member.name] == nil {
                members[member.name] = member.value
            }
            switch own.first(where: { $0.name == "extends" })?.value {
            case nil: next = nil
            case .string(let base) where !chain.contains(base): next = base
            case .string: throw invalid([stage, "extends"], "the stages extend each other in a circle")
            default: throw invalid([stage, "extends"], "takes the name of a stage")
            }
        }
        return members
    }

    private func members(named stage: String, extendedBy other: String?) throws(SettingsError) -> [JSONC.Member] {
        guard let found = stages.first(where: { $0.name == stage }) else {
            let near = nearest(to: stage, among: stageNames)
            if let other {
                let hint = near.map { "; did you mean '\($0)'?" } ?? ""
                throw invalid([other, "extends"], "there is no stage '\(stage)'\(hint)")
            }
            throw .noSuchStage(file: file, nearest: near, stages: stageNames)
        }
        guard case .object(let members) = found.value else {
            throw invalid([stage], "takes an object of settings, not \(found.value.kind)")
        }
        return members
    }

    private func checkName(of stage: String) throws(SettingsError) {
        guard stageNames.contains(stage), stage.wholeMatch(of: /[A-Za-z0-9_]+/) == nil else { return }
        throw invalid([stage], "a stage's name is made of letters, digits and _")
    }

    /// Two stages that differ only in case or `_` would be one function.
    private func checkThatNoOtherStage(isDeployedAs settings: StageSettings) throws(SettingsError) {
        for other in stageNames where other != settings.stage && slug(other) == slug(settings.stage) {
            guard case .string(let project)? = try? members(of: other)["project_name"] else { continue }
            if slug(project) == settings.projectSlug {
                throw invalid([settings.stage], "the stage '\(other)' has the same function, \(settings.functionName)")
            }
        }
    }

    private func invalid(_ key: [String], _ reason: String) -> SettingsError {
        .invalid(file: file, key: key, reason: reason)
    }
}

/// A file's bytes.
func readSettings(_ file: InputFile) throws(SettingsError) -> Data {
    guard file.exists else {
        throw .unreadable("\(file.name): there is no such file here; run relayctl in the project's folder")
    }
    do {
        return try file.contents()
    } catch {
        throw .unreadable(error.description)
    }
}

/// The members of a JSON text that is an object.
func parseObject(_ text: some Sequence<UInt8>, file: String) throws(SettingsError) -> [JSONC.Member] {
    let value: JSONC
    do {
        value = try JSONC(parsing: text)
    } catch {
        throw .malformed(file: file, error)
    }
    guard case .object(let members) = value else {
        throw .invalid(file: file, key: [], reason: "holds \(value.kind), where an object is expected")
    }
    return members
}
