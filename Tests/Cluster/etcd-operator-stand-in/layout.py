"""One reconcile of one EtcdCluster: what both layouts do, in the operator's order."""
import etcd
from cluster import API_VERSION
from kubernetes import Refused
from status import status


class Layout:
    """`replicas` and `ready` are what `observe` found."""

    def __init__(self, api, certificates, cluster, publish_not_ready):
        self.api, self.certificates, self.cluster = api, certificates, cluster
        self.publish_not_ready = publish_not_ready
        self.replicas = self.ready = 0
        self.pods = []  # of this cluster, by ordinal
        self.members = self.health = None

    # What a layout adds.
    def observe(self): raise NotImplementedError
    def bootstrap(self): raise NotImplementedError  # True: something was started, look again later
    def rewrite(self): raise NotImplementedError  # True: something was replaced, look again later
    def grow(self): raise NotImplementedError
    def shrink(self): raise NotImplementedError
    def expected(self): raise NotImplementedError  # the ordinals that should have a member

    def log(self, text):
        print(f"{self.cluster.namespace}/{self.cluster.name}: {text}", flush=True)

    def reconcile(self):
        self.observe()
        try:
            if not self.bootstrap():
                self.check_health()
                self.step()
        finally:
            self.write_status()

    def check_health(self):
        endpoints = self.endpoints()
        try:
            self.members = etcd.members(endpoints)
        except (OSError, etcd.Answer) as error:
            raise etcd.Unhealthy(f"no member list: {error}")
        # One that is added and has no pod yet, or removed and still has one, is no part of the check.
        self.health = [etcd.health(one) for one in endpoints[:min(len(endpoints), len(self.members))]]
        ill = [f"{one.host.split('.')[0]}: {', '.join(map(str, one.errors))}" for one in self.health if not one.healthy]
        if ill:
            raise etcd.Unhealthy("; ".join(ill))

    def step(self):
        cluster, count = self.cluster, len(self.members)
        if self.replicas < count:
            self.log(f"{self.replicas} replicas of {count} members: one more")
            return self.grow()
        if self.replicas > count:
            self.log(f"{self.replicas} replicas of {count} members: one less")
            return self.shrink()
        leader = next((one for one in self.health if one.leads), None)
        if leader is None:
            raise etcd.Unhealthy("no leader")
        learner = next((one for one in self.health if one.learns), None)
        if learner:
            if learner.revision < 0.9 * leader.revision:
                return
            etcd.promote(self.endpoints()[:-1], learner.id)
            self.log(f"learner {learner.host.split('.')[0]} promoted")
        if self.rewrite():
            return
        if self.replicas < cluster.size:
            etcd.add_learner(self.endpoints(), cluster.peer_url(self.replicas))
            self.log(f"learner {cluster.member(self.replicas)} added")
            self.grow()
        elif self.replicas > cluster.size:
            etcd.remove(self.endpoints()[:-1], self.health[-1].id)
            self.log(f"member {self.health[-1].host.split('.')[0]} removed")
            self.shrink()

    def endpoints(self):
        addresses = {self.cluster.ordinal(pod): pod.get("status", {}).get("podIP") for pod in self.pods}
        tls = self.certificates.context(self.cluster) if self.cluster.https else None
        return [etcd.Endpoint(self.cluster.host(i), addresses.get(i), tls) for i in self.expected()]

    def list_pods(self):
        cluster = self.cluster
        selector = f"?labelSelector=app%3D{cluster.name}%2Ccontroller%3D{cluster.name}"
        pods = self.api.request("GET", cluster.path("pods") + selector)["items"]
        return sorted((pod for pod in pods if cluster.ordinal(pod) >= 0), key=cluster.ordinal)

    def ensure_service(self):
        cluster = self.cluster
        if self.api.get(cluster.path("services", cluster.name)):
            return
        spec = {"clusterIP": "None", "selector": cluster.labels}
        if self.publish_not_ready:
            spec["publishNotReadyAddresses"] = True
        self.api.create(cluster.path("services"), {
            "metadata": cluster.meta(cluster.name, labels=cluster.labels), "spec": spec})
        self.log("Service created")

    def write_status(self):
        cluster = self.cluster
        old = cluster.object.get("status", {})
        new = status(old, cluster.metadata["generation"], cluster.size, self.replicas, self.ready,
                     self.members, self.health)
        if new == old:
            return
        path = f"/apis/{API_VERSION}/namespaces/{cluster.namespace}/etcdclusters/{cluster.name}/status"
        try:
            self.api.replace(path, {**cluster.object, "status": new})
        except Refused as error:
            if error.status not in (404, 409):  # deleted, or changed: the next reconcile sees it
                raise
