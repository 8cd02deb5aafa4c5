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

    @Test("XDR's generic relay has a page a region")
    func genericRelay() {
        let page = "security.cisco.com/settings/modules/available"
        #expect(
            ModuleSettings.ModuleType.genericServerlessRelay.map(\.creationPage) == [
                "https://securex.us.\(page)/86aad484-6344-42df-922d-916b9947ec47/new",
                "https://securex.eu.\(page)/a80c5f4a-74cc-4f4a-8934-571bee72acb5/new",
                "https://securex.apjc.\(page)/bab9277c-221f-49f9-a56e-b62641ae348a/new",
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

    private func encoded(_ authorization: ModuleTypeDefinition.Authorization) throws -> [String: Any] {
        let definition = ModuleTypeDefinition(name: "SecurityTrails", url: "https://x/dev", authorization)
        return try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(definition)) as? [String: Any]
        )
    }

    private static let kinds: [ModuleTypeDefinition.Authorization] = [
        .bearer, .hs256(secretKey: "a secret"), .rs256(audience: "aud", keysHost: "visibility.amp.cisco.com"),
    ]

    @Test(
        "Every module type has a title, texts, three capabilities, a category, the URL and the APIs",
        arguments: kinds
    )
    func moduleType(authorization: ModuleTypeDefinition.Authorization) throws {
        let type = try encoded(authorization)
        for text in ["title", "default_name", "short_description", "description", "tips"] {
            #expect((type[text] as? String)?.isEmpty == false, "\(text)")
        }
        #expect(type["product_categories"] as? [String] == ["threat-intel"])
        #expect(type["flags"] as? [String] == ["third-party-serverless"])
        let capabilities = try #require(type["capabilities"] as? [[String: Any]])
        #expect(capabilities.map { $0["id"] as? String } == ["health", "observe", "refer"])
        let properties = try #require(type["properties"] as? [String: Any])
        #expect(properties["url"] as? String == "https://x/dev")
        #expect(
            properties["supported-apis"] as? [String] == ["health", "observe/observables", "refer/observables"]
        )
    }

    /// The form's inputs as `key type required`.
    private func form(_ authorization: ModuleTypeDefinition.Authorization) throws -> [String] {
        let inputs = try #require(encoded(authorization)["configuration_spec"] as? [[String: Any]])
        for text in ["label", "tooltip"] { #expect(inputs.allSatisfy { ($0[text] as? String)?.isEmpty == false }) }
        return inputs.map { "\($0["key"] ?? "-") \($0["type"] ?? "-") \($0["required"] ?? "-")" }
    }

    /// What the properties say of the token.
    private func token(_ authorization: ModuleTypeDefinition.Authorization) throws -> [String: String] {
        let properties = try #require(encoded(authorization)["properties"] as? [String: Any])
        return properties.filter { !["url", "supported-apis"].contains($0.key) }.compactMapValues { $0 as? String }
    }

    @Test("With bearer, the form asks for the URL and the token")
    func bearer() throws {
        #expect(try form(.bearer) == ["url string 1", "token api_key 1"])
        #expect(try token(.bearer) == ["auth-type": "bearer"])
    }

    @Test("With a token of the platform's, the form asks for the API key and the pages")
    func configurationToken() throws {
        let inputs = ["custom_key api_key 1", "custom_NUMBER_OF_PAGES integer 0", "custom_GET_ALL_PAGES boolean 0"]
        let hs256 = ModuleTypeDefinition.Authorization.hs256(secretKey: "a secret")
        #expect(try form(hs256) == inputs)
        #expect(
            try token(hs256) == [
                "auth-type": "configuration-token", "configuration-token-alg": "HS256",
                "configuration-token-key": "a secret",
            ]
        )
        let rs256 = ModuleTypeDefinition.Authorization.rs256(audience: "aud", keysHost: "visibility.amp.cisco.com")
        #expect(try form(rs256) == inputs)
        #expect(
            try token(rs256) == [
                "auth-type": "configuration-token", "configuration-token-alg": "RS256",
                "configuration-token-audience": "aud", "custom_jwks_host": "visibility.amp.cisco.com",
            ]
        )
    }
}
