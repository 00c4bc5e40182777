// The parts of core and apps objects that tell whether a restore's target is empty.

package struct Pod: KubernetesResource, Hashable {
    package static let apiVersion = "v1"
    package static let kind = "Pod"
    package static let plural = "pods"

    package var apiVersion: String? = Self.apiVersion
    package var kind: String? = Self.kind
    package var metadata: ObjectMeta

    package init(metadata: ObjectMeta) { self.metadata = metadata }
}

package struct PersistentVolumeClaim: KubernetesResource, Hashable {
    package static let apiVersion = "v1"
    package static let kind = "PersistentVolumeClaim"
    package static let plural = "persistentvolumeclaims"

    package var apiVersion: String? = Self.apiVersion
    package var kind: String? = Self.kind
    package var metadata: ObjectMeta

    package init(metadata: ObjectMeta) { self.metadata = metadata }
}

package struct StatefulSet: KubernetesResource, Hashable {
    package static let apiVersion = "apps/v1"
    package static let kind = "StatefulSet"
    package static let plural = "statefulsets"

    package struct LabelSelector: Codable, Hashable, Sendable {
        package var matchLabels: [String: String]?
    }

    package struct Spec: Codable, Hashable, Sendable {
        /// The API server's default is 1.
        package var replicas: Int32?
        /// Of its pods.
        package var selector: LabelSelector?
        /// Each gives every pod a claim named `<template>-<pod>`.
        package var volumeClaimTemplates: [PersistentVolumeClaim]?

        package init(replicas: Int32? = nil, volumeClaimTemplates: [PersistentVolumeClaim]? = nil) {
            self.replicas = replicas
            self.volumeClaimTemplates = volumeClaimTemplates
        }
    }

    package struct Status: Codable, Hashable, Sendable {
        package var replicas: Int32?
        package var readyReplicas: Int32?
    }

    package var apiVersion: String? = Self.apiVersion
    package var kind: String? = Self.kind
    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec? = nil, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}
