"""A Kubernetes of our own beside us: its API server, with etcd clusters that only we know to be on the host, or a node too."""

import http.client
import json
import os
import re
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from bench.machine import ROOT, fail, need, run

GROUP = "operator.etcd.io/v1alpha1"
TOOL = ROOT / "Tests/Cluster/cluster"
# In with-cluster's environment. It ends with its stdin, and the cluster with it.
SERVE = """
set -eu
export KUBECONFIG=$ETCDRECOVER_TEST_KUBECONFIG
kubectl apply -k "$0/webhook-deploy/crds" >&2
kubectl apply -f "$0/Tests/Cluster/etcd-operator-stand-in.yaml" >&2
kubectl wait --for=condition=Established --timeout=60s crd --all >&2
kubectl config view --raw --flatten --minify -o json | tr -d '\\n'
echo
printf '%s\\n' "$CLUSTER_RUN" "${ETCDRECOVER_TEST_NO_NODES:-}"
kubectl proxy --port=0 &
trap "kill $!" EXIT
cat >/dev/null
"""


class Cluster:
    """Its API server, spoken to as the administrator."""

    def __init__(self, config, state, no_nodes, port):
        # A kubeconfig as a value; the folder that the cluster is kept in; why it has no node, where it has none.
        self.config, self.state, self.no_nodes, self.port = json.loads(config), Path(state), no_nodes, port

    @property
    def kubeconfig(self):
        return self.state / "admin.kubeconfig"

    def run(self, *command):
        """A program that works on this cluster, as TOOL does."""
        return run(command, 120, env=os.environ | {"CLUSTER_RUN": str(self.state)})

    def host(self):
        """This machine's address, as pods reach it."""
        return re.search(r"CLUSTER_HOST_IP=(\S+)", self.run(TOOL, "env"))[1]

    def apply(self, overlay):
        """Applies a folder of webhook-deploy."""
        kubectl = need("kubectl", "kubernetes-client")
        run([kubectl, "--kubeconfig", self.kubeconfig, "apply", "-k", ROOT / "webhook-deploy" / overlay], 60)

    def ask(self, method, path, body=None, kind="application/json"):
        """The answer to one request; nothing where there is no such thing. A refusal ends the run."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": kind})
            answer = connection.getresponse()
            told = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 300 and answer.status != 404:
            fail(f"{method} {path}: {answer.status} {told[:500]}")
        return None if answer.status == 404 else told

    def patch(self, path, fields):
        return self.ask("PATCH", path, fields, "application/merge-patch+json")

    def get(self, path):
        told = self.ask("GET", path)
        return told and json.loads(told)

    def make(self, version, place, kind, name, **fields):
        """Makes an object in a collection, `namespaces/default/pods` for one; returns what is there then."""
        root = "/api" if version == "v1" else "/apis"
        body = {"apiVersion": version, "kind": kind, "metadata": {"name": name} | fields.pop("metadata", {})}
        return json.loads(self.ask("POST", f"{root}/{version}/{place}", body | fields))

    def asked(self):
        """Requests that service accounts have made so far, those of the control plane's own left out."""
        count = r'^apiserver_flowcontrol_dispatched_requests_total\{[^}]*"service-accounts"[^}]*\} (\S+)$'
        return sum(float(number) for number in re.findall(count, self.ask("GET", "/metrics"), re.MULTILINE))


@contextmanager
def cluster(folder, nodes=False):
    """A control plane with our kinds; with a node too where it is wanted and can be had. It is taken down with the block."""
    command = [ROOT / "scripts/with-cluster", *(["--nodes"] if nodes else []), "bash", "-c", SERVE, ROOT]
    # One of our own, whatever others there are.
    environment = {name: value for name, value in os.environ.items() if name != "CLUSTER"}
    log = folder / "cluster.log"
    with open(log, "wb") as errors:
        # In a session of its own: ^C would end its parts before it can.
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment,
            start_new_session=True)
    try:
        *known, serving = [process.stdout.readline().rstrip("\n") for _ in range(4)]
        if not (port := re.search(r"127\.0\.0\.1:(\d+)", serving)):
            fail(f"the cluster does not start\n{log.read_text()[-2000:]}")
        yield Cluster(*known, int(port[1]))
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(120)
        except subprocess.TimeoutExpired:
            fail(f"the cluster does not go down\n{log.read_text()[-2000:]}")


def etcd_cluster(cluster, namespace, name, port):
    """An EtcdCluster whose one member is an etcd on this host: a pod says so that no node runs."""
    made = cluster.make(GROUP, f"namespaces/{namespace}/etcdclusters", "EtcdCluster", name,
                        spec={"size": 1, "version": "v3.5.0"})
    owner = {"apiVersion": GROUP, "kind": "EtcdCluster", "name": name, "uid": made["metadata"]["uid"], "controller": True}
    etcd = {"name": "etcd", "image": "etcd", "args": [f"--listen-client-urls=http://127.0.0.1:{port}"]}
    cluster.make("v1", f"namespaces/{namespace}/pods", "Pod", f"{name}-0",
                 metadata={"labels": {"app": name}, "ownerReferences": [owner]}, spec={"containers": [etcd]})
    status = {"phase": "Running", "podIP": "127.0.0.1"}
    cluster.patch(f"/api/v1/namespaces/{namespace}/pods/{name}-0/status", {"status": status})


def wait_for(what, limit, look, pause=0.2):
    """What `look` returns once it is something."""
    deadline = time.monotonic() + limit
    while not (seen := look()):
        if time.monotonic() > deadline:
            fail(f"no {what} within {limit} s")
        time.sleep(pause)
    return seen
