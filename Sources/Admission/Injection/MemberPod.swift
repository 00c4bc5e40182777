import EtcdRecoverModel
import FoundationEssentials

/// The pod of a cluster's member as JSON: its etcd container, and which of its volumes hold data.
struct MemberPod {
    let json: JSONValue
    let name: PodOrdinal
    /// Of the etcd container among all.
    let index: Int
    let settings: EtcdSettings
    private let container: Container

    init(_ json: JSONValue, of cluster: String) throws(InjectionRefusal) {
        let text = json["metadata"]?["name"]?.string ?? ""
        guard let name = PodOrdinal(text), name.base == cluster else {
            throw InjectionRefusal("pod \"\(text)\" has the labels of cluster \(cluster) and is no member of it")
        }
        let data = Data(JSONValue.array(json["spec"]?["containers"].elements ?? []).jsonBytes)
        guard let containers = try? JSONDecoder().decode([Container].self, from: data), let index = containers.etcdIndex
        else { throw InjectionRefusal("pod \(text) has no container that runs etcd") }
        self.json = json
        self.name = name
        self.index = index
        container = containers[index]
        settings = EtcdSettings(of: container) { Self.field($0, of: json) }
        if let file = settings["config-file"] {
            throw InjectionRefusal("\(MemberIdentityError.configurationFile(file))")
        }
    }

    var spec: JSONValue? { json["spec"] }

    var etcd: JSONValue { spec?["containers"].elements[index] ?? .null }

    /// Not what the API server keeps itself: Secrets, ConfigMaps and the like.
    var dataMounts: [JSONValue] { etcd["volumeMounts"].elements.filter(holdsData) }

    /// Where a cloud's own webhook has mounted what the place gives the pod.
    var credentialMounts: [JSONValue] {
        let environment = container.environment { Self.field($0, of: json) }
        let paths = [
            "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "GOOGLE_APPLICATION_CREDENTIALS",
        ].compactMap { environment[$0] }
        return etcd["volumeMounts"].elements.filter { mount in
            !holdsData(mount) && paths.contains(where: mount.isMounted)
        }
    }

    private func holdsData(_ mount: JSONValue) -> Bool {
        guard
            let volume = spec?["volumes"].elements.first(where: { $0["name"] == mount["name"] }),
            case .object(let sources) = volume
        else { return false }
        return ["secret", "configMap", "projected", "downwardAPI"].allSatisfy { sources[$0] == nil }
    }

    /// What a `fieldRef` of a container of this pod stands for; nil where that is not known from the object.
    static func field(_ path: String, of json: JSONValue) -> String? {
        switch path {
        case "metadata.name": json["metadata"]?["name"]?.string
        case "metadata.namespace": json["metadata"]?["namespace"]?.string
        default: nil
        }
    }
}

extension JSONValue {
    /// Whether this mount holds what is at `path`.
    func isMounted(above path: String) -> Bool {
        guard let own = self["mountPath"]?.string else { return false }
        return path.split(separator: "/").starts(with: own.split(separator: "/"))
    }
}
