"""A folder of good manifests that refer to one another, as a Git repository of an operator holds them."""

import json

EACH = 50


def write(folder, count):
    """One manifest per file, in subfolders of 50; the clusters, Secrets and backups that others name are among them."""
    makers = (cluster, secret, backup, backup, restore)
    for number in range(count):
        group = number // len(makers)
        manifest = makers[number % len(makers)](f"orders-{group:03}", number % len(makers))
        path = folder / f"{number // EACH:02}" / f"{number:04}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml(manifest))


def cluster(name, _):
    return resource("operator.etcd.io/v1alpha1", "EtcdCluster", name, spec={"size": 3, "version": "v3.5.21"})


def secret(name, _):
    keys = {"accessKeyID": "an-access-key-of-nobody", "secretAccessKey": "a-secret-of-nobody"}
    return resource("v1", "Secret", f"{name}-keys", type="Opaque", stringData=keys)


def backup(name, which):
    spec = {
        "clusterRef": name,
        "destination": destination(name, which),
        "snapshotTimeout": "15m",
        "retention": {"retainCount": 14},
    }
    return resource("operator.etcd.io/v1alpha1", "EtcdBackup", f"{name}-{which}", spec=spec)


def restore(name, which):
    storage = {"accessModes": "ReadWriteOnce", "volumeSizeRequest": "8Gi", "volumeSizeLimit": "16Gi"}
    target = {"name": f"{name}-restored", "size": 3, "version": "3.5.21", "storageSpec": storage}
    source = {"location": {"destination": destination(name, 2), "key": f"{name}/{name}-2-20260203T010000Z.db"}}
    spec = {"source": source, "target": target, "restoreTimeout": "30m"}
    return resource("operator.etcd.io/v1alpha1", "EtcdRestore", name, spec=spec)


def destination(name, which):
    store = {"bucket": "example-etcd-backups", "region": "eu-central-1"}
    return {"provider": "s3", "prefix": f"{name}/{which}", "secretRef": {"name": f"{name}-keys"}, "s3": store}


def resource(api_version, kind, name, **rest):
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "orders"}
    metadata = {"name": name, "namespace": "orders", "labels": labels}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}


def yaml(value, indent=0):
    """Block style; words that YAML would take for something else are quoted."""
    lines = []
    for key, inner in value.items():
        if isinstance(inner, dict):
            lines.append(f"{' ' * indent}{key}:\n{yaml(inner, indent + 2)}")
        else:
            lines.append(f"{' ' * indent}{key}: {plain(inner)}\n")
    return "".join(lines)


def plain(value):
    return value if isinstance(value, str) and value[0].isalpha() else json.dumps(value)
