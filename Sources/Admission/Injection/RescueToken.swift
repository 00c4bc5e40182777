import EtcdRecoverModel

/// How a member's pod shows the controller that it is one: a token of its ServiceAccount that names the pod and that nobody but
/// the controller takes. Mounted in our init container alone.
enum RescueToken {
    private static let name = "etcdrecover-rescue-token"
    /// In seconds; the kubelet renews it. No shorter one is given out than ten minutes.
    private static let lifetime: JSONValue = 3600

    static let volume: JSONValue = [
        "name": .string(name),
        "projected": [
            "sources": [
                [
                    "serviceAccountToken": [
                        "audience": .string(EtcdRecovery.RescueServer.audience), "expirationSeconds": lifetime,
                        "path": .string(EtcdRecovery.RescueServer.tokenFile),
                    ]
                ]
            ]
        ],
    ]

    static let mount: JSONValue = [
        "name": .string(name), "mountPath": .string(EtcdRecovery.RescueServer.tokenDirectory), "readOnly": true,
    ]
}
