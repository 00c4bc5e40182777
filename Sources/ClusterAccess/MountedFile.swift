import EtcdRecoverModel

/// Where a file that a container sees comes from.
struct MountedFile: Hashable, Sendable {
    enum Holder: Hashable, Sendable {
        case secret(String)
        case configMap(String)
    }

    var holder: Holder
    var key: String
}

extension MemberPod {
    /// Of an absolute path in `container`; nil when no Secret or ConfigMap holds it, as for a host's own files.
    func origin(of path: String, in container: Container) -> MountedFile? {
        // The deepest mount is the one that shows.
        let mounts = (container.volumeMounts ?? []).sorted { $0.mountPath.count > $1.mountPath.count }
        for mount in mounts {
            guard let inside = path.relative(to: mount.mountPath) else { continue }
            let parts = [mount.subPath ?? "", inside].filter { !$0.isEmpty }
            guard let volume = spec.volumes?.first(where: { $0.name == mount.name }) else { return nil }
            return volume.origin(of: parts.joined(separator: "/"))
        }
        return nil
    }
}

extension MemberPod.Volume {
    fileprivate func origin(of path: String) -> MountedFile? {
        if let secret, let name = secret.secretName {
            return Self.find(path, secret.items).map { .init(holder: .secret(name), key: $0) }
        }
        if let configMap, let name = configMap.name {
            return Self.find(path, configMap.items).map { .init(holder: .configMap(name), key: $0) }
        }
        for source in projected?.sources ?? [] {
            if let secret = source.secret, let name = secret.name, let key = Self.find(path, secret.items) {
                return .init(holder: .secret(name), key: key)
            }
            if let configMap = source.configMap, let name = configMap.name, let key = Self.find(path, configMap.items) {
                return .init(holder: .configMap(name), key: key)
            }
        }
        return nil
    }

    /// Without items every key is a file of its name.
    private static func find(_ path: String, _ items: [Item]?) -> String? {
        items.map { $0.first { $0.path == path }?.key } ?? path
    }
}

extension String {
    /// What is left behind `directory` and a slash; empty for the directory itself.
    fileprivate func relative(to directory: String) -> String? {
        let directory = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        if self == directory { return "" }
        return hasPrefix(directory + "/") ? String(dropFirst(directory.count + 1)) : nil
    }
}

/// The files of a container that Secrets and ConfigMaps hold, each of which is read once.
struct MountedFiles {
    var pod: MemberPod
    var container: MemberPod.Container
    var locator: ClusterLocator
    private var secrets: [String: Secret] = [:]

    init(pod: MemberPod, container: MemberPod.Container, locator: ClusterLocator) {
        (self.pod, self.container, self.locator) = (pod, container, locator)
    }

    /// Nil for other files.
    mutating func content(of path: String) async throws -> [UInt8]? {
        guard let origin = pod.origin(of: path, in: container) else { return nil }
        switch origin.holder {
        case .configMap(let name): return try await locator.configMap(name).data?[origin.key].map { Array($0.utf8) }
        case .secret(let name):
            let known = secrets[name]
            let secret =
                if let known { known } else { try await locator.secret(name, for: .certificates) }
            secrets[name] = secret
            return secret[origin.key].map { Array($0) }
        }
    }
}
