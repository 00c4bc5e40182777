"""Everything installed in pods, and the etcd-operator's stand-in beside them."""

import signal
import sys
from contextlib import contextmanager

from bench.cluster import TOOL, wait_for
from bench.etcd import RELEASE
from bench.machine import ROOT, product, started

SYSTEM = "etcdrecover-system"
IMAGE = "etcdrecover:0.1.0"
STAND_IN = ROOT / "Tests/Cluster/etcd-operator-stand-in"


def install(cluster, folder, tools):
    """What `kubectl apply -k webhook-deploy` brings, and etcd's image for EtcdClusters of its version; until all are ready."""
    root = folder / "root.tar"
    cluster.run(TOOL, "pack", root, product("etcdrecover"))
    cluster.run(TOOL, "load-image", IMAGE, root, "--entrypoint", '["/usr/bin/etcdrecover"]')
    root.unlink()
    cluster.run(STAND_IN / "image", TOOL, tools, f"v{RELEASE}")
    cluster.apply("kubernetes-1.20")
    for name in ("etcdrecover-webhook", "etcdrecover-controller"):
        wait_for(f"ready {name}", 180, lambda: is_ready(cluster, name))


def is_ready(cluster, deployment):
    found = cluster.get(f"/apis/apps/v1/namespaces/{SYSTEM}/deployments/{deployment}")
    return found.get("status", {}).get("readyReplicas") == found["spec"]["replicas"]


def told(cluster):
    """The last that the controllers have said, for those who look for what went wrong."""
    pods = f"/api/v1/namespaces/{SYSTEM}/pods"
    names = [each["metadata"]["name"] for each in cluster.get(pods)["items"]]
    return "\n".join(
        cluster.ask("GET", f"{pods}/{name}/log?tailLines=30") for name in names if name.startswith("etcdrecover-controller"))


def stand_in(cluster, folder, namespace, layout):
    """Runs the members of the EtcdClusters of one namespace, in the clear."""
    command = [
        sys.executable, "-B", STAND_IN, "--kubeconfig", cluster.kubeconfig, "--layout", layout, "--namespace", namespace,
        "--tls", "asked",
    ]
    return started(command, folder / "operator.log")


@contextmanager
def held(process):
    """It does nothing meanwhile."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)
