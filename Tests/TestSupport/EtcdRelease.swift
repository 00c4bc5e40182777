import FoundationEssentials
package import Testing

/// One release of etcd's programs, as `Tests/Etcd/releases` unpacked them.
package struct EtcdRelease: Hashable, Sendable, CustomTestStringConvertible {
    /// Such as `3.5.30`.
    package let version: String
    let folder: String

    package var testDescription: String { version }

    /// What this machine has, oldest first. Never empty: where there is none, the one in it fails when it is used.
    package static let all: [EtcdRelease] =
        found.isEmpty ? [EtcdRelease(version: "missing", folder: "/nonexistent")] : found

    /// The newest one.
    package static let newest = all[all.count - 1]

    /// The newest of a minor version such as `3.4`.
    package static func newest(of minor: String) throws -> EtcdRelease {
        guard let release = all.last(where: { $0.version.hasPrefix(minor + ".") }) else {
            throw MissingPart("no etcd \(minor) among \(all.map(\.version)); \(missing)")
        }
        return release
    }

    /// Whether it is `other` or newer, part by part: `atLeast("3.5")`.
    package func isAtLeast(_ other: String) -> Bool {
        !Self.numbers(version).lexicographicallyPrecedes(Self.numbers(other))
    }

    package var etcd: String { "\(folder)/etcd" }
    package var etcdctl: String { "\(folder)/etcdctl" }
    /// From 3.5 on.
    package var etcdutl: String? { isAtLeast("3.5") ? "\(folder)/etcdutl" : nil }

    /// What works on snapshot files offline: `etcdutl`, before 3.5 `etcdctl`. `arguments` come after `snapshot`.
    package func snapshotTool(_ arguments: String..., within limit: Duration = .seconds(120)) async throws -> String {
        try await Command(etcdutl ?? etcdctl, ["snapshot"] + arguments).output(within: limit)
    }

    private static let found: [EtcdRelease] = {
        guard let root = TestEnvironment.variables["ETCDRECOVER_TEST_ETCD"], !root.isEmpty else { return [] }
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return versions.filter { FileManager.default.isExecutableFile(atPath: "\(root)/\($0)/etcd") }
            .filter { $0.first?.isNumber == true }
            .map { EtcdRelease(version: $0, folder: "\(root)/\($0)") }
            .sorted { numbers($0.version).lexicographicallyPrecedes(numbers($1.version)) }
    }()

    private static func numbers(_ version: String) -> [Int] {
        version.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 }
    }

    static let missing = "needs etcd: run 'make test', or set ETCDRECOVER_TEST_ETCD to what Tests/Etcd/releases fetched"
    static var isOpen: Bool { !found.isEmpty || TestEnvironment.requiresEverything }
}

extension Trait where Self == ConditionTrait {
    /// Skipped without etcd's programs; under `make test` it fails instead, when the first of them is run.
    package static var needsEtcd: Self { .enabled(if: EtcdRelease.isOpen, "\(EtcdRelease.missing)") }
}
