/// A module type as SecureX and Cisco XDR take it (`POST /iroh/iroh-int/module-type`), for those who want a tile of
/// their own rather than the generic relay's form.
package struct ModuleTypeDefinition: Encodable, Sendable {
    let title: String
    let defaultName: String
    let shortDescription: String
    let description: String
    let tips: String
    let externalReferences: [Reference]
    let configurationSpec: [Input]
    let capabilities: [Capability]
    let properties: Properties
    let flags = ["third-party-serverless"]

    struct Reference: Encodable {
        let label: String
        let link: String
    }

    /// An input of the form that creates a module.
    struct Input: Encodable {
        let key: String
        let type: String
        let label: String
        let tooltip: String
        let required: Bool
    }

    struct Capability: Encodable {
        let id: String
        let description: String
    }

    struct Properties: Encodable {
        let url: String
        let supportedAPIs = ["health", "observe/observables", "refer/observables"]
        let authType = "bearer"

        enum CodingKeys: String, CodingKey {
            case url
            case supportedAPIs = "supported-apis"
            case authType = "auth-type"
        }
    }

    enum CodingKeys: String, CodingKey {
        case title, description, tips, capabilities, properties, flags
        case defaultName = "default_name"
        case shortDescription = "short_description"
        case externalReferences = "external_references"
        case configurationSpec = "configuration_spec"
    }

    /// The type of a module called `name`, whose relay answers at `url`.
    package init(name: String, url: String) {
        title = name
        defaultName = name
        shortDescription = "DNS history and the domains of an address, from \(name)."
        description = """
            Asks \(name) what a domain has resolved to, and which domains have resolved to an IP address, \
            and shows the answers as sightings.

            - **domain**: every IPv4 and IPv6 address in its DNS history
            - **ip**, **ipv6**: every domain that is known to have resolved to it

            Each observable also gets a link to its page at \(name).
            """
        tips = """
            The module asks your own relay, an AWS Lambda function. Deploy it first.

            1. In \(name), create an API key for the relay.
            2. Run `relayctl jwt STAGE`, enter the API key, and set the SECRET_KEY that it prints on the function.
            3. Here, enter the JWT that it prints as the **authorization bearer token**, and save.

            A red health check names what is wrong: the key, the token, or the way to \(name).
            """
        externalReferences = [Reference(label: name, link: "https://securitytrails.com/")]
        configurationSpec = [
            Input(
                key: "custom_token",
                type: "api_key",
                label: "Authorization bearer token",
                tooltip: "The JWT that relayctl jwt prints: your API key, signed for the relay",
                required: true
            )
        ]
        capabilities = [
            Capability(id: "health", description: "Checks the token, and that \(name) answers"),
            Capability(id: "observe", description: "Finds related addresses and domains of an IP, an IPv6 or a domain"),
            Capability(id: "refer", description: "Links an IP, an IPv6 or a domain to its page at \(name)"),
        ]
        properties = Properties(url: url)
    }
}
