package import EtcdRecoverModel

/// A pod with all that its spec has, whoever knows it.
package struct WholePod: KubernetesResource {
    package static let apiVersion = "v1"
    package static let kind = "Pod"
    package static let plural = "pods"

    package var apiVersion: String? = Self.apiVersion
    package var kind: String? = Self.kind
    package var metadata: ObjectMeta
    package var spec: JSONValue
    package var status: Status?

    package struct Status: Codable, Sendable {
        package var phase: String?
        package var reason: String?
        package var message: String?
        package var conditions: [Condition]?
        package var containerStatuses: [Container]?

        package struct Condition: Codable, Sendable {
            package var type: String
            package var status: String
            package var message: String?
        }

        package struct Container: Codable, Sendable {
            package var name: String
            package var state: State?
        }

        package struct State: Codable, Sendable {
            package var waiting: Reason?
            package var terminated: Reason?
        }

        package struct Reason: Codable, Sendable {
            package var reason: String?
            package var message: String?
        }
    }
}
