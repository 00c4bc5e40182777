/// The part of the etcd-operator's EtcdCluster that we read. The operator owns its definition.
package struct EtcdCluster: KubernetesResource, Hashable {
    package static let apiVersion = "operator.etcd.io/v1alpha1"
    package static let kind = "EtcdCluster"
    package static let plural = "etcdclusters"

    package var apiVersion: String? = Self.apiVersion
    package var kind: String? = Self.kind
    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package struct Spec: Codable, Hashable, Sendable {
        package var size: Int64?
        package var version: String?
        package var storageSpec: StorageSpec?

        package init(size: Int64? = nil, version: String? = nil, storageSpec: StorageSpec? = nil) {
            self.size = size
            self.version = version
            self.storageSpec = storageSpec
        }
    }

    package struct Status: Codable, Hashable, Sendable {
        package var currentReplicas: Int64?
        package var readyReplicas: Int64?
        package var memberCount: Int64?
        package var currentVersion: String?
        package var members: [Member]?

        package init(readyReplicas: Int64? = nil, members: [Member]? = nil) {
            self.readyReplicas = readyReplicas
            self.members = members
        }
    }

    package struct Member: Codable, Hashable, Sendable {
        package var name: String?
        package var id: String?
        package var version: String?
        package var isHealthy: Bool?
        package var isLearner: Bool?
        package var isLeader: Bool?
    }

    package init(metadata: ObjectMeta, spec: Spec? = nil, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// How the members' data is stored; the same block in EtcdCluster and in a restore's target.
package struct StorageSpec: Codable, Hashable, Sendable {
    package var accessModes: String?
    package var storageClassName: String?
    package var pvcName: String?
    package var volumeSizeRequest: Quantity?
    package var volumeSizeLimit: Quantity?

    package init(
        accessModes: String? = nil, storageClassName: String? = nil, pvcName: String? = nil,
        volumeSizeRequest: Quantity? = nil, volumeSizeLimit: Quantity? = nil
    ) {
        self.accessModes = accessModes
        self.storageClassName = storageClassName
        self.pvcName = pvcName
        self.volumeSizeRequest = volumeSizeRequest
        self.volumeSizeLimit = volumeSizeLimit
    }
}
