// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "etcdrecover",
    products: [
        .executable(name: "etcdrecover", targets: ["etcdrecover"]),
        .executable(name: "kubectl-etcdrecover", targets: ["kubectl-etcdrecover"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        // The messages of etcd's gRPC API, generated once: Sources/EtcdClient/Messages.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // Hummingbird without its full-Foundation parts: FoundationEssentials keeps the binaries small.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Runs exec credential plugins. Foundation's Process would bring all of Foundation into the plugin.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        // C libraries, each imported by one Swift file of the module above it.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

        // Modules, bottom up.
        .target(name: "EtcdRecoverModel"),
        .target(name: "YAML", dependencies: ["CYAML"]),
        .target(name: "Cryptography", dependencies: ["COpenSSL"]),
        // CRC-32C by the processor's instruction, which Swift cannot name.
        .target(name: "CChecksum"),
        // Settings of the C library's allocator, which Swift cannot name.
        .target(name: "CAllocator"),
        .target(name: "SnapshotFile", dependencies: ["CChecksum", "Cryptography"]),
        .target(
            name: "HTTP",
            dependencies: ["CCurl", .product(name: "HTTPTypes", package: "swift-http-types")]
        ),
        .target(
            name: "KubernetesClient",
            dependencies: [
                "EtcdRecoverModel", "HTTP", "YAML",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]
        ),
        .target(
            name: "EtcdClient",
            dependencies: [
                "Cryptography", "HTTP",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Messages/etcd.proto"]
        ),
        .target(
            name: "ObjectStore",
            dependencies: [
                "CAllocator", "Cryptography", "EtcdRecoverModel", "HTTP",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        // Where an etcd on Kubernetes is and what opens it.
        .target(
            name: "ClusterAccess", dependencies: ["EtcdClient", "EtcdRecoverModel", "HTTP", "KubernetesClient"]
        ),
        // The init container of a member that is restored.
        .target(
            name: "Agent",
            dependencies: [
                "Cryptography", "EtcdRecoverModel", "HTTP", "ObjectStore", "SnapshotFile",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(name: "Admission", dependencies: ["EtcdRecoverModel"]),
        .target(
            name: "WebhookServer",
            dependencies: [
                "Admission", "Cryptography", "EtcdRecoverModel", "KubernetesClient",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "Controllers",
            dependencies: [
                "Admission", "ClusterAccess", "Cryptography", "EtcdClient", "EtcdRecoverModel", "HTTP",
                "KubernetesClient",
                "ObjectStore", "SnapshotFile",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "PluginCommands",
            dependencies: [
                "ClusterAccess", "Cryptography", "EtcdClient", "EtcdRecoverModel", "HTTP", "KubernetesClient",
                "ObjectStore", "SnapshotFile", "YAML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]
        ),

        // The two programs: @main and nothing else.
        .executableTarget(
            name: "etcdrecover",
            dependencies: [
                "Agent", "Controllers", "Cryptography", "EtcdRecoverModel", "HTTP", "KubernetesClient",
                "ObjectStore", "WebhookServer", "YAML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(name: "kubectl-etcdrecover", dependencies: ["PluginCommands"]),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: [.product(name: "Subprocess", package: "swift-subprocess")],
            path: "Tests/TestSupport"
        ),
        .testTarget(name: "EtcdRecoverModelTests", dependencies: ["EtcdRecoverModel", "YAML"]),
        .testTarget(name: "YAMLTests", dependencies: ["YAML"]),
        .testTarget(name: "CryptographyTests", dependencies: ["Cryptography"]),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP"]),
        .testTarget(name: "SnapshotFileTests", dependencies: ["Cryptography", "SnapshotFile", "TestSupport"]),
        .testTarget(name: "EtcdClientTests", dependencies: ["Cryptography", "EtcdClient", "HTTP", "TestSupport"]),
        .testTarget(
            name: "ObjectStoreTests",
            dependencies: ["Cryptography", "EtcdRecoverModel", "HTTP", "ObjectStore", "StoreProbe", "TestSupport"]
        ),
        // What a test kills, times and measures from outside.
        .executableTarget(name: "StoreProbe", dependencies: ["HTTP", "ObjectStore"], path: "Tests/StoreProbe"),
        .testTarget(name: "KubernetesClientTests", dependencies: ["KubernetesClient", "TestSupport"]),
        .testTarget(name: "ClusterAccessTests", dependencies: ["ClusterAccess", "EtcdClient", "EtcdRecoverModel"]),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Agent", "Cryptography", "EtcdRecoverModel", "HTTP", "ObjectStore", "SnapshotFile", "TestSupport",
                "WebhookServer",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(name: "AdmissionTests", dependencies: ["Admission"]),
        .testTarget(
            name: "ControllersTests",
            dependencies: [
                "ClusterAccess", "Controllers", "Cryptography", "EtcdClient", "EtcdRecoverModel", "HTTP",
                "KubernetesClient",
                "ObjectStore", "TestSupport",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(name: "WebhookServerTests", dependencies: ["WebhookServer", "TestSupport"]),
        .testTarget(
            name: "PluginCommandsTests",
            dependencies: [
                "ClusterAccess", "Cryptography", "EtcdClient", "EtcdRecoverModel", "HTTP", "KubernetesClient",
                "PluginCommands", "SnapshotFile", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["Admission", "Cryptography", "EtcdRecoverModel", "HTTP", "ObjectStore", "TestSupport"]
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .treatAllWarnings(as: .error),
        ]
}
