import Loopback

/// `module_settings.json`: what the module in SecureX or XDR is called, what its JWT carries, and where it is created.
package struct ModuleSettings: Equatable, Sendable {
    /// The file's name in a project's folder.
    package static let name = "module_settings.json"

    /// The module's name.
    package let moduleName: String
    /// What the JWT carries, in the file's order.
    package let fields: [Field]
    /// The SecureX regions in the file's order, each with the module type's id there.
    package let moduleTypes: [ModuleType]

    /// A claim of the JWT that the operator enters.
    package struct Field: Equatable, Sendable {
        /// The claim's name.
        package let name: String
        /// What the operator is asked for.
        package let prompt: String
    }

    /// A module's type in one region of the platform.
    package struct ModuleType: Equatable, Sendable {
        /// The region, as its host names have it: us, eu, apjc.
        package let region: String
        /// The id of the type there.
        package let id: String

        /// The page that creates a module of this type.
        package var creationPage: String {
            "https://securex.\(region).security.cisco.com/settings/modules/available/\(id)/new"
        }

        /// XDR's Generic Serverless Relay, which takes any relay's URL and JWT.
        package static let genericServerlessRelay = [
            ModuleType(region: "us", id: "86aad484-6344-42df-922d-916b9947ec47"),
            ModuleType(region: "eu", id: "a80c5f4a-74cc-4f4a-8934-571bee72acb5"),
            ModuleType(region: "apjc", id: "bab9277c-221f-49f9-a56e-b62641ae348a"),
        ]
    }

    /// Reads the file.
    package init(_ file: InputFile) throws(SettingsError) {
        try self.init(text: readSettings(file), file: file.name)
    }

    /// Reads the text of a module's settings; `file` names it in errors.
    init(text: some Sequence<UInt8>, file: String) throws(SettingsError) {
        let members = try parseObject(text, file: file)
        let known = ["name", "jwt", "region"]
        if let unknown = members.first(where: { !known.contains($0.name) })?.name {
            let hint = nearest(to: unknown, among: known).map { "; did you mean '\($0)'?" } ?? ""
            throw .invalid(file: file, key: [unknown], reason: "is no setting" + hint)
        }
        guard case .string(let name)? = members.first(where: { $0.name == "name" })?.value, !name.isEmpty else {
            throw .invalid(file: file, key: ["name"], reason: "takes the module's name")
        }
        moduleName = name

        fields = try Self.strings("jwt", in: members, file: file).map(Field.init)
        if let reserved = fields.first(where: { ["exp", "iat", "nbf"].contains($0.name) }) {
            throw .invalid(file: file, key: ["jwt", reserved.name], reason: "is a claim of JWT's own")
        }
        moduleTypes = try Self.strings("region", in: members, file: file).map(ModuleType.init)
        for type in moduleTypes {
            guard type.region.wholeMatch(of: /[a-z]+/) != nil, type.id.wholeMatch(of: /[0-9a-f-]{36}/) != nil else {
                throw .invalid(file: file, key: ["region", type.region], reason: "takes the id of a module type")
            }
        }
    }

    private static func strings(
        _ key: String,
        in members: [JSONC.Member],
        file: String
    ) throws(SettingsError) -> [(String, String)] {
        guard case .object(let pairs)? = members.first(where: { $0.name == key })?.value, !pairs.isEmpty else {
            throw .invalid(file: file, key: [key], reason: "takes an object that is not empty")
        }
        var strings: [(String, String)] = []
        for pair in pairs {
            guard case .string(let value) = pair.value, !pair.name.isEmpty, !value.isEmpty else {
                throw .invalid(file: file, key: [key, pair.name], reason: "takes a string that is not empty")
            }
            strings.append((pair.name, value))
        }
        return strings
    }
}
