// swift-tools-version: 6.1
import PackageDescription

/// The libraries that are not Swift. Debug builds, tests and `relayctl` link the system's shared ones: the default trait.
/// These settings name them, and not the module maps, so that the other trait can link them in another way.
func system(_ libraries: String...) -> [LinkerSetting] {
    libraries.map { .linkedLibrary($0, .when(traits: ["SharedLibraries"])) }
}

/// The packaged executable (`relayctl package`, the trait `Lambda`) has libcurl, and what Debian's libcurl.a is built on,
/// linked in: loading 30 shared libraries takes longer than all else that its start does.
let archives = [
    "curl", "ssl", "crypto", "nghttp2", "idn2", "unistring", "psl", "ssh2", "zstd", "brotlidec", "brotlicommon", "z",
]
let linkedIn: [LinkerSetting] = [
    .unsafeFlags(
        (["--start-group"] + archives.map { "-l:lib\($0).a" }
            + ["--end-group", "--as-needed", "--gc-sections", "--strip-all", "-z", "relro", "-z", "now"])
            .flatMap { ["-Xlinker", $0] },
        .when(traits: ["Lambda"])
    )
]

/// What the executable is made of does without `_StringProcessing`, the engine of regular expressions, which is imported
/// unless the compiler is told otherwise: 1.3 MB of the executable, for `contains(_: String)`.
let lean: [SwiftSetting] = [.unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"])]

/// The tests push megabytes through it, and RelayTests takes almost twice as long without this.
let alwaysOptimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
    name: "securitytrails-relay",
    products: [
        .executable(name: "bootstrap", targets: ["bootstrap"]),
        .executable(name: "relayctl", targets: ["relayctl"]),
    ],
    traits: [
        .trait(name: "SharedLibraries", description: "Link the system's shared libcurl, libcrypto, libssl and libidn2."),
        .trait(name: "Lambda", description: "Link them into the executable, for the zip."),
        .default(enabledTraits: ["SharedLibraries"]),
    ],
    targets: [
        // C libraries for Swift
        .systemLibrary(name: "CCurl"),
        .systemLibrary(name: "COpenSSL"),
        .systemLibrary(name: "CIDN2"),
        .target(name: "CAbsent"),

        // The way of an invocation, from the outside in
        .target(name: "JSON", swiftSettings: lean + alwaysOptimized),
        .target(
            name: "HTTPClient",
            dependencies: ["CCurl", "COpenSSL"],
            swiftSettings: lean,
            linkerSettings: system("curl", "ssl")
        ),
        .target(name: "LambdaRuntime", dependencies: ["HTTPClient", "JSON"], swiftSettings: lean),
        .target(name: "APIGateway", dependencies: ["JSON"], swiftSettings: lean),
        .target(name: "JWT", dependencies: ["COpenSSL", "JSON"], swiftSettings: lean, linkerSettings: system("crypto")),
        .target(name: "CTIM", dependencies: ["JSON"], swiftSettings: lean),
        .target(
            name: "SecurityTrails",
            dependencies: ["CIDN2", "HTTPClient", "JSON"],
            swiftSettings: lean,
            linkerSettings: system("idn2")
        ),
        .target(
            name: "Relay",
            dependencies: ["APIGateway", "CTIM", "HTTPClient", "JSON", "JWT", "SecurityTrails"],
            swiftSettings: lean
        ),
        .executableTarget(
            name: "bootstrap",
            dependencies: ["Relay", "SecurityTrails", "LambdaRuntime", .target(name: "CAbsent", condition: .when(traits: ["Lambda"]))],
            swiftSettings: lean,
            linkerSettings: linkedIn
        ),

        // The operator's side
        .target(name: "Extraction"),
        .target(
            name: "Investigation",
            dependencies: ["COpenSSL", "Extraction", "HTTPClient", "Loopback"],
            resources: [.embedInCode("Page/Browser")]
        ),
        .target(name: "Loopback", dependencies: ["COpenSSL", "JSON"], linkerSettings: system("ssl", "crypto")),
        .target(name: "LocalLambda", dependencies: ["Loopback"]),
        .target(name: "Deployment", dependencies: ["COpenSSL", "HTTPClient", "Loopback"], linkerSettings: system("crypto")),
        .executableTarget(
            name: "relayctl",
            dependencies: ["bootstrap", "Deployment", "Extraction", "HTTPClient", "Investigation", "JSON", "JWT", "LocalLambda", "Loopback", "Relay", "SecurityTrails"]
        ),

        // The tests, a target each
        .target(
            name: "TestSupport",
            dependencies: ["COpenSSL", "Loopback"],
            path: "Tests/Support",
            linkerSettings: system("crypto")
        ),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"]),
        .testTarget(name: "HTTPClientTests", dependencies: ["HTTPClient", "LocalLambda", "Loopback", "TestSupport"]),
        .testTarget(
            name: "LambdaRuntimeTests",
            dependencies: ["HTTPClient", "JWT", "LambdaRuntime", "LocalLambda", "Loopback", "TestSupport", "bootstrap"]
        ),
        .testTarget(name: "APIGatewayTests", dependencies: ["APIGateway"]),
        .testTarget(name: "JWTTests", dependencies: ["COpenSSL", "JWT", "TestSupport"]),
        .testTarget(name: "CTIMTests", dependencies: ["CTIM", "JSON"]),
        .testTarget(name: "InvestigationTests", dependencies: ["Extraction", "Investigation", "Loopback"]),
        .testTarget(name: "ExtractionTests", dependencies: ["Extraction"], exclude: ["Texts"]),
        .testTarget(
            name: "SecurityTrailsTests",
            dependencies: ["HTTPClient", "LocalLambda", "Loopback", "SecurityTrails", "TestSupport"]
        ),
        .testTarget(
            name: "RelayTests",
            dependencies: [
                "CTIM", "HTTPClient", "JSON", "JWT", "LambdaRuntime", "LocalLambda", "Loopback", "Relay", "SecurityTrails",
                "TestSupport", "bootstrap",
            ]
        ),
        .testTarget(name: "LoopbackTests", dependencies: ["JSON", "Loopback", "TestSupport"]),
        .testTarget(
            name: "LocalLambdaTests",
            dependencies: ["APIGateway", "JWT", "LocalLambda", "Loopback", "TestSupport", "bootstrap"]
        ),
        .testTarget(
            name: "DeploymentTests",
            dependencies: ["Deployment", "HTTPClient", "Loopback", "TestSupport"],
            exclude: ["Credentials/aws_folders.py"]
        ),
        .testTarget(
            name: "RelayctlTests",
            dependencies: [
                "Deployment", "HTTPClient", "JWT", "LocalLambda", "Loopback", "Relay", "TestSupport", "relayctl",
            ],
            exclude: ["AWS/StandIn/aws_stand_in.py", "AWS/StandIn/url_stand_in.py"]
        ),
    ],
    swiftLanguageModes: [.v6]
)
