import Foundation
import Loopback
import Testing

@testable import Deployment

@Suite("Settings from Windows, with a byte order mark and CRLF")
struct WindowsSettingsTests {
    private let folder: URL

    init() throws {
        folder = try temporaryFolder("settings")
    }

    @Test("The project's own settings files are read as if they had neither", arguments: [true, false])
    func ownFiles(hasMark: Bool) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let plain = try SettingsFile(InputFile(SettingsFile.name, in: project.path)).stage("dev")
        let windows = try SettingsFile(converted(SettingsFile.name, hasMark: hasMark)).stage("dev")
        #expect(windows == plain)
        let module = try ModuleSettings(converted(ModuleSettings.name, hasMark: hasMark))
        let plainModule = try ModuleSettings(InputFile(ModuleSettings.name, in: project.path))
        #expect(module.moduleName == plainModule.moduleName)
        #expect(module.fields.map(\.name) == plainModule.fields.map(\.name))
    }

    @Test("A comment ends with its line, a value keeps no line end, and an error is at the line that an editor shows")
    func lines() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = """
            \u{FEFF}{ // the stages
              "dev": {
                "project_name": "relay", // the name
                "aws_region": "eu-west-1",
                "role_name": "Role", /* two
                lines */ "lambda_description": "The relay",
              },
            }

            """
        let settings = try read(text)
        #expect(settings.projectName == "relay")
        #expect(settings.description == "The relay")
        #expect(settings.functionName == "relay-dev")
        let wrong = text.replacing("\"eu-west-1\"", with: "eu-west-1")
        let error = #expect(throws: SettingsError.self) { try read(wrong) }
        #expect(error?.description == "zappa_settings.json:4:19: expected a value")
    }

    private func read(_ text: String) throws -> StageSettings {
        try write(text.replacing("\n", with: "\r\n"), to: SettingsFile.name)
        return try SettingsFile(InputFile(SettingsFile.name, in: folder.path)).stage("dev")
    }

    /// A file of the project's as an editor on Windows writes it.
    private func converted(_ name: String, hasMark: Bool) throws -> InputFile {
        let text = try String(contentsOf: project.appendingPathComponent(name), encoding: .utf8)
        #expect(text.contains("\n"))
        try write((hasMark ? "\u{FEFF}" : "") + text.replacing("\n", with: "\r\n"), to: name)
        return InputFile(name, in: folder.path)
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }
}
