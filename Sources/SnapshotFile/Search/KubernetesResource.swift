/// A type of objects as kubectl names it: `pods`, `deployments.apps`.
package struct KubernetesResource: Hashable, Sendable, CustomStringConvertible {
    package var plural: String
    /// Empty for the core group.
    package var group: String

    package init(plural: String, group: String = "") {
        self.plural = plural
        self.group = group
    }

    package var description: String { group.isEmpty ? plural : "\(plural).\(group)" }
}

extension KubernetesResource {
    /// The resource that the API server keeps under `folder`, the first part of a key behind the prefix. Resources that
    /// are not in the table go by that name, in the core group.
    static func builtIn(_ folder: String) -> KubernetesResource {
        if let renamed = renamed[folder] { return renamed }
        return KubernetesResource(plural: folder, group: groups[folder] ?? "")
    }

    /// Resources two folders deep.
    static func builtIn(_ folder: String, _ subfolder: String) -> KubernetesResource? {
        switch (folder, subfolder) {
        case ("services", "specs"): KubernetesResource(plural: "services")
        case ("services", "endpoints"): KubernetesResource(plural: "endpoints")
        // OpenShift's.
        case ("oauth", "accesstokens"), ("oauth", "authorizetokens"), ("oauth", "clients"),
            ("oauth", "clientauthorizations"):
            KubernetesResource(plural: "oauth" + subfolder, group: "oauth.openshift.io")
        default: nil
        }
    }

    /// Folders with a name from Kubernetes' first days.
    private static let renamed = [
        "minions": KubernetesResource(plural: "nodes"),
        "controllers": KubernetesResource(plural: "replicationcontrollers"),
        "ingress": KubernetesResource(plural: "ingresses", group: "networking.k8s.io"),
        "podsecuritypolicy": KubernetesResource(plural: "podsecuritypolicies", group: "policy"),
        "useridentities": KubernetesResource(plural: "identities", group: "user.openshift.io"),
    ]

    /// By folder: the keys of built-in resources do not name the group.
    private static let groups: [String: String] = {
        let members = [
            "admissionregistration.k8s.io": [
                "mutatingadmissionpolicies", "mutatingadmissionpolicybindings", "mutatingwebhookconfigurations",
                "validatingadmissionpolicies", "validatingadmissionpolicybindings", "validatingwebhookconfigurations",
            ],
            "apps": ["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"],
            "autoscaling": ["horizontalpodautoscalers"],
            "batch": ["cronjobs", "jobs"],
            "certificates.k8s.io": ["certificatesigningrequests", "clustertrustbundles", "podcertificaterequests"],
            "coordination.k8s.io": ["leasecandidates", "leases"],
            "discovery.k8s.io": ["endpointslices"],
            "flowcontrol.apiserver.k8s.io": ["flowschemas", "prioritylevelconfigurations"],
            "internal.apiserver.k8s.io": ["storageversions"],
            "networking.k8s.io": ["ingressclasses", "ipaddresses", "networkpolicies", "servicecidrs"],
            "node.k8s.io": ["runtimeclasses"],
            "policy": ["poddisruptionbudgets"],
            "rbac.authorization.k8s.io": ["clusterrolebindings", "clusterroles", "rolebindings", "roles"],
            "resource.k8s.io": ["deviceclasses", "resourceclaims", "resourceclaimtemplates", "resourceslices"],
            "scheduling.k8s.io": ["priorityclasses"],
            "storage.k8s.io": [
                "csidrivers", "csinodes", "csistoragecapacities", "storageclasses", "volumeattachments",
                "volumeattributesclasses",
            ],
            "storagemigration.k8s.io": ["storageversionmigrations"],
            "apps.openshift.io": ["deploymentconfigs"],
            "build.openshift.io": ["buildconfigs", "builds"],
            "image.openshift.io": ["images", "imagestreams"],
            "route.openshift.io": ["routes"],
            "template.openshift.io": ["brokertemplateinstances", "templateinstances", "templates"],
            "user.openshift.io": ["groups", "users"],
        ]
        var groups: [String: String] = [:]
        for (group, folders) in members {
            for folder in folders { groups[folder] = group }
        }
        return groups
    }()
}
