// swift-tools-version: 6.1
import PackageDescription

/// The libraries that are not Swift. Debug builds, tests and `relayctl` link the system's shared ones
/// (the default trait); the linker settings, and not the module maps, name them, so that another trait
/// can link them statically for the zip.
func system(_ libraries: String...) -> [LinkerSetting] {
    libraries.map { .linkedLibrary($0, .when(traits: ["SharedLibraries"])) }
}

let package = Package(
    name: "securitytrails-relay",
    products: [
        .executable(name: "bootstrap", targets: ["bootstrap"]),
        .executable(name: "relayctl", targets: ["relayctl"]),
    ],
    traits: [
        .trait(name: "SharedLibraries", description: "Link the system's shared libcurl, libcrypto, libssl and libidn2."),
        .default(enabledTraits: ["SharedLibraries"]),
    ],
    targets: [
        // C libraries for Swift
        .systemLibrary(name: "CCurl"),
        .systemLibrary(name: "COpenSSL"),
        .systemLibrary(name: "CIDN2"),

        // The way of an invocation, from the outside in
        .target(name: "JSON"),
        .target(name: "HTTPClient", dependencies: ["CCurl"], linkerSettings: system("curl")),
        .target(name: "LambdaRuntime", dependencies: ["HTTPClient", "JSON"]),
        .target(name: "APIGateway", dependencies: ["JSON"]),
        .target(name: "JWT", dependencies: ["COpenSSL", "JSON"], linkerSettings: system("crypto")),
        .target(name: "CTIM", dependencies: ["JSON"]),
        .target(name: "SecurityTrails", dependencies: ["HTTPClient", "CIDN2"], linkerSettings: system("idn2")),
        .target(name: "Relay", dependencies: ["APIGateway", "JWT", "CTIM", "SecurityTrails"]),
        .executableTarget(name: "bootstrap", dependencies: ["Relay", "LambdaRuntime"]),

        // The operator's side
        .target(name: "LocalLambda", dependencies: ["APIGateway", "COpenSSL"], linkerSettings: system("ssl", "crypto")),
        .target(name: "Deployment", dependencies: ["HTTPClient"]),
        .executableTarget(name: "relayctl", dependencies: ["bootstrap", "LocalLambda", "Deployment", "JWT", "Relay"]),

        // The tests, a target each
        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
        .testTarget(name: "HTTPClientTests", dependencies: ["HTTPClient", "LocalLambda"]),
        .testTarget(name: "LambdaRuntimeTests", dependencies: ["LambdaRuntime", "LocalLambda"]),
        .testTarget(name: "APIGatewayTests", dependencies: ["APIGateway"]),
        .testTarget(name: "JWTTests", dependencies: ["JWT"]),
        .testTarget(name: "CTIMTests", dependencies: ["CTIM"]),
        .testTarget(name: "SecurityTrailsTests", dependencies: ["SecurityTrails", "LocalLambda"]),
        .testTarget(name: "RelayTests", dependencies: ["Relay", "LocalLambda"]),
        .testTarget(name: "LocalLambdaTests", dependencies: ["LocalLambda", "APIGateway", "JWT", "bootstrap", "relayctl"]),
        .testTarget(name: "DeploymentTests", dependencies: ["Deployment"]),
    ],
    swiftLanguageModes: [.v6]
)
