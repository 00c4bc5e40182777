"""What an EtcdCluster says, and the names that follow from it in both layouts."""
import hashlib, json

API_VERSION = "operator.etcd.io/v1alpha1"
REGISTRY = "gcr.io/etcd-development/etcd"
DATA_DIR = "/var/lib/etcd"
VOLUME = "etcd-data"
CERTS = "/etc/etcd-certs"


class Cluster:
    def __init__(self, object, registry, https):
        self.object = object
        self.https = https
        self.metadata = object["metadata"]
        self.name = self.metadata["name"]
        self.namespace = self.metadata["namespace"]
        self.uid = self.metadata["uid"]
        self.spec = object.get("spec", {})
        self.size = self.spec.get("size", 0)
        self.storage = self.spec.get("storageSpec")
        self.tls = https or "tls" in self.spec
        self.image = f"{self.spec.get('imageRegistry') or registry}:{self.spec.get('version')}"
        self.labels = {"app": self.name, "controller": self.name}
        self.scheme = "https" if https else "http"

    def path(self, resource, name=None, group="api/v1"):
        return f"/{group}/namespaces/{self.namespace}/{resource}" + (f"/{name}" if name else "")

    def meta(self, name, **more):
        """Metadata of an object that this cluster owns and controls."""
        owner = {"apiVersion": API_VERSION, "kind": "EtcdCluster", "name": self.name, "uid": self.uid,
                 "controller": True, "blockOwnerDeletion": True}
        return {"name": name, "namespace": self.namespace, "ownerReferences": [owner], **more}

    def controls(self, object):
        return any(owner.get("controller") and owner["uid"] == self.uid
                   for owner in object["metadata"].get("ownerReferences", []))

    def member(self, ordinal):
        return f"{self.name}-{ordinal}"

    def host(self, ordinal):
        return f"{self.member(ordinal)}.{self.name}.{self.namespace}.svc.cluster.local"

    def peer_url(self, ordinal):
        return f"{self.scheme}://{self.host(ordinal)}:2380"

    def ordinal(self, pod):
        """Of a pod of this cluster; -1 for any other name."""
        start, _, end = pod["metadata"]["name"].rpartition("-")
        return int(end) if start == self.name and end.isdigit() else -1

    def state(self, count, new):
        """The variables that tell a member how the cluster starts, with members 0 to `count` - 1."""
        return {
            "ETCD_INITIAL_CLUSTER_STATE": "new" if new else "existing",
            "ETCD_INITIAL_CLUSTER": ",".join(f"{self.member(i)}={self.peer_url(i)}" for i in range(count)),
            "ETCD_DATA_DIR": DATA_DIR,
        }

    def args(self):
        own = f"$(POD_NAME).{self.name}.$(POD_NAMESPACE).svc.cluster.local"
        args = [
            "--name=$(POD_NAME)",
            f"--listen-peer-urls={self.scheme}://0.0.0.0:2380",
            f"--listen-client-urls={self.scheme}://0.0.0.0:2379",
            f"--initial-advertise-peer-urls={self.scheme}://{own}:2380",
            f"--advertise-client-urls={self.scheme}://{own}:2379",
        ]
        if self.https:
            for prefix, folder in (("", f"{CERTS}/server"), ("peer-", f"{CERTS}/peer")):
                args += [f"--{prefix}cert-file={folder}/tls.crt", f"--{prefix}key-file={folder}/tls.key",
                         f"--{prefix}trusted-ca-file={folder}/ca.crt", f"--{prefix}client-cert-auth=true"]
        options = self.spec.get("etcdOptions", [])
        replaced = {flag(option) for option in options}
        return [arg for arg in args if flag(arg) not in replaced] + options

    def container(self):
        def field(name, path):
            return {"name": name, "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": path}}}
        return {
            "name": "etcd",
            "image": self.image,
            "command": ["/usr/local/bin/etcd"],
            "args": self.args(),
            "env": [field("POD_NAME", "metadata.name"), field("POD_NAMESPACE", "metadata.namespace")],
            "ports": [{"name": "client", "containerPort": 2379}, {"name": "peer", "containerPort": 2380}],
            "volumeMounts": [],
        }

    def template(self):
        """Labels, annotations and pod spec that both layouts share; without environment of the start and data volume."""
        given = self.spec.get("podTemplate") or {}
        metadata, scheduling = given.get("metadata") or {}, given.get("spec") or {}
        spec = {"containers": [self.container()], "volumes": []}
        for part in ("affinity", "nodeSelector", "tolerations"):
            if scheduling.get(part):
                spec[part] = scheduling[part]
        if self.tls:
            for kind in ("server", "peer"):
                spec["volumes"].append({"name": f"{kind}-secret", "secret": {"secretName": f"{self.name}-{kind}-tls"}})
        labels = {**metadata.get("labels", {}), **self.labels}
        return {"metadata": {"labels": labels, "annotations": dict(metadata.get("annotations", {}))}, "spec": spec}

    @property
    def shares_volume(self):
        return bool(self.storage) and self.storage.get("accessModes") == "ReadWriteMany"

    def claim(self):
        """Spec of a member's own PersistentVolumeClaim."""
        request = self.storage["volumeSizeRequest"]
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {
            "requests": {"storage": request}, "limits": {"storage": self.storage.get("volumeSizeLimit") or request}}}
        if self.storage.get("storageClassName"):
            spec["storageClassName"] = self.storage["storageClassName"]
        return spec

    def spec_hash(self):
        """Of all that a pod is made from, other than its number, its version and its metadata."""
        spec = {key: value for key, value in self.spec.items() if key not in ("size", "version")}
        spec["etcdOptions"] = self.args()
        if spec.get("podTemplate"):
            spec["podTemplate"] = {"spec": spec["podTemplate"].get("spec")}
        return hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:12]


def flag(argument):
    """The name of the flag that an argument sets."""
    return argument.split("=", 1)[0].split(" ", 1)[0].strip()
