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
    let productCategories = ["threat-intel"]

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

    /// How the platform calls the relay. What a kind of token has no use for is left out.
    struct Properties: Encodable {
        let url: String
        let supportedAPIs = ["health", "observe/observables", "refer/observables"]
        let authType: String
        var tokenAlgorithm: String?
        var tokenKey: String?
        var tokenAudience: String?
        var keysHost: String?

        enum CodingKeys: String, CodingKey {
            case url
            case supportedAPIs = "supported-apis"
            case authType = "auth-type"
            case tokenAlgorithm = "configuration-token-alg"
            case tokenKey = "configuration-token-key"
            case tokenAudience = "configuration-token-audience"
            case keysHost = "custom_jwks_host"
        }
    }

    /// Whose token authorizes the platform at the relay.
    package enum Authorization: Sendable {
        /// The JWT that the form asks for, which `relayctl jwt` made.
        case bearer
        /// One that the platform makes of the form, signed with the function's SECRET_KEY.
        case hs256(secretKey: String)
        /// The same, signed with a key of the platform's own.
        case rs256(audience: String, keysHost: String)
    }

    enum CodingKeys: String, CodingKey {
        case title, description, tips, capabilities, properties, flags
        case productCategories = "product_categories"
        case defaultName = "default_name"
        case shortDescription = "short_description"
        case externalReferences = "external_references"
        case configurationSpec = "configuration_spec"
    }

    /// The type of a module called `name`, whose relay answers at `url`.
    package init(name: String, url: String, _ authorization: Authorization = .bearer) {
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

            \(authorization.steps(name))

            A red health check names what is wrong: the key, the token, or the way to \(name).
            """
        externalReferences = [Reference(label: name, link: "https://securitytrails.com/")]
        configurationSpec = authorization.form(name)
        capabilities = [
            Capability(id: "health", description: "Checks the token, and that \(name) answers"),
            Capability(id: "observe", description: "Finds related addresses and domains of an IP, an IPv6 or a domain"),
            Capability(id: "refer", description: "Links an IP, an IPv6 or a domain to its page at \(name)"),
        ]
        properties = authorization.properties(url: url)
    }
}

extension ModuleTypeDefinition.Authorization {
    /// What its user does, as a numbered list.
    fileprivate func steps(_ name: String) -> String {
        switch self {
        case .bearer:
            """
            1. In \(name), create an API key for the relay.
            2. Run `relayctl jwt STAGE`, enter the API key, and set the SECRET_KEY that it prints on the function.
            3. Here, enter the relay's URL, and the JWT that it prints as the **authorization bearer token**, and save.
            """
        case .hs256, .rs256:
            """
            1. In \(name), create an API key for the relay.
            2. Here, enter the API key and save. The platform makes the tokens.
            """
        }
    }

    /// What is asked for when a module is created. The platform makes claims of the inputs whose names begin with
    /// `custom_`.
    fileprivate func form(_ name: String) -> [ModuleTypeDefinition.Input] {
        switch self {
        case .bearer:
            [
                .init(
                    key: "url",
                    type: "string",
                    label: "URL",
                    tooltip: "The relay's URL, without a slash at the end",
                    required: true
                ),
                .init(
                    key: "token",
                    type: "api_key",
                    label: "Authorization bearer token",
                    tooltip: "The JWT that relayctl jwt prints: your API key, signed for the relay",
                    required: true
                ),
            ]
        case .hs256, .rs256:
            [
                .init(
                    key: "custom_key",
                    type: "api_key",
                    label: "API key",
                    tooltip: "The key that \(name) gave you",
                    required: true
                ),
                .init(
                    key: "custom_NUMBER_OF_PAGES",
                    type: "integer",
                    label: "Number of pages",
                    tooltip: "Pages of 100 records that are read of each answer; each is a query of your plan. 0: all",
                    required: false
                ),
                .init(
                    key: "custom_GET_ALL_PAGES",
                    type: "boolean",
                    label: "All pages",
                    tooltip: "Read all pages of each answer, whatever their number",
                    required: false
                ),
            ]
        }
    }

    fileprivate func properties(url: String) -> ModuleTypeDefinition.Properties {
        switch self {
        case .bearer:
            .init(url: url, authType: "bearer")
        case .hs256(let secretKey):
            .init(url: url, authType: "configuration-token", tokenAlgorithm: "HS256", tokenKey: secretKey)
        case .rs256(let audience, let keysHost):
            .init(
                url: url,
                authType: "configuration-token",
                tokenAlgorithm: "RS256",
                tokenAudience: audience,
                keysHost: keysHost
            )
        }
    }
}
