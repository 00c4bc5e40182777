/// The part of a pod's container that tells how its process is started.
package struct Container: Codable, Hashable, Sendable {
    package var name: String
    package var image: String?
    package var command: [String]?
    package var args: [String]?
    package var env: [Variable]?
    package var envFrom: [VariableSource]?
    package var volumeMounts: [Mount]?

    package init(
        name: String, command: [String]? = nil, args: [String]? = nil, env: [Variable]? = nil,
        envFrom: [VariableSource]? = nil
    ) {
        self.name = name
        self.command = command
        self.args = args
        self.env = env
        self.envFrom = envFrom
    }

    package struct Variable: Codable, Hashable, Sendable {
        package var name: String
        package var value: String?
        package var valueFrom: Origin?

        package init(name: String, value: String? = nil, valueFrom: Origin? = nil) {
            self.name = name
            self.value = value
            self.valueFrom = valueFrom
        }
    }

    package struct Origin: Codable, Hashable, Sendable {
        package var fieldRef: Field?
        package var configMapKeyRef: KeyReference?

        package init(fieldRef: Field? = nil, configMapKeyRef: KeyReference? = nil) {
            self.fieldRef = fieldRef
            self.configMapKeyRef = configMapKeyRef
        }
    }

    package struct Field: Codable, Hashable, Sendable {
        package var fieldPath: String
        package init(_ fieldPath: String) { self.fieldPath = fieldPath }
    }

    package struct KeyReference: Codable, Hashable, Sendable {
        package var name: String?
        package var key: String

        package init(name: String?, key: String) {
            self.name = name
            self.key = key
        }
    }

    package struct VariableSource: Codable, Hashable, Sendable {
        package var prefix: String?
        package var configMapRef: LocalReference?

        package init(prefix: String? = nil, configMapRef: LocalReference? = nil) {
            self.prefix = prefix
            self.configMapRef = configMapRef
        }
    }

    package struct Mount: Codable, Hashable, Sendable {
        package var name: String
        package var mountPath: String
        package var subPath: String?
    }
}

extension [Container] {
    /// The one that runs etcd: that of that name, else the only one, else the one whose image says so.
    package var etcdIndex: Int? {
        if let named = firstIndex(where: { $0.name == "etcd" }) { return named }
        return count == 1 ? startIndex : firstIndex { $0.image?.contains("etcd") == true }
    }

    package var etcd: Container? { etcdIndex.map { self[$0] } }
}

extension Container {
    /// The environment as the kubelet makes it. What comes from elsewhere than the pod and the ConfigMaps is absent.
    /// - Parameters:
    ///   - field: what a `fieldRef` stands for, by its path; nil where it is not known yet.
    ///   - configMaps: the text of those that the environment refers to, by name.
    package func environment(
        configMaps: [String: [String: String]] = [:], field: (String) -> String?
    ) -> [String: String] {
        var all: [String: String] = [:]
        for source in envFrom ?? [] {
            for (key, value) in source.configMapRef?.name.flatMap({ configMaps[$0] }) ?? [:] {
                all[(source.prefix ?? "") + key] = value
            }
        }
        for variable in env ?? [] {
            if let value = variable.value {
                all[variable.name] = value.expandingReferences { all[$0] }
            } else if let path = variable.valueFrom?.fieldRef?.fieldPath {
                all[variable.name] = field(path)
            } else if let reference = variable.valueFrom?.configMapKeyRef, let name = reference.name {
                all[variable.name] = configMaps[name]?[reference.key]
            }
        }
        return all
    }
}

extension EtcdSettings {
    /// Of the etcd in a container.
    package init(
        of container: Container, configMaps: [String: [String: String]] = [:], field: (String) -> String?
    ) {
        let environment = container.environment(configMaps: configMaps, field: field)
        let words = (container.command ?? []) + (container.args ?? [])
        self.init(
            command: words.map { $0.expandingReferences { environment[$0] } }, environment: environment)
    }
}
