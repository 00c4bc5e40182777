"""The layout of v0.3: pods and claims that the EtcdCluster owns itself; a pod is replaced, never edited."""
import cluster as names
from layout import Layout

HASH = "operator.etcd.io/spec-hash"


class Pods(Layout):
    def observe(self):
        self.pods = [pod for pod in self.list_pods() if self.cluster.controls(pod)]
        self.replicas = len(self.pods)
        self.ready = sum(one["type"] == "Ready" and one["status"] == "True"
                         for pod in self.pods for one in pod.get("status", {}).get("conditions", []))

    def bootstrap(self):
        if self.cluster.tls:
            self.certificates.ensure(self.cluster)
        self.ensure_service()
        if self.pods:
            return False
        self.create(0)
        return True

    def rewrite(self):
        """The highest pod that is not as the spec has it is deleted; a later reconcile makes it anew."""
        for pod in reversed(self.pods):
            found = pod["metadata"].get("annotations", {}).get(HASH)
            image = next(one["image"] for one in pod["spec"]["containers"] if one["name"] == "etcd")
            if (found, image) != (self.cluster.spec_hash(), self.cluster.image):
                self.log(f"replacing {pod['metadata']['name']}")
                self.delete(pod)
                return True
        return False

    def grow(self):
        taken = self.expected()
        self.create(next(i for i in range(len(taken) + 1) if i not in taken))

    def shrink(self):
        self.delete(self.pods[-1])

    def expected(self):
        return [self.cluster.ordinal(pod) for pod in self.pods]

    def delete(self, pod):
        self.api.delete(self.cluster.path("pods", pod["metadata"]["name"]), pod["metadata"]["uid"])

    def create(self, ordinal):
        cluster, name = self.cluster, self.cluster.member(ordinal)
        template = cluster.template()
        spec, container = template["spec"], template["spec"]["containers"][0]
        spec |= {"hostname": name, "subdomain": cluster.name}
        # Ordinal 0 starts a new cluster each time that it has no data; the others know of nobody above them.
        state = cluster.state(ordinal + 1, new=ordinal == 0)
        container["env"] += [{"name": key, "value": value} for key, value in state.items()]
        if cluster.storage:
            claim = cluster.storage["pvcName"] if cluster.shares_volume else f"{names.VOLUME}-{name}"
            if not cluster.shares_volume and self.api.get(cluster.path("persistentvolumeclaims", claim)) is None:
                self.api.create(cluster.path("persistentvolumeclaims"), {
                    "metadata": cluster.meta(claim), "spec": cluster.claim()})
            container["volumeMounts"].append({"name": names.VOLUME, "mountPath": names.DATA_DIR})
            spec["volumes"].append({"name": names.VOLUME, "persistentVolumeClaim": {"claimName": claim}})
        if cluster.https:
            container["volumeMounts"] += [
                {"name": f"{kind}-secret", "mountPath": f"{names.CERTS}/{kind}", "readOnly": True}
                for kind in ("server", "peer")]
        annotations = {**template["metadata"]["annotations"], HASH: cluster.spec_hash()}
        metadata = cluster.meta(name, labels=template["metadata"]["labels"], annotations=annotations)
        self.api.create(cluster.path("pods"), {"metadata": metadata, "spec": spec})
        self.log(f"pod {name}, {state['ETCD_INITIAL_CLUSTER_STATE']}")
