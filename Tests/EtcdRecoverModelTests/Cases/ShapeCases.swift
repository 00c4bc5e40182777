@testable import EtcdRecoverModel

enum ShapeCases {
    static let all = [
        RuleCase("a manifest as it should be", Sample.backup, says: []),
        RuleCase(
            "another version", Sample.backup, ["apiVersion": "operator.etcd.io/v1beta1"],
            says: [
                #"error object.apiVersion apiVersion: Unsupported value: "operator.etcd.io/v1beta1": supported values: "operator.etcd.io/v1alpha1""#
            ]),
        RuleCase(
            "no apiVersion", Sample.backup, ["apiVersion": .null],
            says: [
                #"error object.apiVersion apiVersion: Unsupported value: "": supported values: "operator.etcd.io/v1alpha1""#
            ]),
        RuleCase(
            "another kind", Sample.backup, ["kind": "EtcdBackups"],
            says: [
                #"error object.kind kind: Unsupported value: "EtcdBackups": supported values: "EtcdBackup""#
            ]),
        RuleCase(
            "a number for a name", Sample.backup, ["spec.clusterRef": 5],
            says: [
                #"error shape.type spec.clusterRef: Invalid value: 5: must be a string, not a number: write "5", with the quotes"#
            ]),
        RuleCase(
            "a boolean for a string", Sample.backup, ["spec.destination.prefix": true],
            says: [
                #"error shape.type spec.destination.prefix: Invalid value: true: must be a string, not a boolean: write "true", with the quotes"#
            ]),
        RuleCase(
            "a string for a number", Sample.backup, ["spec.retention.retainCount": "7"],
            says: [
                #"error shape.type spec.retention.retainCount: Invalid value: "7": must be an integer (int32), not a string: write it without quotes"#
            ]),
        RuleCase(
            "a fraction for a whole number", Sample.backup, ["spec.retention.retainCount": .double(7.5)],
            says: [
                "error shape.type spec.retention.retainCount: Invalid value: 7.5: must be an integer (int32), not a fraction"
            ]),
        RuleCase("a whole number with a point", Sample.backup, ["spec.retention.retainCount": .double(7)], says: []),
        RuleCase(
            "more than 32 bits", Sample.backup, ["spec.retention.retainCount": 2_147_483_648],
            says: [
                "error shape.range spec.retention.retainCount: Invalid value: 2147483648: must be from -2147483648 to 2147483647 (int32)"
            ]),
        RuleCase(
            "more than 64 bits", Sample.restore, ["spec.target.revisionBump": .double(1e19)],
            says: [
                "error shape.range spec.target.revisionBump: Invalid value: 1e+19: must be from -9223372036854775808 to 9223372036854775807 (int64)"
            ]),
        RuleCase(
            "a string for a boolean", Sample.restore, ["spec.source.skipHashCheck": "yes"],
            says: [
                #"error shape.type spec.source.skipHashCheck: Invalid value: "yes": must be a boolean, true or false, not a string: write it without quotes"#
            ]),
        RuleCase(
            "a string for a block", Sample.backup, ["spec.destination.secretRef": "AKIAEXAMPLE"],
            says: [
                #"error shape.type spec.destination.secretRef: Invalid value: "string": must be an object, not a string"#
            ]),
        RuleCase(
            "a list for a block", Sample.backup, ["spec.destination.s3": [["bucket": "b"]]],
            says: [
                #"error shape.type spec.destination.s3: Invalid value: "array": must be an object, not an array"#
            ]),
        RuleCase(
            "a string for the spec", Sample.backup, ["spec": "main"],
            says: [
                #"error shape.type spec: Invalid value: "string": must be an object, not a string"#
            ]),
        RuleCase(
            "a block for a string", Sample.backup, ["spec.clusterRef": ["name": "main"]],
            says: [
                #"error shape.type spec.clusterRef: Invalid value: "object": must be a string, not an object"#
            ]),
        RuleCase(
            "a fraction for a quantity", Sample.restore, ["spec.target.storageSpec.volumeSizeRequest": .double(1.5)],
            says: [
                #"error shape.type spec.target.storageSpec.volumeSizeRequest: Invalid value: 1.5: must be a quantity: a string or a whole number, not a fraction: write "1.5", with the quotes"#
            ]),
        RuleCase(
            "a whole number for a quantity", Sample.restore,
            ["spec.target.storageSpec.volumeSizeRequest": 8_589_934_592], says: []),
        RuleCase(
            "null is absent", Sample.backup, ["metadata.creationTimestamp": .null, "spec.snapshotTimeout": .null],
            says: []),
        RuleCase(
            "a letter too few", Sample.backup, ["spec.destination.prefx": "a"],
            says: [
                #"error shape.unknownField spec.destination.prefx: Forbidden: unknown field: did you mean "prefix"?"#
            ]),
        RuleCase(
            "a field of another name in capitals", Sample.backup,
            ["spec.clusterref": "main", "spec.clusterRef": .null],
            says: [
                "error backup.clusterRef.required spec.clusterRef: Required value: name the EtcdCluster to back up",
                #"error shape.unknownField spec.clusterref: Forbidden: unknown field: did you mean "clusterRef"?"#,
            ]),
        RuleCase(
            "a field that nobody knows", Sample.backup, ["spec.retention.forever": true],
            says: [
                #"error shape.unknownField spec.retention.forever: Forbidden: unknown field: known here are "retainCount""#
            ]),
        RuleCase(
            "forcePathStyle for gcs", Sample.located, ["spec.source.location.destination.gcs.forcePathStyle": true],
            says: [
                #"error shape.unknownField spec.source.location.destination.gcs.forcePathStyle: Forbidden: unknown field: known here are "bucket", "endpoint""#
            ]),
        RuleCase(
            "a condition without a type", Sample.backup, ["status.conditions": [["status": "True"]]],
            says: [
                "error shape.required status.conditions[0].type: Required value: add it"
            ]),
        RuleCase(
            "a label that YAML reads as true", Sample.backup, ["metadata.labels": ["spare": true]],
            says: [
                #"error shape.type metadata.labels.spare: Invalid value: true: must be a string, not a boolean: write "true", with the quotes"#
            ]),
    ]
}
