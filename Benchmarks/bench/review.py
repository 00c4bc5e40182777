"""An AdmissionReview of an EtcdBackup, as an API server sends it: about 6 KB, which rules without look-ups decide."""

import json

KIND = {"group": "operator.etcd.io", "version": "v1alpha1", "kind": "EtcdBackup"}
RESOURCE = {"group": "operator.etcd.io", "version": "v1alpha1", "resource": "etcdbackups"}
UID = "705ab4f5-6393-11e8-b7cc-42010a800002"

LABELS = {
    "app.kubernetes.io/name": "orders-etcd",
    "app.kubernetes.io/instance": "orders-production",
    "app.kubernetes.io/component": "backup",
    "app.kubernetes.io/part-of": "orders",
    "app.kubernetes.io/managed-by": "argocd",
    "topology.example.com/region": "eu-central-1",
    "example.com/environment": "production",
    "example.com/team": "orders-platform",
    "example.com/cost-centre": "4711",
}

# No snapshotTimeout and no retention: an answer that applies defaults carries a patch.
SPEC = {
    "clusterRef": "orders-etcd",
    "destination": {
        "provider": "s3",
        "prefix": "production/orders/nightly",
        "secretRef": {"name": "orders-etcd-backup-credentials"},
        "s3": {
            "bucket": "example-etcd-backups-eu-central-1",
            "region": "eu-central-1",
            "endpoint": "https://s3.storage.example.com:9443",
            "forcePathStyle": True,
        },
    },
}


def fields(value):
    """The `f:` tree of managedFields for a value."""
    if not isinstance(value, dict):
        return {}
    return {".": {}} | {f"f:{key}": fields(inner) for key, inner in value.items()}


def manager(name, operation, at, value):
    return {
        "manager": name, "operation": operation, "apiVersion": "operator.etcd.io/v1alpha1", "time": at,
        "fieldsType": "FieldsV1", "fieldsV1": fields(value),
    }


def backup():
    annotations = {
        "argocd.argoproj.io/sync-wave": "10",
        "argocd.argoproj.io/tracking-id": "orders:operator.etcd.io/EtcdBackup:orders/orders-etcd-nightly",
        "example.com/runbook": "https://runbooks.example.com/etcd/orders#restore-into-a-new-cluster",
        "example.com/contact": "orders-platform@example.com, #orders-oncall",
        "example.com/change": "CHG0048213: nightly snapshot before the 3.5 upgrade; kept for one quarter",
    }
    head = {"apiVersion": "operator.etcd.io/v1alpha1", "kind": "EtcdBackup"}
    named = {"name": "orders-etcd-nightly", "namespace": "orders", "labels": LABELS}
    applied = {**head, "metadata": {**named, "annotations": annotations}, "spec": SPEC}
    last = json.dumps(applied, separators=(",", ":")) + "\n"
    annotations = {**annotations, "kubectl.kubernetes.io/last-applied-configuration": last}
    owned = {"metadata": {"annotations": annotations, "labels": LABELS}, "spec": SPEC}
    metadata = {
        **named, "annotations": annotations, "uid": "0f3a3d8e-2b5c-4d1e-9a77-5e5a0c1f7b42", "generation": 1,
        "creationTimestamp": "2026-02-03T01:00:00Z",
        "managedFields": [
            manager("argocd-controller", "Apply", "2026-02-03T01:00:00Z", owned),
            manager("kubectl-client-side-apply", "Update", "2026-02-03T01:00:00Z", owned),
        ],
    }
    return {**head, "metadata": metadata, "spec": SPEC}


def user():
    name = "argocd-application-controller"
    groups = ["system:serviceaccounts", "system:serviceaccounts:argocd", "system:authenticated"]
    extra = {
        "authentication.kubernetes.io/credential-id": ["JTI=7f0d9a4e-2c39-4b1b-8f7a-6b1d0d3c9e55"],
        "authentication.kubernetes.io/node-name": ["ip-10-0-31-117.eu-central-1.compute.internal"],
        "authentication.kubernetes.io/node-uid": ["2b1d7c64-90a5-4a3c-b8b1-1f0a6a4a7f10"],
        "authentication.kubernetes.io/pod-name": [f"{name}-0"],
        "authentication.kubernetes.io/pod-uid": ["c7c1a1f0-7f3e-4f55-8d4e-3a0b5f1f2d6c"],
    }
    return {
        "username": f"system:serviceaccount:argocd:{name}", "uid": "a6c0f6c8-7a4e-4c0b-9d52-0d3b6f1b8e21",
        "groups": groups, "extra": extra,
    }


def body():
    """Bytes of the review, compact, in the API server's order of fields."""
    request = {
        "uid": UID, "kind": KIND, "resource": RESOURCE, "requestKind": KIND, "requestResource": RESOURCE,
        "name": "orders-etcd-nightly", "namespace": "orders", "operation": "CREATE", "userInfo": user(),
        "object": backup(), "oldObject": None, "dryRun": False,
        "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1", "fieldManager": "argocd-controller"},
    }
    review = {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request}
    return json.dumps(review, separators=(",", ":")).encode()
