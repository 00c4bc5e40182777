"""Our controller at work on a cluster, as the one service account there: what it costs and what it asks for."""

import http.client
import json
import re
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from bench import stores
from bench.clients import REGION
from bench.cluster import GROUP, wait_for
from bench.etcd import free_port
from bench.machine import TICKS, fail, product
from bench.memory import kilobytes

ACCOUNT = "etcdrecover-controller"


class Controller:
    def __init__(self, process, port, log, asked):
        self.process, self.port, self.log = process, port, log
        # When it began, and what the API server had been asked by then.
        self.start, self.asked = time.perf_counter(), asked

    def ended(self):
        """EtcdBackups that it has brought to rest, one way or the other, since it began."""
        count = r"^etcdrecover_backups_total\{[^}]*\} (\S+)$"
        return sum(float(number) for number in re.findall(count, self.metrics() or "", re.MULTILINE))

    def metrics(self):
        """Its exposition; nothing while it serves none."""
        if self.process.poll() is not None:
            fail(f"the controller ended with status {self.process.returncode}\n{self.told()}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/metrics")
            return connection.getresponse().read().decode()
        except OSError:
            return None
        finally:
            connection.close()

    def told(self):
        return self.log.read_text()[-3000:]

    def forget_peak(self):
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def memory(self):
        """Resident memory in MB: its peak since `forget_peak`, now, and what of that no file is behind."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        fields = dict(line.split(":", 1) for line in lines)
        return [kilobytes(fields[name]) / 1e3 for name in ("VmHWM", "VmRSS", "RssAnon")]

    def cpu(self):
        """Seconds of all its threads so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def controller(cluster, namespace, folder):
    """Yields once it leads and knows what there is. With its defaults, all namespaces and a Lease."""
    port, log = free_port(), folder / "controller.log"
    command = [
        product("etcdrecover"), "controller", "--kubeconfig", kubeconfig(cluster, namespace, folder),
        "--lease-namespace", namespace, "--health-listen", f"127.0.0.1:{port}", "--allow-local-endpoints",
    ]
    asked = cluster.asked()
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    controller = Controller(process, port, log, asked)
    try:
        wait_for("leading controller", 60, lambda: controller.metrics() and "caches are filled" in log.read_text())
        yield controller
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def kubeconfig(cluster, namespace, folder):
    """Of the controller's service account. JSON is YAML."""
    token = json.loads(cluster.ask(
        "POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/{ACCOUNT}/token",
        {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 7200}}))
    path = folder / "controller.kubeconfig"
    user = [{"name": "controller", "user": {"token": token["status"]["token"]}}]
    context = cluster.config["contexts"][0]
    context = {"name": context["name"], "context": context["context"] | {"user": "controller"}}
    path.write_text(json.dumps(cluster.config | {"users": user, "contexts": [context]}))
    path.chmod(0o600)
    return path


def prepare(cluster, namespace):
    """A namespace with the controller's account, which may do all, and the store's keys."""
    make_namespace(cluster, namespace)
    cluster.make("v1", f"namespaces/{namespace}/serviceaccounts", "ServiceAccount", ACCOUNT)
    cluster.make(
        "rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding", namespace,
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        subjects=[{"kind": "ServiceAccount", "namespace": namespace, "name": ACCOUNT}])


def make_namespace(cluster, namespace):
    """With the store's keys, ready for pods."""
    cluster.make("v1", "namespaces", "Namespace", namespace)
    account = f"/api/v1/namespaces/{namespace}/serviceaccounts/default"
    wait_for("service account", 60, lambda: cluster.get(account))
    keys = {"accessKeyID": stores.ACCOUNT[0], "secretAccessKey": stores.ACCOUNT[1]}
    cluster.make("v1", f"namespaces/{namespace}/secrets", "Secret", "store", stringData=keys)


def backup(cluster, namespace, name, spec):
    cluster.make(GROUP, f"namespaces/{namespace}/etcdbackups", "EtcdBackup", name, spec=spec)


def destination(server, bucket):
    """A bucket of that server, as an EtcdBackup names it."""
    place = {"bucket": bucket, "region": REGION, "endpoint": server.url, "forcePathStyle": True}
    return {"provider": "s3", "prefix": "p", "secretRef": {"name": "store"}, "s3": place}


def status(cluster, namespace, name, kinds="etcdbackups"):
    """Of an EtcdBackup, or another of our kinds, that has ended; else nothing."""
    found = cluster.get(f"/apis/{GROUP}/namespaces/{namespace}/{kinds}/{name}")
    seen = found.get("status", {})
    return seen if seen.get("phase") in ("Completed", "Failed") else None
