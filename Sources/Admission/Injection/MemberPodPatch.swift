import EtcdRecoverModel

/// What a pod of the restored or recovered cluster gets before it starts.
struct MemberPodPatch {
    /// Where both layouts of the etcd-operator have their data; only the node knows what a ConfigMap says of it.
    static let usualDataDirectory = "/var/lib/etcd"
    private static let dataVolume = "etcdrecover-data"
    private static let emptyVolume = "etcdrecover-no-token"
    private static let tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// Empty where the pod has it already, or needs none.
    private(set) var operations: [JSONPatchOperation] = []

    private let pod: MemberPod

    /// - Parameters:
    ///   - cluster: what is restored or recovered; the pod's name begins with it.
    ///   - image: ours.
    init(pod: JSONValue, of cluster: String, order: RestoreOrder, image: String) throws(InjectionRefusal) {
        self.pod = try MemberPod(pod, of: cluster)
        if let existing = try existing(for: order, image: image), existing { return }
        try add(order, image)
    }

    /// Whether the container is there already. Throws when another one has its name.
    private func existing(for order: RestoreOrder, image: String) throws(InjectionRefusal) -> Bool? {
        guard
            let container = pod.spec?["initContainers"].elements.first(where: {
                $0["name"]?.string == AgentContainer.name
            })
        else { return nil }
        let variable = container["env"].elements.first { $0["name"]?.string == AgentVariable.order }
        let text = variable?["value"]?.string?.expandingReferences { _ in nil }
        guard let text, (try? RestoreOrder(json: text))?.restore == order.restore, container["image"]?.string == image
        else {
            throw InjectionRefusal(
                "the pod has an init container \(AgentContainer.name) that is not of \(order.owner)")
        }
        return true
    }

    private mutating func add(_ order: RestoreOrder, _ image: String) throws(InjectionRefusal) {
        var mounts = pod.dataMounts
        // Without a volume of its own it cannot hold anything from before.
        guard order.lays(pod.name.ordinal) || !mounts.isEmpty else { return }
        var volumes: [JSONValue] = []
        let directory = pod.settings["data-dir"].flatMap { $0.hasPrefix("/") && !$0.contains("$") ? $0 : nil }
        if !mounts.contains(where: { $0.isMounted(above: directory ?? Self.usualDataDirectory) }) {
            let mount: JSONValue = [
                "name": .string(Self.dataVolume), "mountPath": .string(directory ?? Self.usualDataDirectory),
            ]
            mounts.append(mount)
            volumes.append(["name": .string(Self.dataVolume), "emptyDir": [:]])
            append([mount], to: "/spec/containers/\(pod.index)/volumeMounts", existing: pod.etcd["volumeMounts"])
        }
        var order = order
        order.mountPaths = mounts.compactMap { $0["mountPath"]?.string }
        if order.downloads(at: pod.name.ordinal), order.rescue != nil {
            volumes.append(RescueToken.volume)
            mounts.append(RescueToken.mount)
        } else if order.downloads(at: pod.name.ordinal), order.destination.secretRef?.name == nil {
            mounts += pod.credentialMounts
        }
        if pod.spec?["automountServiceAccountToken"] != .bool(false),
            !mounts.contains(where: { $0["mountPath"]?.string == Self.tokenPath })
        {
            // The API server mounts the token of the service account in every container with nothing in that place.
            volumes.append(["name": .string(Self.emptyVolume), "emptyDir": [:]])
            mounts.append(
                ["name": .string(Self.emptyVolume), "mountPath": .string(Self.tokenPath), "readOnly": true])
        }
        append(volumes, to: "/spec/volumes", existing: pod.spec?["volumes"])
        let container = AgentContainer(
            etcd: pod.etcd, podSecurity: pod.spec?["securityContext"], image: image, order: order,
            opensStore: order.downloads(at: pod.name.ordinal), mounts: mounts)
        // Behind those that prepare the volume.
        append([try container.json()], to: "/spec/initContainers", existing: pod.spec?["initContainers"])
    }

    private mutating func append(_ elements: [JSONValue], to path: String, existing: JSONValue?) {
        guard !elements.isEmpty else { return }
        if case .array? = existing {
            operations += elements.map { .add("\(path)/-", $0) }
        } else {
            operations.append(.add(path, .array(elements)))
        }
    }
}
