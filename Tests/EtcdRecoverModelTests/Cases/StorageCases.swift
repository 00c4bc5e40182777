@testable import EtcdRecoverModel

enum StorageCases {
    private static func row(_ name: String, _ storage: JSONValue, _ expected: [String]) -> RuleCase {
        RuleCase(name, Sample.restore, ["spec.target.storageSpec": storage], says: expected)
    }

    static let all = [
        row(
            "another cluster's member volume",
            ["volumeSizeRequest": "8Gi", "accessModes": "ReadWriteMany", "pvcName": "etcd-data-main-0"],
            [
                #"error restore.target.storageSpec.pvcName.forbidden spec.target.storageSpec.pvcName: Forbidden: "etcd-data-main-0" is named as the volume of one cluster's member, whose data would be written over: name a claim of the target's own"#
            ]),
        row(
            "a member volume of a cluster with hyphens, unused as it is",
            ["volumeSizeRequest": "8Gi", "pvcName": "etcd-data-main-b-12"],
            [
                #"error restore.target.storageSpec.pvcName.forbidden spec.target.storageSpec.pvcName: Forbidden: "etcd-data-main-b-12" is named as the volume of one cluster's member, whose data would be written over: name a claim of the target's own"#
            ]),
        row(
            "a claim whose name is only alike",
            ["volumeSizeRequest": "8Gi", "accessModes": "ReadWriteMany", "pvcName": "etcd-data-shared"], []),
        row(
            "no storage", .null,
            [
                "warning restore.target.storageSpec.absent spec.target.storageSpec: the restored data would live only as long as the pod: set volumeSizeRequest for a volume that outlives it"
            ]),
        row(
            "storage of no size", [:],
            [
                "error restore.target.storageSpec.volumeSizeRequest.required spec.target.storageSpec.volumeSizeRequest: Required value: give the size of each member's volume, such as 8Gi"
            ]),
        row(
            "a size that is none", ["volumeSizeRequest": "8 GB"],
            [
                #"error restore.target.storageSpec.volumeSizeRequest.invalid spec.target.storageSpec.volumeSizeRequest: Invalid value: "8 GB": must be a quantity such as 8Gi or 500Mi"#
            ]),
        row(
            "a size below 1Mi", ["volumeSizeRequest": "1M"],
            [
                #"error restore.target.storageSpec.volumeSizeRequest.invalid spec.target.storageSpec.volumeSizeRequest: Invalid value: "1M": must be at least 1Mi"#
            ]),
        row(
            "a negative size", ["volumeSizeRequest": "-8Gi"],
            [
                #"error restore.target.storageSpec.volumeSizeRequest.invalid spec.target.storageSpec.volumeSizeRequest: Invalid value: "-8Gi": must be at least 1Mi"#
            ]),
        row(
            "a limit that is none", ["volumeSizeRequest": "8Gi", "volumeSizeLimit": "much"],
            [
                #"error restore.target.storageSpec.volumeSizeLimit.invalid spec.target.storageSpec.volumeSizeLimit: Invalid value: "much": must be a quantity such as 8Gi or 500Mi"#
            ]),
        row(
            "a limit below the request", ["volumeSizeRequest": "8Gi", "volumeSizeLimit": "8G"],
            [
                #"error restore.target.storageSpec.volumeSizeLimit.invalid spec.target.storageSpec.volumeSizeLimit: Invalid value: "8G": must not be below volumeSizeRequest, 8Gi"#
            ]),
        row("a limit equal to the request", ["volumeSizeRequest": "8Gi", "volumeSizeLimit": "8192Mi"], []),
        row(
            "volumes that only read", ["accessModes": "ReadOnlyMany", "volumeSizeRequest": "8Gi"],
            [
                #"error restore.target.storageSpec.accessModes.unsupported spec.target.storageSpec.accessModes: Unsupported value: "ReadOnlyMany": supported values: "ReadWriteOnce", "ReadWriteMany""#
            ]),
        row(
            "an unknown access mode", ["accessModes": "RWO", "volumeSizeRequest": "8Gi"],
            [
                #"error restore.target.storageSpec.accessModes.unsupported spec.target.storageSpec.accessModes: Unsupported value: "RWO": supported values: "ReadWriteOnce", "ReadWriteMany""#
            ]),
        row(
            "a shared volume without its claim", ["accessModes": "ReadWriteMany", "volumeSizeRequest": "8Gi"],
            [
                "error restore.target.storageSpec.pvcName.required spec.target.storageSpec.pvcName: Required value: ReadWriteMany shares one volume: name the PersistentVolumeClaim"
            ]),
        row("a shared volume", ["accessModes": "ReadWriteMany", "pvcName": "shared", "volumeSizeRequest": "8Gi"], []),
        row(
            "names in capitals", ["storageClassName": "Fast", "pvcName": "Shared", "volumeSizeRequest": "8Gi"],
            [
                #"error restore.target.storageSpec.storageClassName.invalid spec.target.storageSpec.storageClassName: Invalid value: "Fast": must be at most 253 lower-case letters, digits, hyphens and dots, each part starting and ending with a letter or digit (a DNS-1123 subdomain)"#,
                #"error restore.target.storageSpec.pvcName.invalid spec.target.storageSpec.pvcName: Invalid value: "Shared": must be at most 253 lower-case letters, digits, hyphens and dots, each part starting and ending with a letter or digit (a DNS-1123 subdomain)"#,
            ]),
    ]
}
