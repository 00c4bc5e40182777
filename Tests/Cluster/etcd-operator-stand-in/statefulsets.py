"""The layout of v0.1 and v0.2: a StatefulSet, whose whole spec is the operator's."""
import json

import cluster as names
from layout import Layout

APPS = "apis/apps/v1"


class StatefulSets(Layout):
    written = {}  # by uid: the generation and the spec that the last write left

    def observe(self):
        cluster = self.cluster
        self.set = self.api.get(cluster.path("statefulsets", cluster.name, APPS))
        if self.set is None:
            return
        if not cluster.controls(self.set):
            raise PermissionError(f"StatefulSet {cluster.name} is not controlled by the EtcdCluster")
        self.replicas = self.set["spec"]["replicas"]
        self.ready = self.set.get("status", {}).get("readyReplicas", 0)
        self.pods = self.list_pods()

    def bootstrap(self):
        started = self.set is None or self.replicas == 0
        if started:
            self.write(0 if self.set is None else 1)
        self.ensure_service()
        return started

    def rewrite(self):
        self.write(self.replicas)
        return False

    def grow(self):
        self.write(self.replicas + 1)

    def shrink(self):
        self.write(self.replicas - 1)

    def expected(self):
        return range(self.replicas)

    def write(self, replicas):
        """ConfigMap, Secrets and StatefulSet for that many replicas; metadata and spec of others are overwritten."""
        cluster = self.cluster
        spec = self.spec(replicas)
        key = json.dumps([spec, cluster.tls], sort_keys=True)
        if self.set and self.written.get(cluster.uid) == (self.set["metadata"]["generation"], key):
            return
        self.write_state(replicas)
        if cluster.tls:
            self.certificates.ensure(cluster)
        path = cluster.path("statefulsets", group=APPS)
        if self.set is None:
            self.set = self.api.create(path, {"metadata": cluster.meta(cluster.name), "spec": spec})
        else:
            version = self.set["metadata"]["resourceVersion"]
            metadata = cluster.meta(cluster.name, resourceVersion=version)
            self.set = self.api.replace(f"{path}/{cluster.name}", {"metadata": metadata, "spec": spec})
        self.written[cluster.uid] = (self.set["metadata"]["generation"], key)
        if replicas != self.replicas or replicas == 0:
            self.log(f"StatefulSet with {replicas} replicas")
        self.replicas = replicas

    def write_state(self, replicas):
        cluster = self.cluster
        name = f"{cluster.name}-state"
        map = {"metadata": cluster.meta(name), "data": cluster.state(replicas, new=replicas <= 1)}
        old = self.api.get(cluster.path("configmaps", name))
        if old is None:
            self.api.create(cluster.path("configmaps"), map)
        elif old.get("data") != map["data"]:
            self.api.replace(cluster.path("configmaps", name), map)

    def spec(self, replicas):
        cluster, template = self.cluster, self.cluster.template()
        container = template["spec"]["containers"][0]
        container["envFrom"] = [{"configMapRef": {"name": f"{cluster.name}-state"}}]
        spec = {"replicas": replicas, "serviceName": cluster.name, "selector": {"matchLabels": cluster.labels},
                "template": template}
        if cluster.storage:
            container["volumeMounts"] = [
                {"name": names.VOLUME, "mountPath": names.DATA_DIR, "subPathExpr": "$(POD_NAME)"}]
            if cluster.shares_volume:
                template["spec"]["volumes"].append(
                    {"name": names.VOLUME, "persistentVolumeClaim": {"claimName": cluster.storage["pvcName"]}})
            else:
                spec["volumeClaimTemplates"] = [{"metadata": {"name": names.VOLUME}, "spec": cluster.claim()}]
        return spec
