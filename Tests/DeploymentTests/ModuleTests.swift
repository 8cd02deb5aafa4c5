import Foundation
import Loopback
import Testing

@testable import Deployment

@Suite("The module in SecureX and XDR")
struct ModuleTests {
    @Test("The project's own module_settings.json gives the name, the field, and a page a region, in its order")
    func ownFile() throws {
        let module = try ModuleSettings(InputFile(ModuleSettings.name, in: project.path))
        #expect(module.moduleName == "SecurityTrails")
        #expect(module.fields == [.init(name: "key", prompt: "SecurityTrails API Key")])
        #expect(module.moduleTypes.map(\.region) == ["us", "eu", "apjc"])
        #expect(
            module.moduleTypes.map(\.creationPage) == [
                "https://securex.us.security.cisco.com/settings/modules/available/80b90eb0-a856-4251-b857-ab9ebdf917ae/new",
                "https://securex.eu.security.cisco.com/settings/modules/available/6bb4e5c7-baad-415b-9ce8-e9dddc715b4e/new",
                "https://securex.apjc.security.cisco.com/settings/modules/available/0c411bb0-6c96-44a6-afbf-f3d483046d2d/new",
            ]
        )
    }

    @Test(
        "What is no module's settings is refused in one line",
        arguments: [
            ("{", "m.json:1:2: expected a key in double quotes, or '}' before the end of the file"),
            (#"{"nmae": "x"}"#, "m.json: nmae: is no setting; did you mean 'name'?"),
            (#"{"name": ""}"#, "m.json: name: takes the module's name"),
            (#"{"name": "x", "jwt": {}}"#, "m.json: jwt: takes an object that is not empty"),
            (#"{"name": "x", "jwt": {"key": 1}}"#, "m.json: jwt: key: takes a string that is not empty"),
            (#"{"name": "x", "jwt": {"exp": "y"}}"#, "m.json: jwt: exp: is a claim of JWT's own"),
            (#"{"name": "x", "jwt": {"key": "y"}}"#, "m.json: region: takes an object that is not empty"),
            (
                #"{"name": "x", "jwt": {"key": "y"}, "region": {"us": "../"}}"#,
                "m.json: region: us: takes the id of a module type"
            ),
        ]
    )
    func refusals(text: String, message: String) {
        let error = #expect(throws: SettingsError.self) { try ModuleSettings(text: text.utf8, file: "m.json") }
        #expect(error?.description == message)
    }

    @Test("The module type has a title, texts, the form, three capabilities, the URL and how to authenticate")
    func moduleType() throws {
        let json = try JSONEncoder().encode(ModuleTypeDefinition(name: "SecurityTrails", url: "https://x/dev"))
        let type = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        for text in ["title", "default_name", "short_description", "description", "tips"] {
            #expect((type[text] as? String)?.isEmpty == false, "\(text)")
        }
        let inputs = try #require(type["configuration_spec"] as? [[String: Any]])
        #expect(inputs.map { $0["type"] as? String } == ["api_key"])
        let capabilities = try #require(type["capabilities"] as? [[String: Any]])
        #expect(capabilities.map { $0["id"] as? String } == ["health", "observe", "refer"])
        let properties = try #require(type["properties"] as? [String: Any])
        #expect(properties["url"] as? String == "https://x/dev")
        #expect(properties["auth-type"] as? String == "bearer")
        #expect(
            properties["supported-apis"] as? [String] == ["health", "observe/observables", "refer/observables"]
        )
    }
}
