/// A restore's storageSpec, which becomes the EtcdCluster's.
enum StorageRules {
    static let absent = Rule(
        "restore.target.storageSpec.absent", .restore, at: "spec.target.storageSpec", .warning, .required,
        "There is a storageSpec; without one the restored data lives only as long as the pod.")
    static let accessModeUnsupported = Rule(
        "restore.target.storageSpec.accessModes.unsupported", .restore, at: "spec.target.storageSpec.accessModes",
        .notSupported, "`ReadWriteOnce` or `ReadWriteMany`; members write, so never `ReadOnlyMany`.")
    static let storageClassInvalid = Rule(
        "restore.target.storageSpec.storageClassName.invalid", .restore,
        at: "spec.target.storageSpec.storageClassName", .invalid, "The StorageClass's name is a valid object name.")
    static let claimRequired = Rule(
        "restore.target.storageSpec.pvcName.required", .restore, at: "spec.target.storageSpec.pvcName", .required,
        "`ReadWriteMany` comes with pvcName.")
    static let claimInvalid = Rule(
        "restore.target.storageSpec.pvcName.invalid", .restore, at: "spec.target.storageSpec.pvcName", .invalid,
        "The claim's name is a valid object name.")
    static let claimForbidden = Rule(
        "restore.target.storageSpec.pvcName.forbidden", .restore, at: "spec.target.storageSpec.pvcName", .forbidden,
        "The claim is no member's volume, `etcd-data-<cluster>-<ordinal>`, whose data a restore would write over.")
    static let requestRequired = Rule(
        "restore.target.storageSpec.volumeSizeRequest.required", .restore,
        at: "spec.target.storageSpec.volumeSizeRequest", .required,
        "A storageSpec has a volumeSizeRequest, as EtcdCluster wants it.")
    static let requestInvalid = Rule(
        "restore.target.storageSpec.volumeSizeRequest.invalid", .restore,
        at: "spec.target.storageSpec.volumeSizeRequest", .invalid, "A quantity of at least 1Mi.")
    static let limitInvalid = Rule(
        "restore.target.storageSpec.volumeSizeLimit.invalid", .restore, at: "spec.target.storageSpec.volumeSizeLimit",
        .invalid, "A quantity, not below the request.")
    static let all = [
        absent, accessModeUnsupported, storageClassInvalid, claimRequired, claimInvalid, claimForbidden,
        requestRequired,
        requestInvalid, limitInvalid,
    ]

    private static let supportedModes = ["ReadWriteOnce", "ReadWriteMany"]
    private static let form = "must be a quantity such as 8Gi or 500Mi"

    static func judge(_ storage: StorageSpec?, at path: FieldPath, into findings: inout [Finding]) {
        guard let storage else {
            findings.append(
                Finding(
                    absent, at: path,
                    "the restored data would live only as long as the pod: set volumeSizeRequest for a volume that outlives "
                        + "it"))
            return
        }
        if let mode = storage.accessModes.ifGiven, !supportedModes.contains(mode) {
            findings.append(
                Finding(accessModeUnsupported, at: path["accessModes"], mode, supported: supportedModes))
        }
        judgeName(
            storage.storageClassName, at: path["storageClassName"], storageClassInvalid, into: &findings)
        if storage.accessModes == "ReadWriteMany", storage.pvcName.ifGiven == nil {
            findings.append(
                Finding(
                    claimRequired, at: path["pvcName"],
                    "ReadWriteMany shares one volume: name the PersistentVolumeClaim"))
        }
        judgeName(storage.pvcName, at: path["pvcName"], claimInvalid, into: &findings)
        if let claim = storage.pvcName.ifGiven, isMemberVolume(claim) {
            findings.append(
                Finding(
                    claimForbidden, at: path["pvcName"],
                    "\(quoted(claim)) is named as the volume of one cluster's member, whose data would be written over: "
                        + "name a claim of the target's own"))
        }
        judgeSizes(storage, at: path, into: &findings)
    }

    private static func isMemberVolume(_ claim: String) -> Bool {
        let parts = claim.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.count > 3 && parts[0].elementsEqual("etcd".utf8) && parts[1].elementsEqual("data".utf8)
            && !(parts.last?.isEmpty ?? true) && parts.last?.allSatisfy(\.isDigit) == true
    }

    private static func judgeName(_ name: String?, at path: FieldPath, _ rule: Rule, into findings: inout [Finding]) {
        if let name = name.ifGiven, let problem = KubernetesName.subdomainProblem(name) {
            findings.append(Finding(rule, at: path, value: quoted(name), problem))
        }
    }

    private static func judgeSizes(_ storage: StorageSpec, at path: FieldPath, into findings: inout [Finding]) {
        let request = storage.volumeSizeRequest?.amount
        if let text = storage.volumeSizeRequest?.rawValue {
            if request ?? .whole(0) < .whole(1 << 20) {
                let problem = request == nil ? form : "must be at least 1Mi"
                findings.append(
                    Finding(requestInvalid, at: path["volumeSizeRequest"], value: quoted(text), problem))
            }
        } else {
            findings.append(
                Finding(
                    requestRequired, at: path["volumeSizeRequest"],
                    "give the size of each member's volume, such as 8Gi"))
        }
        guard let text = storage.volumeSizeLimit?.rawValue else { return }
        let path = path["volumeSizeLimit"]
        guard let limit = storage.volumeSizeLimit?.amount else {
            findings.append(Finding(limitInvalid, at: path, value: quoted(text), form))
            return
        }
        if let request, limit < request {
            findings.append(
                Finding(
                    limitInvalid, at: path, value: quoted(text),
                    "must not be below volumeSizeRequest, \(storage.volumeSizeRequest?.rawValue ?? "")"))
        }
    }
}
